import { Buffer, isUtf8 } from 'node:buffer';
import type { Fault, Read } from '../format/fault.js';
import { read, unread } from '../format/fault.js';
import type { RefUpdate } from '../format/push.js';
import { printable } from '../format/text.js';

/** Most ref lines of one push, and most bytes of all of them. A record has one branch. */
export const MAX_UPDATES = 1000;
export const MAX_UPDATE_BYTES = 1024 * 1024;

const LINE = /^([0-9a-f]{40}|[0-9a-f]{64}) ([0-9a-f]{40}|[0-9a-f]{64}) ([^ \0]+)$/;

/**
 * Reads what git hands to a receive hook: lines `<old> <new> <ref>`, each
 * ended by LF (githooks, pre-receive). Strict: anything else is a fault, as are
 * a missing last LF, no line at all, two lines for one ref, and too many.
 */
export function parseRefUpdates(input: Uint8Array): Read<RefUpdate[]> {
  if (input.length === 0)
    return unread({
      message: 'no ref update was handed to the hook',
      help: ['something between git and the hook took its standard input'],
    });
  if (input.length > MAX_UPDATE_BYTES) return unread({ message: `the ref updates are more than ${MAX_UPDATE_BYTES} bytes` });
  const text = Buffer.from(input.buffer, input.byteOffset, input.byteLength).toString(isUtf8(input) ? 'utf8' : 'latin1');
  if (!text.endsWith('\n')) return unread({ message: 'the ref updates end in the middle of a line' });
  const lines = text.slice(0, -1).split('\n');
  if (lines.length > MAX_UPDATES) return unread({ message: `the push updates ${lines.length} refs, more than ${MAX_UPDATES}` });
  const updates: RefUpdate[] = [];
  const refs = new Set<string>();
  for (const [index, line] of lines.entries()) {
    const [, old, fresh, ref] = LINE.exec(line) ?? [];
    if (old === undefined || fresh === undefined || ref === undefined || old.length !== fresh.length) return unread(lineFault(line, index));
    if (refs.has(ref)) return unread({ message: `${printable(ref)} is updated twice`, line: index + 1 });
    refs.add(ref);
    updates.push({ old, new: fresh, ref });
  }
  return read(updates);
}

function lineFault(line: string, index: number): Fault {
  return { message: `ref update ${index + 1} is not "<old> <new> <ref>": ${printable(JSON.stringify(line))}`, line: index + 1 };
}

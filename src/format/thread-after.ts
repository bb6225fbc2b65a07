import { isUtf8 } from 'node:buffer';
import type { Fault } from './fault.js';
import { beginsWith } from './text.js';
import { readAppended1 } from './thread-layout1.js';
import type { Message, Thread } from './thread-message.js';
import { openSource } from './thread-source.js';

const LF = 0x0a;

/**
 * Reads a thread whose bytes begin with those of one that has been read, as
 * nearly every commit leaves it: as `readThread` would, but only what follows
 * is looked at. Undefined where that can't be told so, or anything is wrong;
 * `readThread` tells.
 *
 * Only where a whole message follows the last one in layout 1: the former
 * messages then end where they did, and nothing of them reads otherwise.
 */
export function readThreadAfter(former: Uint8Array, thread: Thread, bytes: Uint8Array): Thread | undefined {
  const last = thread.messages.at(-1);
  if (thread.layout !== 1 || last === undefined || former.length >= bytes.length) return undefined;
  if (!beginsWith(bytes, former) || former.at(-1) !== LF) return undefined;
  const rest = bytes.subarray(former.length);
  if (!isUtf8(rest)) return undefined;
  const faults: Fault[] = [];
  const appended = readAppended1(openSource(rest), faults);
  if (appended === undefined || faults.length > 0) return undefined;
  const lines = last.line - 1 + linesOf(former.subarray(last.start));
  const moved = appended.map(
    (message): Message => ({
      ...message,
      start: message.start + former.length,
      end: message.end + former.length,
      line: message.line + lines,
    }),
  );
  return { layout: 1, messages: [...thread.messages, ...moved] };
}

function linesOf(bytes: Uint8Array): number {
  let lines = 0;
  for (let at = bytes.indexOf(LF); at >= 0; at = bytes.indexOf(LF, at + 1)) lines += 1;
  return lines;
}

import { type Fault, type Read, read } from './fault.js';
import { beginsWith, lineAt, utf8 } from './text.js';
import { type Message, readThread, type Thread } from './thread.js';

/** What keeps a new version of a thread from being an append. */
export interface AppendFault extends Fault {
  /** The former version's line where the two differ first; patient content. Absent where it had ended. */
  readonly former?: string;
  /** The new version's line there; patient content. Absent where it has ended. */
  readonly now?: string;
}

/** The former thread and what was appended to it, or the faults. Assignable to `Read`. */
export type AppendRead =
  | { readonly ok: true; readonly value: { readonly old: Thread; readonly appended: readonly Message[] } }
  | { readonly ok: false; readonly faults: readonly AppendFault[] };

/** How much of a line is quoted, in bytes before and after the first that differs. */
const QUOTED_BEFORE = 120;
const QUOTED_AFTER = 240;

/** A version of a thread: its bytes, and what they read as. */
export interface ThreadVersion {
  readonly bytes: Uint8Array;
  readonly reading: Read<Thread>;
}

/**
 * Whether a new version of a thread is an append to the former one (FORMAT.md
 * §3): its bytes begin with the former bytes, the former messages read the
 * same with the same byte ranges, and at least one message follows them.
 */
export function isAppend(old: Uint8Array, now: Uint8Array): AppendRead {
  return appendOf({ bytes: old, reading: readThread(old) }, { bytes: now, reading: readThread(now) });
}

/** As `isAppend`, of versions that have been read already. */
export function appendOf({ bytes: old, reading: before }: ThreadVersion, { bytes: now, reading: after }: ThreadVersion): AppendRead {
  const same = commonPrefix(old, now);
  if (same < old.length) return refuse(old, now, same, 'changes text that is already part of the record');
  if (!before.ok) {
    const faults = before.faults.map((fault) => ({ ...fault, message: `the former version does not read: ${fault.message}` }));
    return { ok: false, faults };
  }
  if (!after.ok) return after;
  const former = before.value.messages;
  if (!former.every((message, index) => isSame(message, after.value.messages[index]))) {
    const blank = blankBetween(old, now);
    if (blank !== undefined) return { ok: false, faults: [blank] };
    return refuse(old, now, same, 'adds text to an earlier message; a new message begins with its own header');
  }
  const appended = after.value.messages.slice(former.length);
  return appended.length > 0 ? read({ old: before.value, appended }) : refuse(old, now, same, 'adds text that is no message');
}

/** In layout 2 a blank line between a closed message and the next one makes both of them one. */
function blankBetween(old: Uint8Array, now: Uint8Array): AppendFault | undefined {
  const added = utf8(now.subarray(old.length, old.length + QUOTED_AFTER));
  const [blanks] = /^[ \t\n]*\n(?=\*\*Message ID:\*\* )/.exec(added) ?? [];
  if (blanks === undefined) return undefined;
  return {
    message: 'has a blank line before `**Message ID:**`: that line follows at once on the `---` that closes the message before it',
    line: lineAt(now, old.length + blanks.length) - 1,
    help: ['take out the blank line'],
  };
}

/** How many bytes two files have in common at their beginning. */
function commonPrefix(one: Uint8Array, other: Uint8Array): number {
  if (beginsWith(other, one)) return one.length;
  let at = 0;
  while (at < other.length && one[at] === other[at]) at += 1;
  return at;
}

function isSame(one: Message, other: Message | undefined): boolean {
  if (one === other) return true; // read once, for both
  if (other === undefined) return false;
  const keys = ['start', 'end', 'line', 'id', 'role', 'authorId', 'authorName', 'timestamp', 'corrects', 'body'] as const;
  return keys.every((key) => one[key] === other[key]);
}

function refuse(old: Uint8Array, now: Uint8Array, at: number, message: string): AppendRead {
  const former = quote(old, at);
  const present = quote(now, at);
  const fault: AppendFault = {
    message,
    line: lineAt(now, at),
    ...(former === undefined ? {} : { former }),
    ...(present === undefined ? {} : { now: present }),
  };
  return { ok: false, faults: [fault] };
}

/** The line around an offset, cut where it is long, at whole characters; undefined at the end of the file. */
function quote(bytes: Uint8Array, at: number): string | undefined {
  let start = bytes.subarray(0, at).lastIndexOf(0x0a) + 1;
  if (at >= bytes.length && start === bytes.length) return undefined;
  const newline = bytes.indexOf(0x0a, at);
  let end = newline < 0 ? bytes.length : newline;
  if (at - start > QUOTED_BEFORE) {
    start = at - QUOTED_BEFORE;
    while (isContinuation(bytes[start])) start += 1;
  }
  if (end - at > QUOTED_AFTER) {
    end = at + QUOTED_AFTER;
    while (isContinuation(bytes[end])) end -= 1;
  }
  return utf8(bytes.subarray(start, end));
}

function isContinuation(byte: number | undefined): boolean {
  return byte !== undefined && byte >> 6 === 0b10;
}

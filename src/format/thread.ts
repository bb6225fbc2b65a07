import { Buffer, isUtf8 } from 'node:buffer';
import { VprError } from '../errors.js';
import { type Fault, type Read, read, unread } from './fault.js';
import { textFaults } from './text.js';
import { readLayout1, renderLayout1, TITLE_1 } from './thread-layout1.js';
import { readLayout2, renderLayout2, TITLE_2 } from './thread-layout2.js';
import { type NewMessage, newMessageFaults, type Thread, type ThreadLayout } from './thread-message.js';
import { faultAt, lineEnd, MAX_FAULTS, openSource } from './thread-source.js';

export {
  bodyFault,
  type Message,
  type NewMessage,
  newMessageFaults,
  normaliseBody,
  parseRole,
  ROLES,
  type Role,
  type Thread,
  type ThreadLayout,
} from './thread-message.js';

/**
 * Reads a `thread.md` of either layout (FORMAT.md §3): its structure and the
 * form of each value, in one pass, whatever the bytes are. What a message may
 * say about others (unique ids, what it corrects, its time) and what text may
 * hold (§8, `textFaults`) are other rules' to check.
 *
 * @returns the messages with their places, or the first few faults with their lines
 */
export function readThread(bytes: Uint8Array): Read<Thread> {
  if (!isUtf8(bytes)) return unread(...textFaults(bytes, { finalNewline: 'optional' }));
  const source = openSource(bytes);
  const title = source.text.slice(0, Math.min(lineEnd(source.text, 0), TITLE_1.length + 1));
  const faults: Fault[] = [];
  if (title !== TITLE_1 && title !== TITLE_2) {
    return unread(faultAt(source.text, { at: 0, line: 1 }, `expected \`${TITLE_1}\` (or \`${TITLE_2}\`) as the first line`));
  }
  const layout = title === TITLE_1 ? 1 : 2;
  const messages = layout === 1 ? readLayout1(source, faults) : readLayout2(source, faults);
  return faults.length === 0 ? read({ layout, messages }) : unread(...faults.slice(0, MAX_FAULTS));
}

/**
 * Writes a thread. Reading it gives the same messages, whatever their bodies.
 *
 * @throws VprError `thread/message` for a message in which `newMessageFaults` finds any
 */
export function renderThread(layout: ThreadLayout, messages: readonly NewMessage[]): Uint8Array {
  const title = Buffer.from(layout === 1 ? `${TITLE_1}\n` : `${TITLE_2}\n`);
  return appendMessages(title, { layout, messages: [] }, messages);
}

/**
 * The bytes of a thread with messages after its last. The former bytes are
 * their beginning, the layout is kept.
 *
 * @param old the thread's bytes
 * @param thread the same, read
 * @throws VprError `thread/message` for a message in which `newMessageFaults` finds any
 */
export function appendMessages(old: Uint8Array, thread: Thread, messages: readonly NewMessage[]): Uint8Array {
  const { layout } = thread;
  const [fault] = messages.flatMap((message) => newMessageFaults(layout, message));
  if (fault !== undefined) throw new VprError('thread/message', fault.message);
  let filled = thread.messages.length > 0;
  let text = '';
  if (layout === 2 && messages.length > 0) text = (old.at(-1) === 0x0a ? '' : '\n') + (filled ? '' : '\n');
  for (const message of messages) {
    text += layout === 1 ? renderLayout1(message, filled) : renderLayout2(message);
    filled = true;
  }
  return Buffer.concat([old, Buffer.from(text)]);
}

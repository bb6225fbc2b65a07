/** Both sides' new messages in one thread: what the merge driver of a clone does, and no more. */
import { appendMessages, isAppend, readThread } from '../format/index.js';

/**
 * A thread that two people appended to offline: `ours` (what the host has),
 * followed by the messages that `theirs` (the commit being rebased) appended
 * to `base`. Undefined where either side did anything but append whole
 * messages, or both have a message of one id: a person must look.
 */
export function mergeThreads(base: Uint8Array, ours: Uint8Array, theirs: Uint8Array): Uint8Array | undefined {
  const [here, there, thread] = [isAppend(base, ours), isAppend(base, theirs), readThread(ours)];
  if (!here.ok || !there.ok || !thread.ok) return undefined;
  const known = new Set(thread.value.messages.map(({ id }) => id));
  if (there.value.appended.some(({ id }) => known.has(id))) return undefined;
  return appendMessages(ours, thread.value, there.value.appended);
}

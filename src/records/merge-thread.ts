/** Both sides' new messages in one thread: what the merge driver of a clone does, and no more. */
import { appendMessages, isAppend, type Message, readThread } from '../format/index.js';

/**
 * A thread that two people appended to offline: `ours` (what the host has, and
 * what was rebased onto it already), followed by the messages that `theirs`
 * (the commit being rebased) appended to `base`. Undefined where that commit
 * did anything but append whole messages, where ours lacks one of base's or has
 * it otherwise, or has one of the new ones already: a person must look.
 */
export function mergeThreads(base: Uint8Array, ours: Uint8Array, theirs: Uint8Array): Uint8Array | undefined {
  const [former, here, there] = [readThread(base), readThread(ours), isAppend(base, theirs)];
  if (!former.ok || !here.ok || !there.ok || former.value.layout !== here.value.layout) return undefined;
  const { messages } = here.value;
  const { appended } = there.value;
  const known = new Set(messages.map(({ id }) => id));
  if (appended.some(({ id }) => known.has(id)) || !containsInOrder(messages, former.value.messages)) return undefined;
  return appendMessages(ours, here.value, appended);
}

/** Whether all of `part` stand in `whole`, in that order, and say the same. */
function containsInOrder(whole: readonly Message[], part: readonly Message[]): boolean {
  let at = 0;
  for (const message of whole) {
    const next = part[at];
    if (next !== undefined && isSame(message, next)) at += 1;
  }
  return at === part.length;
}

function isSame(one: Message, other: Message): boolean {
  const keys = ['id', 'role', 'authorId', 'authorName', 'timestamp', 'corrects', 'body'] as const;
  return keys.every((key) => one[key] === other[key]);
}

import { type Documents, differs, type Versions, valueOf } from './documents.js';
import { meaningOf } from './layout.js';
import type { Ledger } from './ledger.js';
import type { PushedCommit } from './push.js';
import type { Message, Thread } from './thread.js';
import { type AppendRead, appendOf } from './thread-append.js';

export type { Versions } from './documents.js';

/** What a commit does to one directory under `communications/`. */
export interface ThreadStep {
  /** The timestamp id that is the directory's name. */
  readonly id: string;
  readonly threadPath: string;
  readonly ledgerPath: string;
  readonly thread: Versions<Thread>;
  readonly ledger: Versions<Ledger>;
  /** The commit opens it: nothing of it was there before. */
  readonly isNew: boolean;
  /** How the thread grew; undefined where it is new, gone, or as it was. */
  readonly append: AppendRead | undefined;
  /**
   * Messages of the file after the commit that weren't there before. Where it
   * is no append (which `thread/append-only` refuses), every message that says
   * something else counts.
   */
  readonly appended: readonly Message[];
}

/** The directories under `communications/` in which a commit changes a thread or a ledger. */
export function threadSteps(commit: PushedCommit, documents: Documents): readonly ThreadStep[] {
  const ids = new Set<string>();
  for (const { path } of commit.changes) {
    const meaning = meaningOf('coordination', path);
    if (meaning?.kind === 'thread' || meaning?.kind === 'ledger') ids.add(meaning.communication);
  }
  return [...ids].map((id) => {
    const threadPath = `communications/${id}/thread.md`;
    const ledgerPath = `communications/${id}/ledger.yaml`;
    const thread = documents.thread(commit, threadPath);
    const ledger = documents.ledger(commit, ledgerPath);
    const append =
      thread.before !== undefined && thread.after !== undefined && differs(thread) ? appendOf(thread.before, thread.after) : undefined;
    return {
      id,
      threadPath,
      ledgerPath,
      thread,
      ledger,
      isNew: thread.before === undefined && ledger.before === undefined,
      append,
      appended: appendedMessages(append, thread),
    };
  });
}

/** Messages of `after` that `before` doesn't have, wherever they stand; of a message that stands twice, one is new. */
function appendedMessages(append: AppendRead | undefined, { before, after }: Versions<Thread>): readonly Message[] {
  if (append?.ok === true) return append.value.appended;
  if (before?.file.id === after?.file.id) return [];
  const former = new Map<string, number>();
  for (const message of valueOf(before)?.messages ?? []) former.set(wordsOf(message), (former.get(wordsOf(message)) ?? 0) + 1);
  return (valueOf(after)?.messages ?? []).filter((message) => {
    const left = former.get(wordsOf(message)) ?? 0;
    former.set(wordsOf(message), left - 1);
    return left <= 0;
  });
}

/** All that a message says, without where it stands. */
function wordsOf({ id, role, authorId, authorName, timestamp, corrects, body }: Message): string {
  return JSON.stringify([id, role, authorId, authorName, timestamp, corrects, body]);
}

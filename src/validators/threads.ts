import type { Ledger } from '../format/ledger.js';
import { meaningOf } from '../format/layout.js';
import type { PushedCommit } from '../format/push.js';
import type { Message, Thread } from '../format/thread.js';
import { type Documents, differs, type Versions, valueOf } from './documents.js';

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
  /**
   * Messages of the file after the commit that weren't there before. Where the
   * former messages aren't all where they were (which `thread/append-only`
   * refuses), every message that differs counts as appended.
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
    const thread = documents.versions(documents.thread, commit, threadPath);
    const ledger = documents.versions(documents.ledger, commit, ledgerPath);
    return {
      id,
      threadPath,
      ledgerPath,
      thread,
      ledger,
      isNew: thread.before === undefined && ledger.before === undefined,
      appended: appendedMessages(thread),
    };
  });
}

function appendedMessages(thread: Versions<Thread>): readonly Message[] {
  if (!differs(thread)) return [];
  const former = valueOf(thread.before)?.messages ?? [];
  return (valueOf(thread.after)?.messages ?? []).filter((message, index) => {
    const at = former[index];
    return at === undefined || !sameMessage(at, message);
  });
}

/** Whether two messages read the same and lie in the same bytes of their files. */
export function sameMessage(a: Message, b: Message): boolean {
  return (
    a.id === b.id &&
    a.start === b.start &&
    a.end === b.end &&
    a.role === b.role &&
    a.authorId === b.authorId &&
    a.authorName === b.authorName &&
    a.timestamp === b.timestamp &&
    a.corrects === b.corrects &&
    a.body === b.body
  );
}

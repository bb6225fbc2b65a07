import { valueOf } from '../format/documents.js';
import { parseUuid } from '../format/identifiers.js';
import type { Ledger } from '../format/ledger.js';
import type { PushedCommit } from '../format/push.js';
import type { ThreadStep } from '../format/thread-steps.js';
import type { CommitRow, MessageRow } from './tables.js';
import { millisecondsOf } from './thread-row.js';

/** The messages that a commit appends to a thread. */
export function messageRows(
  record: string,
  step: ThreadStep,
  ledger: Ledger,
  commit: CommitRow,
  { commit: object }: PushedCommit,
): MessageRow[] {
  const former = valueOf(step.thread.before)?.messages.length ?? 0;
  return step.appended.map((message, index) => ({
    record,
    thread: step.id,
    position: former + index,
    message: message.id,
    role: message.role ?? roleOf(ledger, message.authorId) ?? null,
    author_id: message.authorId,
    author_name: message.authorName,
    written_at: millisecondsOf(message.timestamp),
    timestamp: message.timestamp,
    corrects: message.corrects ?? null,
    body: message.body,
    seq: commit.seq,
    recorded_by: message.authorId === commit.on_behalf_of ? (object.author?.name ?? null) : null,
  }));
}

function roleOf({ participants }: Ledger, id: string): string | undefined {
  return participants.find(({ participant_id }) => parseUuid(participant_id) === id)?.role;
}

/** Threads as people and programs read them. */
import type { Ledger, Message, ObjectId } from '../format/index.js';
import { parseUuid, readLedger, readThread } from '../format/index.js';
import { blobsNamed, filesAt, type Repository } from './clone.js';
import { git } from './git.js';
import { headOf, ledgerPath, openThread, threadIds, threadPath } from './threads.js';

/** A thread with its messages, in file order. */
export interface ThreadView {
  readonly id: string;
  readonly ledger: Ledger;
  readonly messages: readonly MessageView[];
}

/** A message, and who recorded it where that is not its author (FORMAT §3 "Recorded messages"). */
export interface MessageView extends Pick<Message, 'id' | 'role' | 'authorId' | 'authorName' | 'timestamp' | 'corrects' | 'body'> {
  /** The author of the commit that has it on behalf of somebody; as the commit says, not verified here. */
  readonly recordedBy?: string;
}

/** One line of a list of threads. A ledger that does not read is listed with its fault. */
export interface ThreadLine {
  readonly id: string;
  readonly status?: Ledger['status'];
  readonly lastUpdatedAt?: string;
  readonly participants?: readonly string[];
  readonly fault?: string;
}

/** Reads one thread. Throws as `openThread`. */
export function viewThread(repository: Repository, text: string): ThreadView {
  const { id, commit, ledger, thread } = openThread(repository, text);
  const recorders = recordersOf(repository, commit, id);
  const messages = thread.messages.map(({ id: message, role, authorId, authorName, timestamp, corrects, body }) => ({
    id: message,
    ...(role === undefined ? {} : { role }),
    authorId,
    authorName,
    timestamp,
    ...(corrects === undefined ? {} : { corrects }),
    body,
    ...(recorders.has(message) ? { recordedBy: recorders.get(message) ?? '' } : {}),
  }));
  return { id, ledger, messages };
}

/** All threads of a record, oldest first; with `status` those in that state only. */
export function listThreads(repository: Repository, status?: Ledger['status']): readonly ThreadLine[] {
  const commit = headOf(repository);
  const ids = threadIds(repository, commit);
  const ledgers = filesAt(repository.directory, commit, ids.map(ledgerPath));
  const lines = ids.map((id, index): ThreadLine => {
    const ledger = readLedger(ledgers[index] ?? new Uint8Array());
    if (!ledger.ok) return { id, fault: ledger.faults[0]?.message ?? 'does not read' };
    const { status: state, last_updated_at, participants } = ledger.value;
    return { id, status: state, lastUpdatedAt: last_updated_at, participants: participants.map(({ display_name }) => display_name) };
  });
  return status === undefined ? lines : lines.filter((line) => line.status === status);
}

/** For each recorded message, the author of the commit that brought it. */
function recordersOf(repository: Repository, commit: ObjectId, id: string): ReadonlyMap<string, string> {
  const format = '%H%x00%an%x00%(trailers:key=On-Behalf-Of,valueonly,separator=%x2C)%x00';
  const fields = git(repository.directory, ['log', '--reverse', `--format=${format}`, commit, '--', threadPath(id)])
    .toString('utf8')
    .split('\0');
  const recorders = new Map<string, string>();
  for (let at = 0; at + 2 < fields.length; at += 3) {
    const [hash = '', author = '', onBehalfOf = ''] = fields.slice(at, at + 3).map((field) => field.trim());
    if (onBehalfOf === '') continue;
    const versions = blobsNamed(repository.directory, [`${hash}~1:${threadPath(id)}`, `${hash}:${threadPath(id)}`]);
    const [former, now] = versions.map((bytes) => (bytes === undefined ? undefined : readThread(bytes)));
    if (now?.ok !== true) continue;
    const known = former?.ok === true ? former.value.messages.length : 0;
    for (const message of now.value.messages.slice(known))
      if (message.authorId === parseUuid(onBehalfOf)) recorders.set(message.id, author);
  }
  return recorders;
}

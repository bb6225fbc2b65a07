/** The journals that a watcher reads: a record's, at every push. */
import type { ObjectId } from '../format/push.js';
import { type Journal, type Receipt, readJournal, readReceipts } from '../hosts/journal-read.js';
import { type HostPaths, shardedPath } from '../hosts/paths.js';
import type { RegisteredRecord } from '../hosts/registry.js';
import { statOf } from '../hosts/writable.js';

/** A host that has no entry of a record knows nothing of its receipt. What can't be read is another matter, and thrown. `now`: later entries are none. */
export function journalOf(paths: HostPaths, { id }: Pick<RegisteredRecord, 'id'>, now: Date): Journal {
  return readJournal(journalPath(paths, id), id, { now });
}

/** What the journal has of these commits, at any time: of a few it costs next to nothing, however long the journal is. Throws as `journalOf` does. */
export function receiptsFor(
  paths: HostPaths,
  { id }: Pick<RegisteredRecord, 'id'>,
  commits: readonly ObjectId[],
): { readonly receipts: readonly Receipt[] } {
  return { receipts: readReceipts(journalPath(paths, id), id, commits) };
}

function journalPath(paths: HostPaths, id: RegisteredRecord['id']): string {
  const path = shardedPath(paths.journal, id, '.jsonl');
  return statOf(path) === undefined ? '/dev/null' : path;
}

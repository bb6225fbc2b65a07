/** The journals that a watcher reads: a record's, at every push. */
import type { Uuid } from '../format/identifiers.js';
import { boundedMemory } from '../git/memory.js';
import { type LinesRead, readLines, readLinesAfter } from '../hosts/journal-lines.js';
import { type Entries, entriesOf, type Journal } from '../hosts/journal-read.js';
import { type HostPaths, shardedPath } from '../hosts/paths.js';
import type { RegisteredRecord } from '../hosts/registry.js';
import { statOf } from '../hosts/writable.js';

/** What a journal takes however short it is, in bytes. */
const LEAST = 1024;
const remembered = rememberJournals(64 * 1024 * 1024);

/** The latest time there is. */
const ANY_TIME = new Date(8.64e15);

/** A host that has no entry of a record knows nothing of its receipt. What can't be read is another matter, and thrown. `now`: later entries are none. */
export function journalOf(paths: HostPaths, { id }: Pick<RegisteredRecord, 'id'>, now = ANY_TIME): Journal {
  const path = shardedPath(paths.journal, id, '.jsonl');
  return remembered(statOf(path) === undefined ? '/dev/null' : path, id, now);
}

/**
 * Reads as `readJournal` does, and remembers it, as long as a journal's bytes fit
 * into `capacity`: of one that has grown, only what was added is taken apart. That
 * it begins as it did is seen from its digest, each time.
 */
export function rememberJournals(capacity: number): (path: string, record: Uuid, now: Date) => Journal {
  const memory = boundedMemory<{ readonly entries: Entries; readonly end: LinesRead }>(capacity);
  return (path, record, now) => {
    const key = `${record} ${path}`;
    const former = memory.get(key);
    const added: (Buffer | undefined)[] = [];
    const grown = former === undefined ? undefined : readLinesAfter(path, former.end, (line) => added.push(line));
    const entries = grown === undefined || former === undefined ? entriesOf(record) : former.entries;
    const end = grown ?? readLines(path, { onLine: entries.add });
    for (const line of added) entries.add(line); // now that all of it could be read
    memory.set(key, { entries, end }, LEAST + end.bytes);
    return { ...entries.until(now), ...end };
  };
}

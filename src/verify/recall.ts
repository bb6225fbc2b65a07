/** Whether what an earlier run has verified may be gone by. */
import { join } from 'node:path';
import { VprError } from '../errors.js';
import type { ObjectId } from '../format/push.js';
import type { ObjectReader } from '../git/cat-file.js';
import { idsIn, storedFiles } from '../git/stored-files.js';
import type { Journal } from '../hosts/journal-read.js';
import type { Cached } from './cache.js';
import { contains } from './contains.js';
import type { Measure, Subject } from './measure.js';
import { goesOnFrom } from './receipts.js';

/** With more new objects than those of 20,000 commits or so, all is read. */
const MOST_NEW = 100_000;
/** With more of them that are there twice as well: in the order of their ids reading them takes longer than reading a history from its root on. */
const MOST_TWICE = 500;

/** The files that the objects lie in; undefined where nothing is remembered of them. */
export function filesOf({ temporary, from, gitDirectory }: Subject, { cache }: Measure): ReadonlyMap<string, string> | undefined {
  return cache === undefined || temporary === true || from !== undefined ? undefined : storedFiles(join(gitDirectory, 'objects'));
}

/** Whether what was verified before lies where it lay and is part of this history, and the journal still says of it what it said, and has gone on from there. */
export async function usable(
  objects: ObjectReader,
  to: ObjectId,
  former: Cached,
  { stored, journal }: { readonly stored: ReadonlyMap<string, string> | undefined; readonly journal: Journal | undefined },
): Promise<boolean> {
  if (stored === undefined || !former.stored.every((mark) => stored.has(mark))) return false;
  if (journal !== undefined && (journal.digestAtMark !== former.journal.digest || !goesOnFrom(journal, former.tip))) return false;
  try {
    return (await isOwnContent(objects, stored, former)) && (await contains(objects, to, former.tip));
  } catch (error) {
    if (error instanceof VprError && error.code.startsWith('git/')) return false;
    throw error;
  }
}

/**
 * Reads what came since and was there before: another copy of what was verified may be the one that git will show. Anything
 * else that came is no part of what was verified. With very much of it all is read anyway.
 */
async function isOwnContent(objects: ObjectReader, stored: ReadonlyMap<string, string>, { stored: known }: Cached): Promise<boolean> {
  const former = new Set(known);
  const pathsOf = (wanted: boolean) => [...stored].filter(([mark]) => former.has(mark) === wanted).map(([, path]) => path);
  const fresh = new Set<ObjectId>();
  for (const id of idsIn(pathsOf(false))) {
    fresh.add(id);
    if (fresh.size > MOST_NEW) return false;
  }
  if (fresh.size === 0) return true;
  let twice = 0;
  for (const id of idsIn(pathsOf(true))) {
    if (!fresh.has(id)) continue;
    twice += 1;
    if (twice > MOST_TWICE) return false;
    await objects.read(id);
  }
  return true;
}

/** Whether the files are still those that they were when a look began: what came during it may have been read, or not. */
export function areStill(stored: ReadonlyMap<string, string>, subject: Subject, measure: Measure): boolean {
  const now = filesOf(subject, measure);
  return now?.size === stored.size && [...stored.keys()].every((mark) => now.has(mark));
}

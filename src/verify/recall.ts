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

/** Reads what came since: it may be another copy of what was verified, and the one that git will show. With very much of it all is read anyway. */
async function isOwnContent(objects: ObjectReader, stored: ReadonlyMap<string, string>, { stored: known }: Cached): Promise<boolean> {
  const former = new Set(known);
  const fresh = [...stored].filter(([mark]) => !former.has(mark)).map(([, path]) => path);
  let count = 0;
  for (const id of idsIn(fresh)) {
    count += 1;
    if (count > MOST_NEW) return false;
    await objects.read(id);
  }
  return true;
}

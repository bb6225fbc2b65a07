/** The files in which a repository's objects lie, so that whoever has read them all can tell later whether they are still what they were. */
import { hash } from 'node:crypto';
import { type BigIntStats, readdirSync, realpathSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { borrowedFrom } from './alternates.js';

/** With more files than these it is git gc's turn, and reading takes longer because of them than for anything else. */
const MOST = 20_000;

/**
 * A mark of every pack, index and loose object of a store and of those that it borrows from: its path, which file it is, its
 * size and times. A file that was changed, damaged by another program, taken away or put there anew has another mark
 * than before or none. Undefined where there are too many of them, or the store can't be read.
 */
export function storedFiles(objects: string): ReadonlySet<string> | undefined {
  const marks = new Set<string>();
  try {
    const own = realpathSync(objects);
    for (const place of [own, ...borrowedFrom(own)]) {
      for (const path of filesIn(place)) {
        if (marks.size === MOST) return undefined;
        marks.add(markOf(path, statSync(path, { bigint: true })));
      }
    }
  } catch {
    return undefined;
  }
  return marks;
}

function* filesIn(place: string): Generator<string> {
  for (const folder of readdirSync(place)) {
    const kind = folder === 'pack' ? /\.(?:pack|idx)$/ : /^[0-9a-f]{2}$/.test(folder) ? /^[0-9a-f]{38}(?:[0-9a-f]{24})?$/ : undefined;
    if (kind !== undefined) for (const name of readdirSync(join(place, folder))) if (kind.test(name)) yield join(place, folder, name);
  }
}

function markOf(path: string, { dev, ino, size, mtimeNs, ctimeNs }: BigIntStats): string {
  return hash('sha256', [path, dev, ino, size, mtimeNs, ctimeNs].join('\0'), 'hex').slice(0, 16);
}

/** The files in which a repository's objects lie, so that whoever has read them all can tell later whether they are still what they were. */
import { hash } from 'node:crypto';
import { type BigIntStats, existsSync, readdirSync, realpathSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { VprError } from '../errors.js';
import type { ObjectId } from '../format/push.js';
import { borrowedFrom } from './alternates.js';
import { openPackIndex } from './pack-index.js';

/** With more files than these it is git gc's turn, and reading takes longer because of them than for anything else. */
const MOST = 20_000;

/**
 * A mark of every pack, index and loose object of a store and of those that it borrows from, with its path: a digest of that,
 * of which file it is, its size and times. A file that was changed, damaged by another program, taken away or put there anew
 * has another mark than before or none. Undefined where there are too many of them, or the store can't be read.
 */
export function storedFiles(objects: string): ReadonlyMap<string, string> | undefined {
  const marks = new Map<string, string>();
  try {
    const own = realpathSync(objects);
    for (const place of [own, ...borrowedFrom(own)]) {
      for (const path of filesIn(place)) {
        if (marks.size === MOST) return undefined;
        marks.set(markOf(path, statSync(path, { bigint: true })), path);
      }
    }
  } catch {
    return undefined;
  }
  return marks;
}

/**
 * The ids of what lies in some of those files, where ids are of SHA-1. Of a pack and its index either is enough: a pack
 * that comes to an index, or an index that comes to a pack, is what git reads from then on.
 */
export function* idsIn(paths: Iterable<string>): Generator<ObjectId> {
  const indexes = new Set<string>();
  for (const path of paths) {
    const [, folder, name] = /([0-9a-f]{2})\/([0-9a-f]{38})$/.exec(path) ?? [];
    if (folder !== undefined) yield `${folder}${name}`;
    if (/\.(?:pack|idx)$/.test(path)) indexes.add(path.replace(/\.pack$/, '.idx'));
  }
  for (const path of indexes) yield* idsOfPack(path);
}

function* idsOfPack(path: string): Generator<ObjectId> {
  if (!existsSync(path)) return; // without its index no pack is read
  const index = openPackIndex(path);
  if (index === undefined) throw new VprError('git/failed', 'a pack here has an index that cannot be read');
  try {
    yield* index.ids();
  } finally {
    index.close();
  }
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

/** All that a repository stores under one id. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { VprError } from '../errors.js';
import type { ObjectId } from '../format/push.js';
import { ownContent } from './own-content.js';
import type { Pack, PackedObject } from './pack.js';

/**
 * Hashes every copy of an object that is stored more than once: which of them
 * git shows depends on the age and order of its packs, and can be another one
 * next week. What is stored once costs no more than looking it up in the other
 * packs; undefined stands for a pack whose index does not read. `loose` reads a
 * loose object's file. Throws `git/tampered`, and `git/failed` for a copy
 * that can't be read here.
 */
export function everyCopyOf(
  places: readonly string[],
  packs: readonly (Pack | undefined)[],
  loose: (path: string) => PackedObject | undefined,
): (id: ObjectId) => void {
  const readable = packs.filter((pack) => pack !== undefined);
  const folders = new Map(places.map((place) => [place, new Set(namesIn(place))]));
  const looseNames = new Map<string, ReadonlySet<string>>();
  /** By one listing a directory: nearly every object is in a pack. */
  const isLoose = (place: string, id: ObjectId): boolean => {
    const folder = id.slice(0, 2);
    if (folders.get(place)?.has(folder) !== true) return false;
    const directory = join(place, folder);
    const names = looseNames.get(directory) ?? new Set(namesIn(directory));
    looseNames.set(directory, names);
    return names.has(id.slice(2));
  };
  return (id) => {
    if (readable.length < packs.length) throw unreadable('a pack here has an index that cannot be read, and what it stores is not known');
    const files = places.filter((place) => isLoose(place, id)).map((place) => join(place, id.slice(0, 2), id.slice(2)));
    if (files.length === 0 && packs.length < 2) return;
    const holding = readable.filter((pack) => pack.holds(id));
    if (files.length + holding.length < 2) return;
    const check = (copy: PackedObject | undefined) => {
      const bytes = copy?.bytes();
      if (copy === undefined || bytes === undefined)
        throw unreadable(`object ${id} is stored more than once, and one of its copies cannot be read here`);
      ownContent(id, { type: copy.type, bytes });
    };
    for (const pack of holding) check(pack.find(id));
    for (const path of files) if (existsSync(path)) check(loose(path)); // git gc may have packed it since
  };
}

function unreadable(what: string): VprError {
  return new VprError('git/failed', what, { help: ['tell your administrator: git fsck --full, then git repack -adf'] });
}

function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return []; // no loose object begins so
  }
}

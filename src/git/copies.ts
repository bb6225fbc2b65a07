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
  const check = (id: ObjectId, copy: PackedObject | undefined) => {
    const bytes = copy?.bytes();
    if (copy === undefined || bytes === undefined)
      throw unreadable(`object ${id} is stored more than once, and one of its copies cannot be read here`);
    ownContent(id, { type: copy.type, bytes });
  };
  const checkRepeated = () => {
    for (const [id, copies] of packs.flatMap((pack) => [...repeatedIn(pack)])) for (const copy of copies) check(id, copy());
  };
  let isInOrder = false;
  return (id) => {
    if (!isInOrder) checkRepeated();
    isInOrder = true;
    const files = places.filter((place) => isLoose(place, id)).map((place) => join(place, id.slice(0, 2), id.slice(2)));
    if (files.length === 0 && packs.length < 2) return;
    const holding = packs.filter((pack) => pack?.holds(id));
    if (files.length + holding.length < 2) return;
    for (const pack of holding) check(id, pack?.find(id));
    for (const path of files) if (existsSync(path)) check(id, loose(path)); // git gc may have packed it since
  };
}

/**
 * What a pack's index has more than once, which index-pack allows: which of them git finds, also as what another object is
 * a delta of, depends on how it searches. So all of them are hashed, once, whether anybody asks for them or not.
 */
function repeatedIn(pack: Pack | undefined): NonNullable<ReturnType<Pack['repeated']>> {
  const found = pack?.repeated();
  if (found !== undefined) return found;
  throw unreadable(
    'a pack here has an index that cannot be read, is in no order, or is about another pack, and what it stores is not known',
  );
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

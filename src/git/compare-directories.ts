/**
 * Comparing two versions of a directory without taking them apart: a record
 * has a directory of thousands of threads, and a commit touches one.
 */
import type { Buffer } from 'node:buffer';
import { readTreeObject, type TreeEntry } from '../format/tree-object.js';
import type { Directory } from './directory.js';
import { differences, type NameChange } from './name-changes.js';
import { commonEnd, commonStart, joined, part } from './pieces.js';
import { orderFault } from './tree-faults.js';

/** How two versions of a directory differ. */
export interface DirectoryChange {
  readonly changes: readonly NameChange[];
  /** What is wrong with the order of the names after. */
  readonly order: string | undefined;
}

/** Bytes of a SHA-1 id. */
const ID = 20;

/**
 * Compares the stored bytes of two trees: only the entries between what both
 * begin and end with are taken apart. Their order is judged with their
 * neighbours'; the order of the others was judged with the version before.
 * Undefined where all entries must be looked at after all.
 */
export function compareBytes(former: Directory, now: Directory): DirectoryChange | undefined {
  const [before, after] = [former.content, now.content];
  former.boundaries ??= boundariesOf(joined(before));
  if (former.boundaries === undefined) return undefined;
  // Where an entry begins is said by the bytes before it: in what both begin with, entries begin at the same places.
  const start = lastUpTo(former.boundaries, commonStart(before, after));
  // And where one begins in what both end with, all that follows is the same, if the bytes between end there.
  const most = before.length - commonEnd(before, after, start.at);
  const end = firstFrom(former.boundaries, most);
  const moved = after.length - before.length;
  if (end.at + moved < start.at) return undefined;
  const formers = readTreeObject(part(before, start.at, end.at));
  const fresh = readTreeObject(part(after, start.at, end.at + moved));
  const left = readTreeObject(part(before, start.previous, start.at));
  const right = readTreeObject(part(before, end.at, end.next));
  if (!formers.ok || !fresh.ok || !left.ok || !right.ok) return undefined;
  const changes = differences(formers.value, fresh.value);
  const added = changes.filter(({ before: known }) => known === undefined);
  if (added.length > 0 && standElsewhere(joined(after), added, start.at, end.at + moved)) return undefined;
  if (sameNames(formers.value, fresh.value)) now.boundaries = former.boundaries;
  return { changes, order: orderFault([...left.value, ...fresh.value, ...right.value]) };
}

/** Whether entries that take each other's places are as long as each other. */
function sameNames(before: readonly TreeEntry[], after: readonly TreeEntry[]): boolean {
  return before.length === after.length && before.every(({ name, mode }, i) => name === after[i]?.name && mode === after[i]?.mode);
}

/** Where every entry begins, and the end of the last; undefined where that is cut off. */
function boundariesOf(tree: Buffer): Int32Array | undefined {
  const boundaries = [0];
  for (let at = 0; at < tree.length; boundaries.push(at)) {
    const next = nextEntry(tree, at);
    if (next === undefined) return undefined;
    at = next;
  }
  return Int32Array.from(boundaries);
}

/** The last of them that is not after `until`, and the one before it; the first where all are after. */
function lastUpTo(boundaries: Int32Array, until: number): { at: number; previous: number } {
  const place = placeUpTo(boundaries, until);
  return { at: boundaries[place] ?? 0, previous: boundaries[Math.max(0, place - 1)] ?? 0 };
}

/** The first of them that is not before `from`, and the one after it; the last where all are before. */
function firstFrom(boundaries: Int32Array, from: number): { at: number; next: number } {
  const last = boundaries.length - 1;
  const before = placeUpTo(boundaries, from - 1);
  const place = (boundaries[before] ?? 0) >= from ? before : Math.min(last, before + 1);
  return { at: boundaries[place] ?? 0, next: boundaries[Math.min(last, place + 1)] ?? 0 };
}

function placeUpTo(boundaries: Int32Array, until: number): number {
  let low = 0;
  for (let high = boundaries.length - 1; low < high; ) {
    const middle = (low + high + 1) >> 1;
    if ((boundaries[middle] ?? 0) <= until) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** Where the entry that begins at `at` ends; `at` at the end of the tree, undefined where it is cut off. */
function nextEntry(tree: Buffer, at: number): number | undefined {
  if (at === tree.length) return at;
  let name = at;
  while (name < tree.length && tree[name] !== 0) name += 1;
  return name + 1 + ID > tree.length ? undefined : name + 1 + ID;
}

/** Whether a name may stand in another entry as well: as a file beside a directory, out of order, or twice. */
function standElsewhere(tree: Buffer, names: readonly { readonly name: string }[], start: number, end: number): boolean {
  return names.some(({ name }) => {
    const entry = ` ${name}\0`;
    const first = tree.indexOf(entry, 0, 'latin1');
    return (first >= 0 && first < start) || tree.indexOf(entry, end, 'latin1') >= 0;
  });
}

/** Of two versions taken apart. */
export function compareEntries(before: readonly TreeEntry[], after: readonly TreeEntry[]): DirectoryChange {
  return { changes: differences(before, after), order: orderFault(after) };
}

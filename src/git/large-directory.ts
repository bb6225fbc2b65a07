/**
 * Comparing two versions of a directory of thousands of entries without taking
 * them apart: a record has a directory a thread, and a commit touches one.
 */
import type { Buffer } from 'node:buffer';
import { readTreeObject, type TreeEntry } from '../format/tree-object.js';
import { differences, type NameChange } from './name-changes.js';
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
export function compareLarge(before: Buffer, after: Buffer): DirectoryChange | undefined {
  const start = lastBoundary(after, 0, commonStart(before, after));
  if (start === undefined) return undefined;
  const end = resumption(before, after, start.at);
  if (end === undefined) return undefined;
  const formers = readTreeObject(before.subarray(start.at, end.before));
  const fresh = readTreeObject(after.subarray(start.at, end.after));
  const next = nextEntry(after, end.after);
  const neighbours = [after.subarray(start.previous, start.at), after.subarray(end.after, next)].map((bytes) => readTreeObject(bytes));
  const [left, right] = neighbours;
  if (!formers.ok || !fresh.ok || left?.ok !== true || right?.ok !== true) return undefined;
  const names = new Set(formers.value.map(({ name }) => name));
  if (fresh.value.some(({ name }) => !names.has(name) && standsElsewhere(after, name, start.at, end.after))) return undefined;
  return { changes: [...differences(formers.value, fresh.value)], order: orderFault([...left.value, ...fresh.value, ...right.value]) };
}

/** How many bytes two buffers have in common at their beginnings. */
function commonStart(a: Buffer, b: Buffer): number {
  let low = 0;
  for (let high = Math.min(a.length, b.length); low < high; ) {
    const middle = Math.ceil((low + high) / 2);
    if (a.compare(b, low, middle, low, middle) === 0) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** How many bytes two buffers have in common at their ends, not looking before `from`. */
function commonEnd(a: Buffer, b: Buffer, from: number): number {
  let low = 0;
  for (let high = Math.min(a.length, b.length) - from; low < high; ) {
    const middle = Math.ceil((low + high) / 2);
    const known = a.length - low;
    if (a.compare(b, b.length - middle, b.length - low, a.length - middle, known) === 0) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** Where the entry that begins at `at` ends; `at` at the end of the tree, undefined where it is cut off. */
function nextEntry(tree: Buffer, at: number): number | undefined {
  if (at === tree.length) return at;
  const name = tree.indexOf(0, at);
  return name < 0 || name + 1 + ID > tree.length ? undefined : name + 1 + ID;
}

/** The last beginning of an entry that is not after `until`, and the one before it. */
function lastBoundary(tree: Buffer, from: number, until: number): { at: number; previous: number } | undefined {
  let at = from;
  for (let previous = from; ; ) {
    const next = nextEntry(tree, at);
    if (next === undefined) return undefined;
    if (next > until || next === at) return { at, previous };
    previous = at;
    at = next;
  }
}

/** The first beginnings of entries from which on both trees are the same, to their ends. */
function resumption(before: Buffer, after: Buffer, from: number): { before: number; after: number } | undefined {
  const common = commonEnd(before, after, from);
  let former: number | undefined = from;
  for (let at: number | undefined = from; at !== undefined; at = nextEntry(after, at)) {
    if (after.length - at <= common) {
      const wanted = before.length - (after.length - at);
      while (former !== undefined && former < wanted) former = nextEntry(before, former);
      if (former === undefined || former === wanted) return former === undefined ? undefined : { before: former, after: at };
    }
    if (at === after.length) return undefined;
  }
  return undefined;
}

/** Whether a name may stand in another entry as well: as a file beside a directory, out of order, or twice. */
function standsElsewhere(tree: Buffer, name: string, start: number, end: number): boolean {
  const entry = ` ${name}\0`;
  const first = tree.indexOf(entry, 0, 'latin1');
  return (first >= 0 && first < start) || tree.indexOf(entry, end, 'latin1') >= 0;
}

/** Of two versions taken apart. */
export function compareSmall(before: readonly TreeEntry[], after: readonly TreeEntry[]): DirectoryChange {
  return { changes: [...differences(before, after)], order: orderFault(after) };
}

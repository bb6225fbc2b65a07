import type { ObjectId, TreeFault } from '../format/push.js';
import type { TreeEntry } from '../format/tree-object.js';
import { type Directory, LARGE } from './directory.js';
import { compareLarge, compareSmall, type DirectoryChange } from './large-directory.js';
import type { Budget, Objects, TreeReading } from './objects.js';
import { entryFaults, isDirectory } from './tree-faults.js';

/** How far a comparison goes. */
export interface DiffLimits {
  /** Changed files, and directories looked into, of one commit. */
  readonly filesPerCommit: number;
  /** Names in the longest path. */
  readonly pathDepth: number;
}

/** A path whose entry is another one after the commit; neither side is a directory. */
export interface EntryChange {
  readonly path: string;
  readonly before?: TreeEntry;
  readonly after?: TreeEntry;
}

/** How two trees differ. */
export interface TreeDiff {
  /** In Git's order. */
  readonly changes: readonly EntryChange[];
  readonly faults: readonly TreeFault[];
  /** Every directory that was looked into (`''` is the root), as either side has it. */
  readonly directories: ReadonlyMap<string, Sides>;
}

/** A directory as either side of a commit has it; absent where it has none that can be read. */
export interface Sides {
  readonly before?: Directory;
  readonly after?: Directory;
}

/** A directory that is to be compared. */
interface Pair {
  readonly path: string;
  readonly before?: ObjectId | undefined;
  readonly after?: ObjectId | undefined;
}

/**
 * Compares two trees entry by entry, as stored, and looks only into directories
 * whose ids differ. Faults are those of the tree after; what it shares with the one
 * before was judged when that was pushed. All directories of one level are
 * read in one batch, and none below the limits, however deep the trees are.
 */
export async function diffTrees(
  objects: Objects,
  before: ObjectId | undefined,
  after: ObjectId | undefined,
  limits: DiffLimits,
  budget: Budget,
): Promise<TreeDiff> {
  const found: Found = { changes: [], faults: [], directories: new Map() };
  const { changes, faults, directories } = found;
  let level: Pair[] = before === after ? [] : [{ path: '', before, after }];

  for (let depth = 1; level.length > 0; depth += 1) {
    const trees = await objects.trees(new Set(level.flatMap(idsOf)), budget);
    const next: Pair[] = [];
    for (const pair of level) {
      for (const directory of compareDirectory(pair, trees, found, limits.filesPerCommit)) {
        if (depth < limits.pathDepth) next.push(directory);
        else faults.push({ kind: 'depth', path: directory.path, message: `the path is deeper than ${limits.pathDepth} names` });
        if (changes.length + directories.size + next.length > limits.filesPerCommit) return tooMany(found, limits);
      }
      if (changes.length + directories.size > limits.filesPerCommit) return tooMany(found, limits);
    }
    level = next;
  }
  return inOrder(found);
}

/** The same, while it is being found. */
interface Found {
  readonly changes: EntryChange[];
  readonly faults: TreeFault[];
  readonly directories: Map<string, Sides>;
}

function inOrder({ changes, faults, directories }: Found): TreeDiff {
  return { changes: changes.sort((a, b) => (a.path < b.path ? -1 : 1)), faults, directories };
}

function tooMany(found: Found, { filesPerCommit }: DiffLimits): TreeDiff {
  found.faults.push({ kind: 'count', path: '', message: `the commit changes more than ${filesPerCommit} files and directories` });
  return inOrder(found);
}

/** Adds what differs in one directory, up to a little more than `most` changes; yields the directories in it that differ. */
function* compareDirectory(
  pair: Pair,
  trees: ReadonlyMap<ObjectId, TreeReading>,
  { changes, faults, directories }: Found,
  most: number,
): Generator<Pair> {
  const sides = {
    ...side('before', pair, (id) => readable(id, trees, pair.path, faults)),
    ...side('after', pair, (id) => readable(id, trees, pair.path, faults)),
  };
  directories.set(pair.path, sides);
  const { changes: names, order } = compareSides(sides, pair.path, faults);
  if (order !== undefined) faults.push({ kind: 'order', path: pair.path, message: order });
  if (sides.after?.bytes.length === 0 && pair.path !== '')
    faults.push({ kind: 'empty', path: pair.path, message: 'the directory is empty' });
  for (const change of names) {
    const path = pair.path === '' ? change.name : `${pair.path}/${change.name}`;
    if (change.after !== undefined) faults.push(...entryFaults(change.after, path));
    const file = { ...side('before', change, fileOf), ...side('after', change, fileOf) };
    if (file.before !== undefined || file.after !== undefined) changes.push({ path, ...file });
    const directory = { ...side('before', change, directoryOf), ...side('after', change, directoryOf) };
    if (directory.before !== directory.after) yield { path, ...directory };
    if (changes.length > most) return;
  }
}

/** Each side by itself: a name may turn from a file into a directory. */
function side<T, U>(
  name: 'before' | 'after',
  sides: { readonly before?: T | undefined; readonly after?: T | undefined },
  of: (value: T) => U | undefined,
): { before?: U; after?: U } {
  const value = sides[name];
  const made = value === undefined ? undefined : of(value);
  return made === undefined ? {} : { [name]: made };
}

function compareSides({ before, after }: Sides, path: string, faults: TreeFault[]): DirectoryChange {
  const large =
    before !== undefined && after !== undefined && after.bytes.length >= LARGE ? compareLarge(before.bytes, after.bytes) : undefined;
  return large ?? compareSmall(entriesOf(before, path, faults), entriesOf(after, path, faults));
}

function entriesOf(directory: Directory | undefined, path: string, faults: TreeFault[]): readonly TreeEntry[] {
  const entries = directory?.entries();
  if (entries?.ok !== false) return entries?.value ?? [];
  faults.push({ kind: 'unreadable', path, message: entries.faults[0]?.message ?? 'the directory does not read' });
  return [];
}

/** A directory that was read; one that could not be is a fault, whichever side it is on. */
function readable(id: ObjectId, trees: ReadonlyMap<ObjectId, TreeReading>, path: string, faults: TreeFault[]): Directory | undefined {
  const tree = trees.get(id);
  if (tree === undefined || 'directory' in tree) return tree?.directory;
  faults.push({ ...tree.fault, path });
  return undefined;
}

function fileOf(entry: TreeEntry): TreeEntry | undefined {
  return isDirectory(entry) ? undefined : entry;
}

function directoryOf(entry: TreeEntry): ObjectId | undefined {
  return isDirectory(entry) ? entry.id : undefined;
}

function idsOf({ before, after }: Pair): ObjectId[] {
  return [before, after].filter((id) => id !== undefined);
}

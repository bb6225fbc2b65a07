import type { ObjectId, TreeFault } from '../format/push.js';
import type { TreeEntry } from '../format/tree-object.js';
import { compareBytes, compareEntries, type DirectoryChange } from './compare-directories.js';
import type { Directory } from './directory.js';
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
  readonly before: TreeEntry | undefined;
  readonly after: TreeEntry | undefined;
}

/** How two trees differ. */
export interface TreeDiff {
  /** In Git's order. */
  readonly changes: readonly EntryChange[];
  readonly faults: readonly TreeFault[];
  /** Every directory that was looked into (`''` is the root), as either side has it. */
  readonly directories: ReadonlyMap<string, Sides>;
}

/** A directory as either side of a commit has it; undefined where it has none that can be read. */
export interface Sides {
  readonly before: Directory | undefined;
  readonly after: Directory | undefined;
}

/** A directory that is to be compared. */
interface Pair {
  readonly path: string;
  readonly before: ObjectId | undefined;
  readonly after: ObjectId | undefined;
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
    const trees = await objects.trees(idsOf(level), budget);
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
  return { changes: changes.length > 1 ? changes.sort((a, b) => (a.path < b.path ? -1 : 1)) : changes, faults, directories };
}

function tooMany(found: Found, { filesPerCommit }: DiffLimits): TreeDiff {
  found.faults.push({ kind: 'count', path: '', message: `the commit changes more than ${filesPerCommit} files and directories` });
  return inOrder(found);
}

/** Adds what differs in one directory, up to a little more than `most` changes; returns the directories in it that differ. */
function compareDirectory(pair: Pair, trees: ReadonlyMap<ObjectId, TreeReading>, found: Found, most: number): Pair[] {
  const { changes, faults, directories } = found;
  const sides = { before: readable(pair.before, trees, pair.path, faults), after: readable(pair.after, trees, pair.path, faults) };
  directories.set(pair.path, sides);
  const { changes: names, order } = compareSides(sides, pair.path, faults);
  if (order !== undefined) faults.push({ kind: 'order', path: pair.path, message: order });
  if (sides.after?.content.length === 0 && pair.path !== '')
    faults.push({ kind: 'empty', path: pair.path, message: 'the directory is empty' });
  const differing: Pair[] = [];
  for (const { name, before, after } of names) {
    const path = pair.path === '' ? name : `${pair.path}/${name}`;
    if (after !== undefined) for (const fault of entryFaults(after, path)) faults.push(fault);
    // Each side by itself: a name may turn from a file into a directory.
    const file = { path, before: fileOf(before), after: fileOf(after) };
    if (file.before !== undefined || file.after !== undefined) changes.push(file);
    const directory = { path, before: directoryOf(before), after: directoryOf(after) };
    if (directory.before !== directory.after) differing.push(directory);
    if (changes.length > most) break;
  }
  return differing;
}

function compareSides({ before, after }: Sides, path: string, faults: TreeFault[]): DirectoryChange {
  const quick = before !== undefined && after !== undefined ? compareBytes(before, after) : undefined;
  return quick ?? compareEntries(entriesOf(before, path, faults), entriesOf(after, path, faults));
}

function entriesOf(directory: Directory | undefined, path: string, faults: TreeFault[]): readonly TreeEntry[] {
  const entries = directory?.entries();
  if (entries?.ok !== false) return entries?.value ?? [];
  faults.push({ kind: 'unreadable', path, message: entries.faults[0]?.message ?? 'the directory does not read' });
  return [];
}

/** A directory that was read; one that could not be is a fault, whichever side it is on. */
function readable(
  id: ObjectId | undefined,
  trees: ReadonlyMap<ObjectId, TreeReading>,
  path: string,
  faults: TreeFault[],
): Directory | undefined {
  const tree = id === undefined ? undefined : trees.get(id);
  if (tree === undefined || 'directory' in tree) return tree?.directory;
  faults.push({ ...tree.fault, path });
  return undefined;
}

function fileOf(entry: TreeEntry | undefined): TreeEntry | undefined {
  return entry === undefined || isDirectory(entry) ? undefined : entry;
}

function directoryOf(entry: TreeEntry | undefined): ObjectId | undefined {
  return entry !== undefined && isDirectory(entry) ? entry.id : undefined;
}

function idsOf(level: readonly Pair[]): Set<ObjectId> {
  const ids = new Set<ObjectId>();
  for (const { before, after } of level) {
    if (before !== undefined) ids.add(before);
    if (after !== undefined) ids.add(after);
  }
  return ids;
}

import type { ObjectId, TreeFault } from '../format/push.js';
import type { TreeEntry } from '../format/tree-object.js';
import type { Budget, Objects, TreeReading } from './objects.js';
import { entryFaults, isDirectory, orderFault } from './tree-faults.js';

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
  readonly directories: ReadonlyMap<string, { readonly before?: readonly TreeEntry[]; readonly after?: readonly TreeEntry[] }>;
}

/** A directory on both sides. */
interface Pair {
  readonly path: string;
  readonly before?: ObjectId | undefined;
  readonly after?: ObjectId | undefined;
}

/**
 * Compares two trees entry by entry, as stored, and looks only into directories whose ids
 * differ. Faults are those of the tree after; what it shares with the one
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
  const changes: EntryChange[] = [];
  const faults: TreeFault[] = [];
  const directories: Map<string, { before?: readonly TreeEntry[]; after?: readonly TreeEntry[] }> = new Map();
  let level: Pair[] = before === after ? [] : [{ path: '', before, after }];
  const counted = () => changes.length + directories.size + level.length;

  for (let depth = 1; level.length > 0; depth += 1) {
    const pairs = level;
    level = [];
    const trees = await objects.trees(new Set(pairs.flatMap(idsOf)), budget);
    for (const pair of pairs) {
      const sides = { before: entriesOf(pair.before, trees, pair.path, faults), after: entriesOf(pair.after, trees, pair.path, faults) };
      directories.set(pair.path, sides);
      if (pair.after !== undefined) addDirectoryFaults(sides.after, pair.path, faults);
      for (const change of differences(sides.before ?? [], sides.after ?? [])) {
        const path = pair.path === '' ? change.name : `${pair.path}/${change.name}`;
        if (change.after !== undefined) faults.push(...entryFaults(change.after, path));
        const { file, directory } = split(path, change);
        if (file !== undefined) changes.push(file);
        if (directory !== undefined && depth < limits.pathDepth) level.push(directory);
        if (directory !== undefined && depth >= limits.pathDepth) {
          faults.push({ kind: 'depth', path, message: `the path is deeper than ${limits.pathDepth} names` });
        }
        if (counted() > limits.filesPerCommit) return result('count');
      }
    }
  }
  return result();

  function result(kind?: 'count'): TreeDiff {
    if (kind !== undefined) {
      faults.push({ kind, path: '', message: `the commit changes more than ${limits.filesPerCommit} files and directories` });
    }
    return { changes: changes.sort((a, b) => (a.path < b.path ? -1 : 1)), faults, directories };
  }
}

function idsOf({ before, after }: Pair): ObjectId[] {
  return [before, after].filter((id) => id !== undefined);
}

function entriesOf(
  id: ObjectId | undefined,
  trees: ReadonlyMap<ObjectId, TreeReading>,
  path: string,
  faults: TreeFault[],
): readonly TreeEntry[] | undefined {
  const tree = id === undefined ? undefined : trees.get(id);
  if (tree === undefined || 'entries' in tree) return tree?.entries;
  faults.push({ ...tree.fault, path });
  return undefined;
}

function addDirectoryFaults(entries: readonly TreeEntry[] | undefined, path: string, faults: TreeFault[]): void {
  if (entries === undefined) return;
  const order = orderFault(entries);
  if (order !== undefined) faults.push({ kind: 'order', path, message: order });
  if (entries.length === 0 && path !== '') faults.push({ kind: 'empty', path, message: 'the directory is empty' });
}

interface NameChange {
  readonly name: string;
  readonly before?: TreeEntry | undefined;
  readonly after?: TreeEntry | undefined;
}

/** Entries that differ. What both lists begin and end with is skipped first: a record has thousands of threads, and a commit touches one. */
function* differences(before: readonly TreeEntry[], after: readonly TreeEntry[]): Generator<NameChange> {
  let start = 0;
  while (start < before.length && start < after.length && same(before[start], after[start])) start += 1;
  let end = 0;
  const most = Math.min(before.length, after.length) - start;
  while (end < most && same(before[before.length - 1 - end], after[after.length - 1 - end])) end += 1;

  const formers = new Map(before.slice(start, before.length - end).map((entry) => [entry.name, entry]));
  for (const entry of after.slice(start, after.length - end)) {
    const former = formers.get(entry.name);
    formers.delete(entry.name);
    if (!same(former, entry)) yield { name: entry.name, before: former, after: entry };
  }
  for (const entry of formers.values()) yield { name: entry.name, before: entry };
}

function same(a: TreeEntry | undefined, b: TreeEntry | undefined): boolean {
  return a?.id === b?.id && a?.mode === b?.mode && a?.name === b?.name;
}

/** The files of a changed name, and the directories: a name may turn from one into the other. */
function split(path: string, { before, after }: NameChange): { file?: EntryChange; directory?: Pair } {
  const [formerFile, formerDirectory] = sort(before);
  const [file, directory] = sort(after);
  return {
    ...(formerFile === undefined && file === undefined
      ? {}
      : { file: { path, ...(formerFile === undefined ? {} : { before: formerFile }), ...(file === undefined ? {} : { after: file }) } }),
    ...(formerDirectory?.id === directory?.id ? {} : { directory: { path, before: formerDirectory?.id, after: directory?.id } }),
  };
}

function sort(entry: TreeEntry | undefined): [TreeEntry | undefined, TreeEntry | undefined] {
  return entry !== undefined && isDirectory(entry) ? [undefined, entry] : [entry, undefined];
}

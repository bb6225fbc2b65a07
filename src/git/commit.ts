import { STATUS_FILE } from '../format/layout.js';
import type { FileState, ObjectId, PushedCommit, TreeFault } from '../format/push.js';
import type { TreeEntry } from '../format/tree-object.js';
import { type DiffLimits, diffTrees, type TreeDiff } from './diff.js';
import type { BlobReading, Objects } from './objects.js';
import { isBlob, isDirectory } from './tree-faults.js';
import type { StoredCommit } from './walk.js';

/** The host's limits that bound the reading of one commit; sizes in bytes. A policy's `limits` fits. */
export interface ReadLimits extends DiffLimits {
  readonly treeBytes: number;
  readonly yamlBytes: number;
  readonly threadBytes: number;
}

/** Directories of one commit may together be so many times the largest, and files the largest thread and YAML file. */
const TREES_OF_A_COMMIT = 16;
const BLOBS_OF_A_COMMIT = 4;

type Side = 'before' | 'after';

/**
 * Compares a commit with its parent and reads what rules look at: every
 * changed file, before and after; for each touched directory under
 * `communications/`, its thread and ledger; and the record's status file.
 * Files above their limit keep their size and have no bytes.
 */
export async function readCommit(
  objects: Objects,
  id: ObjectId,
  stored: StoredCommit,
  formerly: StoredCommit | undefined,
  limits: ReadLimits,
): Promise<PushedCommit> {
  const commit = stored.object();
  const parent = formerly?.object();
  const diff = await diffTrees(objects, parent?.tree, commit.tree, limits, { left: limits.treeBytes * TREES_OF_A_COMMIT });
  const entries = { before: entriesToRead(diff, 'before'), after: entriesToRead(diff, 'after') };
  const blobs = await objects.blobs(blobLimits(entries, limits), { left: bytesOfACommit(limits) });
  const files = { before: fileStates(entries.before, blobs, limits), after: fileStates(entries.after, blobs, limits) };
  for (const { before, after } of diff.changes) if (before !== undefined && before.id !== after?.id) objects.forgetBlob(before.id);
  return {
    id,
    bytes: stored.bytes,
    commit,
    parent,
    changes: diff.changes.map(({ path }) => ({ path, before: files.before.get(path), after: files.after.get(path) })),
    treeFaults: [...noTree(commit.tree), ...diff.faults, ...noContent(diff, entries, blobs), ...notRead(files, limits)],
    before: (path) => files.before.get(path),
    after: (path) => files.after.get(path),
  };
}

/** A commit whose parent is not there: nothing can be compared. */
export function withoutParent(id: ObjectId, stored: StoredCommit): PushedCommit {
  const treeFaults: readonly TreeFault[] = [{ kind: 'missing', path: '', message: 'the commit before it is not there' }];
  return { id, bytes: stored.bytes, commit: stored.object(), changes: [], treeFaults, before: () => undefined, after: () => undefined };
}

/** Largest content that is read of a file of that name, in bytes. */
function limitOf(path: string, limits: ReadLimits): number {
  return path.endsWith('.md') ? limits.threadBytes : limits.yamlBytes;
}

/** Changed files of one side, and the files that rules look at whether or not they changed. */
function entriesToRead(diff: TreeDiff, side: Side): Map<string, TreeEntry> {
  const entries = new Map<string, TreeEntry>();
  for (const changed of diff.changes) {
    const entry = changed[side];
    if (entry !== undefined) entries.set(changed.path, entry);
  }
  for (const [directory, sides] of diff.directories) {
    const names = directory === '' ? STATUS_NAMES : /^communications\/[^/]+$/.test(directory) ? THREAD_NAMES : undefined;
    const context = names === undefined ? undefined : sides[side]?.entries();
    for (const entry of context?.ok === true ? context.value : []) {
      if (names?.has(entry.name) && !isDirectory(entry)) entries.set(directory === '' ? entry.name : `${directory}/${entry.name}`, entry);
    }
  }
  return entries;
}

const STATUS_NAMES: ReadonlySet<string> = new Set(Object.values(STATUS_FILE));
const THREAD_NAMES: ReadonlySet<string> = new Set(['thread.md', 'ledger.yaml']);

function blobLimits(entries: Readonly<Record<Side, ReadonlyMap<string, TreeEntry>>>, limits: ReadLimits): Map<ObjectId, number> {
  const wanted = new Map<ObjectId, number>();
  for (const side of [entries.before, entries.after]) {
    for (const [path, entry] of side) {
      if (isBlob(entry)) wanted.set(entry.id, Math.max(wanted.get(entry.id) ?? 0, limitOf(path, limits)));
    }
  }
  return wanted;
}

const NO_BLOB: BlobReading = { size: -1 };

function fileStates(
  entries: ReadonlyMap<string, TreeEntry>,
  blobs: ReadonlyMap<ObjectId, BlobReading>,
  limits: ReadLimits,
): Map<string, FileState> {
  const states = new Map<string, FileState>();
  for (const [path, { mode, id }] of entries) {
    const { size, bytes } = blobs.get(id) ?? NO_BLOB;
    states.set(path, { mode, id, size, bytes: size > limitOf(path, limits) ? undefined : bytes });
  }
  return states;
}

function noTree(tree: ObjectId | undefined): TreeFault[] {
  return tree === undefined ? [{ kind: 'unreadable', path: '', message: 'the commit names no tree' }] : [];
}

/** Files whose content isn't there, on either side, and files after the commit that are no blob: rules that look at content have nothing to look at. */
function noContent(
  { changes }: TreeDiff,
  entries: Readonly<Record<Side, ReadonlyMap<string, TreeEntry>>>,
  blobs: ReadonlyMap<ObjectId, BlobReading>,
): TreeFault[] {
  const faults: TreeFault[] = [];
  for (const [side, files] of Object.entries(entries)) {
    for (const [path, { id }] of files)
      if (blobs.get(id)?.missing === true)
        faults.push({ kind: 'missing', path, message: `the content that it has ${side} the commit is not there` });
  }
  for (const { path, after } of changes) {
    const { size, missing } = (after && blobs.get(after.id)) ?? NO_BLOB;
    if (after !== undefined && size === -1 && missing === undefined)
      faults.push({ kind: 'unreadable', path, message: 'the file has no readable content' });
  }
  return faults;
}

/** What the files of one commit may have together: enough for the largest thread with the largest ledger, before and after, twice. */
function bytesOfACommit({ threadBytes, yamlBytes }: ReadLimits): number {
  return (threadBytes + yamlBytes) * BLOBS_OF_A_COMMIT;
}

/** One fault for all files within their own limit that weren't read, since the commit's are too much together: nobody has looked at them. */
function notRead(files: Readonly<Record<Side, ReadonlyMap<string, FileState>>>, limits: ReadLimits): TreeFault[] {
  const unread = [...files.before, ...files.after].filter(
    ([path, { size, bytes }]) => bytes === undefined && size >= 0 && size <= limitOf(path, limits),
  );
  const [first] = unread;
  if (first === undefined) return [];
  const most = bytesOfACommit(limits);
  return [{ kind: 'size', path: first[0], message: `the commit's files, before and after, have more than ${most} bytes together` }];
}

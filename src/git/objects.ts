import type { FileState, ObjectId, ObjectSource } from '../format/push.js';
import { type Directory, directoryOf } from './directory.js';
import { boundedMemory, oneAtATime } from './memory.js';

/** A directory as stored, or why it can't be read. */
export type TreeReading =
  | { readonly size: number; readonly directory: Directory }
  | { readonly size: number; readonly fault: { readonly kind: 'unreadable' | 'size'; readonly message: string } };

/** A file's content, or only its size where it is larger than asked for; size -1 where it is no readable blob. */
export type BlobReading = Pick<FileState, 'size' | 'bytes'>;

/** Trees and blobs of a repository, read in batches, within bounds, and remembered for the next commit. */
export interface Objects {
  trees(ids: ReadonlySet<ObjectId>, budget: Budget): Promise<ReadonlyMap<ObjectId, TreeReading>>;
  /** Reads blobs, each up to its own limit in bytes. */
  blobs(limits: ReadonlyMap<ObjectId, number>, budget: Budget): Promise<ReadonlyMap<ObjectId, BlobReading>>;
}

/** Bytes that one commit may still bring into memory. Counts what is remembered as well: a verdict doesn't depend on what was read before. */
export interface Budget {
  left: number;
}

/** A small tree, parsed, takes about so many times its bytes; large ones are kept as bytes. */
const TREE_WEIGHT = 8;
const TREES = 64 * 1024 * 1024;
const BLOBS = 64 * 1024 * 1024;

/** Reads from `source`; `largestTree` in bytes. Memory is bounded, however many commits are read. */
export function rememberObjects(source: ObjectSource, largestTree: number): Objects {
  const trees = boundedMemory<TreeReading>(TREES);
  const blobs = boundedMemory<BlobReading>(BLOBS);

  const oneTree = oneAtATime<TreeReading>();
  const oneBlob = oneAtATime<BlobReading>();

  async function readTree(id: ObjectId, budget: Budget): Promise<TreeReading> {
    const known = trees.get(id);
    if (known !== undefined) return take(budget, known.size) ? known : overBudget(known.size);
    const stat = await source.stat(id);
    if (stat === undefined) return unreadable('the directory is missing');
    if (stat.type !== 'tree') return unreadable(`a ${stat.type} stands where a directory should`);
    if (stat.size > largestTree) return tooLarge(stat.size, `the directory has ${stat.size} bytes; the host reads up to ${largestTree}`);
    return take(budget, stat.size) ? oneTree(id, () => loadTree(id)) : overBudget(stat.size);
  }

  async function loadTree(id: ObjectId): Promise<TreeReading> {
    const object = await source.read(id);
    if (object === undefined) return unreadable('the directory is missing');
    const size = object.bytes.length;
    const tree = { size, directory: directoryOf(object.bytes) };
    trees.set(id, tree, size * TREE_WEIGHT + 200);
    return tree;
  }

  async function readBlob(id: ObjectId, limit: number, budget: Budget): Promise<BlobReading> {
    const known = blobs.get(id);
    if (known !== undefined) return take(budget, known.size) ? known : { size: known.size };
    const stat = await source.stat(id);
    if (stat?.type !== 'blob') return { size: -1 };
    return stat.size <= limit && take(budget, stat.size) ? oneBlob(id, () => loadBlob(id)) : { size: stat.size };
  }

  async function loadBlob(id: ObjectId): Promise<BlobReading> {
    const object = await source.read(id);
    if (object === undefined) return { size: -1 };
    const blob = { size: object.bytes.length, bytes: object.bytes };
    blobs.set(id, blob, blob.size + 200);
    return blob;
  }

  return {
    trees: (ids, budget) => all(ids, (id) => readTree(id, budget)),
    blobs: (limits, budget) => all(limits.keys(), (id) => readBlob(id, limits.get(id) ?? 0, budget)),
  };
}

function take(budget: Budget, size: number): boolean {
  if (size > budget.left) return false;
  budget.left -= size;
  return true;
}

function unreadable(message: string): TreeReading {
  return { size: 0, fault: { kind: 'unreadable', message } };
}

function tooLarge(size: number, message: string): TreeReading {
  return { size, fault: { kind: 'size', message } };
}

function overBudget(size: number): TreeReading {
  return tooLarge(size, 'all directories of the commit together are larger than the host reads');
}

/** Asks for everything at once, so that git gets one batch and not a question at a time. */
async function all<T>(ids: Iterable<ObjectId>, readOne: (id: ObjectId) => Promise<T>): Promise<ReadonlyMap<ObjectId, T>> {
  return new Map(await Promise.all([...ids].map(async (id): Promise<[ObjectId, T]> => [id, await readOne(id)])));
}

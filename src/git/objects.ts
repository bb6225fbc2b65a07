import type { FileState, ObjectId, ObjectSource, Pieces, StoredObject } from '../format/push.js';
import { type Directory, directoryOf, LARGE } from './directory.js';
import { boundedMemory, oneAtATime } from './memory.js';
import { onePiece } from './pieces.js';

/** A directory as stored, or why it can't be read. */
export type TreeReading =
  | { readonly size: number; readonly directory: Directory }
  | { readonly size: number; readonly fault: { readonly kind: 'missing' | 'unreadable' | 'size'; readonly message: string } };

/** A file's content, or only its size where it is larger than asked for; size -1 where it is no readable blob, `missing` where there is no such object. */
export type BlobReading = Pick<FileState, 'size' | 'bytes'> & { readonly missing?: true };

/** Trees and blobs of a repository, read in batches, within bounds, and remembered for the next commit. */
export interface Objects {
  trees(ids: ReadonlySet<ObjectId>, budget: Budget): Found<TreeReading>;
  /** Reads blobs, each up to its own limit in bytes. */
  blobs(limits: ReadonlyMap<ObjectId, number>, budget: Budget): Found<BlobReading>;
  /** A blob that another one has taken the place of. */
  forgetBlob(id: ObjectId): void;
}

type Found<T> = ReadonlyMap<ObjectId, T> | Promise<ReadonlyMap<ObjectId, T>>;

/** Bytes that one commit may still bring into memory. Counts what is remembered as well: a verdict doesn't depend on what was read before. */
export interface Budget {
  left: number;
}

/** A small tree, parsed, takes about so many times its bytes; large ones are kept as bytes. */
const TREE_WEIGHT = 8;
const TREES = 2 * 1024 * 1024;
/** Large trees apart: there is one of them, in many versions, and they would drive the others out. */
const LARGE_TREES = 8 * 1024 * 1024;
/** Of a record's threads the newest versions, whose memory earlier ones share. */
const BLOBS = 128 * 1024 * 1024;
/** What the memory of an object takes apart from its bytes. */
const LEAST = 200;

/** Reads from `source`; `largestTree` in bytes. Memory is bounded, however many commits are read. */
export function rememberObjects(source: ObjectSource, largestTree: number): Objects {
  const trees = boundedMemory<TreeReading>(TREES);
  const largeTrees = boundedMemory<TreeReading>(LARGE_TREES);
  const blobs = boundedMemory<BlobReading>(BLOBS);
  const oneTree = oneAtATime<TreeReading>();
  const oneBlob = oneAtATime<BlobReading>();

  function readTree(id: ObjectId, budget: Budget): TreeReading | Promise<TreeReading> {
    const known = trees.get(id) ?? largeTrees.get(id);
    if (known !== undefined) return take(budget, known.size) ? known : overBudget(known.size);
    const object = source.readNow?.(id, Math.min(largestTree, budget.left));
    return object === undefined ? askTree(id, budget) : (treeFault(object, budget) ?? keepTree(id, contentOf(object)));
  }

  async function askTree(id: ObjectId, budget: Budget): Promise<TreeReading> {
    const fault = treeFault(await source.stat(id), budget);
    return fault ?? oneTree(id, async () => keepTree(id, contentOf(await source.read(id))));
  }

  function treeFault(stat: Omit<StoredObject, 'bytes'> | undefined, budget: Budget): TreeReading | undefined {
    if (stat === undefined) return MISSING_TREE;
    if (stat.type !== 'tree') return unreadable(`a ${stat.type} stands where a directory should`);
    if (stat.size > largestTree) return tooLarge(stat.size, `the directory has ${stat.size} bytes; the host reads up to ${largestTree}`);
    return take(budget, stat.size) ? undefined : overBudget(stat.size);
  }

  function keepTree(id: ObjectId, content: Pieces | undefined): TreeReading {
    if (content === undefined) return MISSING_TREE;
    const size = content.length;
    const tree = { size, directory: directoryOf(content) };
    if (size < LARGE) trees.set(id, tree, size * TREE_WEIGHT + LEAST);
    else largeTrees.set(id, tree, size);
    return tree;
  }

  function readBlob(id: ObjectId, limit: number, budget: Budget): BlobReading | Promise<BlobReading> {
    const known = blobs.get(id);
    if (known !== undefined) return take(budget, known.size) ? known : { size: known.size };
    const object = source.readNow?.(id, Math.min(limit, budget.left));
    if (object === undefined) return askBlob(id, limit, budget);
    return mayRead(object, limit, budget) ? keepBlob(id, object.bytes) : sizeOf(object);
  }

  async function askBlob(id: ObjectId, limit: number, budget: Budget): Promise<BlobReading> {
    const stat = await source.stat(id);
    if (!mayRead(stat, limit, budget)) return sizeOf(stat);
    return oneBlob(id, async () => keepBlob(id, (await source.read(id))?.bytes));
  }

  function keepBlob(id: ObjectId, bytes: Uint8Array | undefined): BlobReading {
    if (bytes === undefined) return MISSING_BLOB;
    const blob = { size: bytes.length, bytes };
    blobs.set(id, blob, LEAST, bytes.buffer);
    return blob;
  }

  return {
    trees: (ids, budget) => all(ids, (id) => readTree(id, budget)),
    blobs: (limits, budget) => all(limits.keys(), (id) => readBlob(id, limits.get(id) ?? 0, budget)),
    forgetBlob: (id) => blobs.forget(id),
  };
}

function contentOf(object: Pick<StoredObject, 'bytes' | 'pieces'> | undefined): Pieces | undefined {
  return object?.pieces ?? (object?.bytes === undefined ? undefined : onePiece(object.bytes));
}

function mayRead(stat: Omit<StoredObject, 'bytes'> | undefined, limit: number, budget: Budget): boolean {
  return stat?.type === 'blob' && stat.size <= limit && take(budget, stat.size);
}

function sizeOf(stat: Omit<StoredObject, 'bytes'> | undefined): BlobReading {
  return stat === undefined ? MISSING_BLOB : { size: stat.type === 'blob' ? stat.size : -1 };
}

const MISSING_BLOB: BlobReading = { size: -1, missing: true };
const MISSING_TREE: TreeReading = { size: 0, fault: { kind: 'missing', message: 'the directory is not there' } };

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

/** Asks for everything at once, so that git gets one batch and not a question at a time. Waits for nothing where all is at hand. */
function all<T>(ids: Iterable<ObjectId>, readOne: (id: ObjectId) => T | Promise<T>): Found<T> {
  const found = new Map<ObjectId, T>();
  const coming: Promise<unknown>[] = [];
  for (const id of ids) {
    const one = readOne(id);
    if (one instanceof Promise) coming.push(one.then((value) => found.set(id, value)));
    else found.set(id, one);
  }
  return coming.length === 0 ? found : Promise.all(coming).then(() => found);
}

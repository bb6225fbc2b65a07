import { VprError } from '../errors.js';
import { type CommitObject, parentsOf, readCommitObject } from '../format/commit-object.js';
import type { ObjectId, ObjectSource, WalkEnd } from '../format/push.js';
import { boundedMemory } from './memory.js';

/** How far a walk goes, and how large a commit may be. */
export interface WalkLimits {
  readonly commitsPerPush: number;
  /** Bytes of one commit object. */
  readonly commitBytes: number;
}

/** What a walk found. */
export interface Walk {
  /** Oldest first. */
  readonly ids: readonly ObjectId[];
  readonly end: WalkEnd;
}

/** A commit as stored. */
export interface StoredCommit {
  readonly bytes: Uint8Array;
  /** Taken apart, once, when it is first asked for. */
  object(): CommitObject;
}

/** A commit, or why it is not there. */
export type CommitReading = StoredCommit | { readonly end: WalkEnd };

export type ReadCommit = (id: ObjectId) => Promise<CommitReading>;

/** Bytes of commits that are remembered, so that what the walk has read isn't read again. */
const REMEMBERED = 8 * 1024 * 1024;
/** Taken apart as well, one takes about so many times its bytes. */
const TAKEN_APART = 4;

/** Reads commits up to a size, and remembers the small ones. */
export function commitReader(source: ObjectSource, largest: number): ReadCommit {
  const memory = boundedMemory<CommitReading>(REMEMBERED);
  return async (id) => {
    const known = memory.get(id);
    if (known !== undefined) return known;
    // Both are asked for at once: one journey to git, not two, for nearly every commit.
    const [stat, object] = await Promise.all([source.stat(id), source.read(id)]);
    if (stat === undefined || object === undefined) return { end: { kind: 'missing', id } };
    if (stat.type !== 'commit') return { end: { kind: 'not-a-commit', id, type: stat.type } };
    if (stat.size > largest) return { end: { kind: 'too-large', id, size: stat.size } };
    const reading = storedCommit(object.bytes);
    memory.set(id, reading, stat.size * TAKEN_APART);
    return reading;
  };
}

/**
 * Walks from `from` along the first `parent` line of the stored commits, until
 * `old` or a commit without parents. Nothing else has a say: no grafts, no
 * `shallow` file, no commit-graph (DESIGN "The way of a push").
 *
 * Where `old` is not met, commits that `old` has as well are left out, and the
 * end is `unrelated`: `from` does not descend from `old`.
 */
export async function walk(readCommit: ReadCommit, from: ObjectId, old: ObjectId | undefined, limits: WalkLimits): Promise<Walk> {
  const found = await follow(readCommit, from, old, limits.commitsPerPush);
  if (old === undefined || found.end.kind === 'old') return { ids: found.ids.reverse(), end: found.end };
  const place = new Map(found.ids.map((id, index) => [id, index]));
  const formers = await follow(readCommit, old, undefined, limits.commitsPerPush);
  const shared = formers.ids.map((id) => place.get(id)).find((index) => index !== undefined);
  const diverged = shared !== undefined || found.end.kind === 'root';
  return {
    ids: found.ids.slice(0, shared).reverse(),
    end: diverged ? { kind: 'unrelated', merged: found.merged, ownRoot: shared === undefined && formers.end.kind === 'root' } : found.end,
  };
}

/** The first parents of a commit, newest first; `merged` where one of them has others. */
interface Followed {
  readonly ids: ObjectId[];
  readonly end: WalkEnd;
  readonly merged: boolean;
}

async function follow(readCommit: ReadCommit, from: ObjectId, until: ObjectId | undefined, limit: number): Promise<Followed> {
  const ids: ObjectId[] = [];
  let merged = false;
  for (let id: ObjectId | undefined = from; id !== undefined; ) {
    if (id === until) return { ids, end: { kind: 'old' }, merged };
    if (ids.length === limit) return { ids, end: { kind: 'too-many', limit }, merged };
    const reading: CommitReading = await readCommit(id);
    if ('end' in reading) return { ids, end: reading.end, merged };
    ids.push(id);
    const parents: readonly ObjectId[] = parentsOf(reading.bytes);
    merged ||= parents.length > 1;
    id = parents[0];
  }
  return { ids, end: { kind: 'root' }, merged };
}

function storedCommit(bytes: Uint8Array): StoredCommit {
  let object: CommitObject | undefined;
  return {
    bytes,
    object() {
      object ??= readCommitObject(bytes);
      return object;
    },
  };
}

/** A commit that must be there. Throws `git/unreadable-commit`. */
export async function needCommit(readCommit: ReadCommit, id: ObjectId): Promise<StoredCommit> {
  const reading = await readCommit(id);
  if ('bytes' in reading) return reading;
  throw new VprError('git/unreadable-commit', `commit ${id} cannot be read: ${reading.end.kind}`);
}

import { VprError } from '../errors.js';
import { type CommitObject, parentsOf, readCommitObject } from '../format/commit-object.js';
import type { ObjectId, ObjectSource, StoredObject, WalkEnd } from '../format/push.js';
import { detached } from '../format/text.js';
import { boundedMemory } from './memory.js';
import { turns } from './turns.js';

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

export interface CommitReader {
  read(id: ObjectId): Promise<CommitReading>;
  /**
   * What it is a child of. Of the commits of a long history that begin as they
   * should only the beginning is read, and nothing of it checked: whoever follows
   * it reads each commit afterwards, and must find the same (`needChild`).
   */
  parents(id: ObjectId): Promise<readonly ObjectId[] | { readonly end: WalkEnd }>;
}

/** Bytes of commits that are remembered, so that what the walk has read isn't read again. */
const REMEMBERED = 8 * 1024 * 1024;
/** Taken apart as well, one takes about so many times its bytes. */
const TAKEN_APART = 4;

/** So many of a walk are read whole and remembered until they are asked for: most histories are not longer. Of the others only the beginning is read twice. */
const WALKED_WHOLE = 500;

/** Reads commits up to a size, and remembers the small ones. */
export function commitReader(source: ObjectSource, largest: number): CommitReader {
  const memory = boundedMemory<StoredCommit>(REMEMBERED);
  let walked = 0;

  async function read(id: ObjectId): Promise<CommitReading> {
    const known = memory.get(id);
    if (known !== undefined) return known;
    const object = source.readNow?.(id, largest) ?? (await ask(id));
    const end = endAt(id, object, largest);
    if (end !== undefined || object?.bytes === undefined) return { end: end ?? { kind: 'missing', id } };
    const reading = storedCommit(object.bytes);
    memory.set(id, reading, object.size * TAKEN_APART);
    return reading;
  }

  async function ask(id: ObjectId): Promise<StoredObject | undefined> {
    // Both are asked for at once: one journey to git, not two, for nearly every commit.
    const [stat, object] = await Promise.all([source.stat(id), source.read(id)]);
    return stat === undefined || object === undefined ? undefined : { ...stat, bytes: object.bytes };
  }

  return {
    read,
    async parents(id) {
      walked += 1;
      const start = walked > WALKED_WHOLE ? source.startNow?.(id) : undefined;
      const parent = start?.bytes === undefined ? null : USUAL.exec(latin1(start.bytes));
      if (parent !== null && endAt(id, start, largest) === undefined) return [detached(parent[1] as ObjectId)];
      const reading = await read(id);
      return 'end' in reading ? reading : parentsOf(reading.bytes);
    },
  };
}

/** Why a walk ends at an object; undefined where it is a commit that may be read. */
function endAt(id: ObjectId, object: StoredObject | undefined, largest: number): WalkEnd | undefined {
  if (object === undefined) return { kind: 'missing', id };
  if (object.type !== 'commit') return { kind: 'not-a-commit', id, type: object.type };
  return object.size > largest ? { kind: 'too-large', id, size: object.size } : undefined;
}

/** How a commit with one parent begins, where nothing is wrong with it. */
const USUAL = /^tree [0-9a-f]{40}\nparent ([0-9a-f]{40})\nauthor /;

function latin1({ buffer, byteOffset, byteLength }: Uint8Array): string {
  return Buffer.from(buffer, byteOffset, byteLength).toString('latin1');
}

/**
 * Walks from `from` along the first `parent` line of the stored commits, until
 * `old` or a commit without parents. Nothing else has a say: no grafts, no
 * `shallow` file, no commit-graph (DESIGN "The way of a push").
 *
 * Where `old` is not met, commits that `old` has as well are left out, and the
 * end is `unrelated`: `from` does not descend from `old`.
 */
export async function walk(commits: CommitReader, from: ObjectId, old: ObjectId | undefined, limits: WalkLimits): Promise<Walk> {
  const found = await follow(commits, from, old, limits.commitsPerPush);
  if (old === undefined || found.end.kind === 'old') return { ids: found.ids.reverse(), end: found.end };
  const place = new Map(found.ids.map((id, index) => [id, index]));
  const formers = await follow(commits, old, undefined, limits.commitsPerPush);
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

async function follow(commits: CommitReader, from: ObjectId, until: ObjectId | undefined, limit: number): Promise<Followed> {
  const ids: ObjectId[] = [];
  const turn = turns();
  let merged = false;
  for (let id: ObjectId | undefined = from; id !== undefined; ) {
    if (id === until) return { ids, end: { kind: 'old' }, merged };
    if (ids.length === limit) return { ids, end: { kind: 'too-many', limit }, merged };
    const parents: Awaited<ReturnType<CommitReader['parents']>> = await commits.parents(id);
    if ('end' in parents) return { ids, end: parents.end, merged };
    ids.push(id);
    merged ||= parents.length > 1;
    id = parents[0];
    await turn();
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
export async function needCommit({ read }: CommitReader, id: ObjectId): Promise<StoredCommit> {
  const reading = await read(id);
  if ('bytes' in reading) return reading;
  throw new VprError('git/unreadable-commit', `commit ${id} cannot be read: ${reading.end.kind}`);
}

/** The same, which must be the child that the walk took it for. Throws `git/tampered`. */
export async function needChild(commits: CommitReader, id: ObjectId, parent: ObjectId): Promise<StoredCommit> {
  const commit = await needCommit(commits, id);
  // Headers that are not as they should be are a rule's to refuse: what counts is what a walk takes them for.
  if (commit.object().parents[0] === parent || parentsOf(commit.bytes)[0] === parent) return commit;
  throw new VprError('git/tampered', `commit ${id} is not what it began as: the store is damaged or was tampered with`, {
    help: ['tell your administrator: git fsck --full'],
  });
}

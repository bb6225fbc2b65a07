import type { History, ObjectId, ObjectSource, Push, PushedCommit, RefUpdate } from '../format/push.js';
import { isZero, MAIN } from '../format/push.js';
import { type ReadLimits, readCommit, withoutParent } from './commit.js';
import { rememberObjects } from './objects.js';
import { turns } from './turns.js';
import { type CommitReader, commitReader, needChild, needCommit, type Walk, type WalkLimits, walk } from './walk.js';

/** The host's limits on what a push makes it read. A policy's `limits` fits. */
export interface PushLimits extends ReadLimits, WalkLimits {}

/**
 * Reads a push: its ref lines, and the history of main where they set it.
 * `allRead` is called when the last commit has been read, before it is handed
 * out: the source isn't needed any more. Throws what the source throws.
 */
export async function readPush(
  source: ObjectSource,
  updates: readonly RefUpdate[],
  limits: PushLimits,
  allRead: () => void = () => {},
): Promise<Push> {
  const main = updates.find(({ ref }) => ref === MAIN);
  if (main === undefined || isZero(main.new)) return { updates };
  const range = isZero(main.old) ? { new: main.new } : { old: main.old, new: main.new };
  return { updates, main: await readHistory(source, range, limits, allRead) };
}

/**
 * Reads the commits reachable from `new` and not from `old` along first
 * parents: those of a push, or, without `old`, a whole history.
 */
export async function readHistory(
  source: ObjectSource,
  range: { readonly old?: ObjectId; readonly new: ObjectId },
  limits: PushLimits,
  allRead: () => void = () => {},
): Promise<History> {
  const commits = commitReader(source, limits.commitBytes);
  const { ids, end } = await walk(commits, range.new, range.old, limits);
  return {
    old: range.old,
    new: range.new,
    end,
    ids,
    commits: () => readCommits(source, commits, { ids, end }, range.old, limits, allRead),
  };
}

/** So many commits are read at a time: git answers a batch as fast as one, and works while rules do. */
const AHEAD = 8;

async function* readCommits(
  source: ObjectSource,
  commits: CommitReader,
  { ids, end }: Walk,
  old: ObjectId | undefined,
  limits: PushLimits,
  allRead: () => void,
): AsyncGenerator<PushedCommit> {
  const objects = rememberObjects(source, limits.treeBytes);
  const load = async (index: number): Promise<PushedCommit> => {
    const id = ids[index] ?? '';
    const below = ids[index - 1] ?? (end.kind === 'old' ? old : undefined);
    const commit = below === undefined ? await needCommit(commits, id) : await needChild(commits, id, below);
    if (index === 0 && end.kind === 'missing') return withoutParent(id, commit);
    const parent = commit.object().parents[0];
    return readCommit(objects, id, commit, parent === undefined ? undefined : await needCommit(commits, parent), limits);
  };
  const turn = turns();
  const ahead: Promise<PushedCommit>[] = [];
  for (let next = 0; next < ids.length || ahead.length > 0; ) {
    for (; next < ids.length && ahead.length < (source.readNow === undefined ? AHEAD : 1); next += 1) {
      const loading = load(next);
      loading.catch(() => {}); // thrown when its turn comes
      ahead.push(loading);
    }
    const current = await ahead.shift();
    if (next === ids.length && ahead.length === 0) allRead();
    if (current !== undefined) yield current;
    await turn();
  }
}

/** Reading a push of a repository that was made by hand. */
import type { Test } from 'tap';
import type { History, PushedCommit, RefUpdate } from '../../src/format/push.js';
import { openObjects, type PushLimits, readPush } from '../../src/git/index.js';
import { type HandMade, LIMITS } from './plumbing.js';

const ZERO = '0'.repeat(40);

/** Every commit of a history. */
export async function all(history: History | undefined): Promise<PushedCommit[]> {
  const commits: PushedCommit[] = [];
  for await (const commit of history?.commits() ?? []) commits.push(commit);
  return commits;
}

/** Reads what lies between two commits of a repository. */
export async function between(test: Test, repository: HandMade, old: string | undefined, tip: string, limits: Partial<PushLimits> = {}) {
  const objects = openObjects(repository.path);
  test.teardown(() => objects.close());
  const updates: RefUpdate[] = [{ old: old ?? ZERO, new: tip, ref: 'refs/heads/main' }];
  const { main } = await readPush(objects, updates, { ...LIMITS, ...limits });
  if (main === undefined) throw new Error('no history');
  return main;
}

/** The faults of the trees of one root commit. */
export async function faultsOf(test: Test, repository: HandMade, tree: string, limits: Partial<PushLimits> = {}) {
  const [commit] = await all(await between(test, repository, undefined, repository.commit(tree), limits));
  return commit?.treeFaults.map(({ kind, path, mode }) => [kind, path, ...(mode === undefined ? [] : [mode])].join(' ')) ?? [];
}

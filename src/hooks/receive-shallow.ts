import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { ObjectId } from '../format/push.js';
import { readIfThere } from '../hosts/files.js';
import { statOf } from '../hosts/writable.js';
import type { JudgedProblem } from '../problem.js';

/** Where git keeps, while it receives a push from a shallow clone, the commits at which that clone's history is cut off. */
const CUT = /^shallow_[A-Za-z0-9]{6}$/;
/** Largest such file that is read, in bytes: a line of 41 for each commit. */
const MOST = 16 * 1024 * 1024;
/** What is older was left there by a git that was killed, in milliseconds. */
const LEFT_BEHIND = 60 * 60 * 1000;

/**
 * The problem where a pushed commit is one that the pusher's clone has no
 * parents of. Its parents may be on the host, and all rules content; git
 * refuses the push all the same (`receive.shallowUpdate`), but asks its hook
 * first: the journal would have a push that never was.
 */
export function shallowProblem(repository: string, pushed: readonly ObjectId[], at: Date): JudgedProblem | undefined {
  for (const name of readdirSync(repository).filter((name) => CUT.test(name))) {
    const place = join(repository, name);
    const written = statOf(place)?.mtimeMs;
    if (written === undefined || at.getTime() - written > LEFT_BEHIND) continue;
    const cut = new Set(readIfThere(place, MOST)?.split('\n'));
    const commit = pushed.find((id) => cut.has(id));
    if (commit !== undefined) return problem(commit);
  }
  return undefined;
}

function problem(commit: ObjectId): JudgedProblem {
  return {
    rule: 'history/linear',
    severity: 'error',
    commit,
    message: 'your clone is shallow: it ends at this commit, which the host does not have yet, and git takes no history that is cut off',
    help: ['git fetch --unshallow FROM  # FROM: where you have cloned from; then push again'],
  };
}

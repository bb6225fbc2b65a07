/** Which commits a person means. */
import { VprError } from '../errors.js';
import { MAIN, type ObjectId } from '../format/index.js';
import { commitOf, type Repository } from './clone.js';

/** `A..B`, or `B` for all of its history; main without one. Throws `range/…`. */
export function resolveRange({ directory }: Repository, range: string | undefined): { readonly from?: ObjectId; readonly to: ObjectId } {
  const [first = '', second, ...more] = (range ?? MAIN).split('..');
  if (more.length > 0 || second?.startsWith('.') === true) {
    throw new VprError('range/unreadable', `${range} is neither A..B nor one commit`, {
      help: ['for example: vpr verify origin/main..main'],
    });
  }
  const named = (revision: string) => {
    const commit = commitOf(directory, revision === '' ? MAIN : revision);
    if (commit !== undefined) return commit;
    throw new VprError('range/unknown', `there is no commit ${revision === '' ? MAIN : revision} here`, {
      help: ['see which there are: git log --oneline --all'],
    });
  };
  return second === undefined ? { to: named(first) } : { from: named(first), to: named(second) };
}

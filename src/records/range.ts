/** Which commits a person means. */
import { VprError } from '../errors.js';
import { MAIN, type ObjectId } from '../format/index.js';
import { NO_FETCH } from '../git/env.js';
import type { Repository } from './clone.js';
import { tryGit } from './git.js';

/** `A..B`, or `B` for all of its history; main without one. Throws `range/…`. */
export function resolveRange({ directory }: Repository, range: string | undefined): { readonly from?: ObjectId; readonly to: ObjectId } {
  const [first = '', second, ...more] = (range ?? MAIN).split('..');
  if (more.length > 0 || first.startsWith('^') || /^[.^]/.test(second ?? '')) {
    throw new VprError('range/unreadable', `${range} is neither A..B nor one commit`, {
      help: ['for example: vpr verify origin/main..main'],
    });
  }
  const named = (revision: string) => commitNamed(directory, revision);
  return second === undefined ? { to: named(first) } : { from: named(first), to: named(second) };
}

/**
 * The commit that a revision names, whoever made the refs: main is the branch
 * (git would take a tag called main before it), and of other names that several
 * refs have, none is meant.
 */
function commitNamed(directory: string, revision: string): ObjectId {
  const name = revision === '' ? MAIN : revision.replace(/^(?:heads\/)?main(?=$|[~^@])/, MAIN);
  const args = ['-c', 'core.warnAmbiguousRefs=true', 'rev-parse', '--verify', '--end-of-options', `${name}^{commit}`];
  const { status, stdout, stderr } = tryGit(directory, args, { env: { ...NO_FETCH, LC_ALL: 'C' } });
  // A name in full is taken for itself, also where refs/tags/refs/heads/main was made to look like it.
  if (!name.startsWith('refs/') && /^warning: refname '.*' is ambiguous/m.test(stderr))
    throw new VprError('range/ambiguous', `${name} could be more than one commit here: a tag, a branch or a commit id`, {
      help: ['name it in full: refs/heads/NAME, refs/tags/NAME, refs/remotes/origin/NAME, or a full commit id'],
    });
  if (status === 0) return stdout.toString('utf8').trim();
  throw new VprError('range/unknown', `there is no commit ${name} here`, { help: ['see which there are: git log --oneline --all'] });
}

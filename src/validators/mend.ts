/** Commands that mend the last commit, for the help of rules that refuse what it did to a file. */
import { Buffer } from 'node:buffer';
import type { PushedCommit } from '../format/push.js';
import { shellWord } from '../format/shell.js';

/** Signs the last commit anew, with what was staged, under the same message. */
export const AMEND = 'git commit --amend --no-edit -S';

/** Undoes the last commit as a whole, in the files as well; refuses where that would lose something else. */
export const DROP = 'git reset --keep HEAD~1';

/** A path as a shell takes it: Git's bytes, one character each, read as UTF-8. */
export function shellPath(path: string): string {
  return shellWord(Buffer.from(path, 'latin1').toString('utf8'));
}

/**
 * Gives a file back what it was before the commit. Where nothing would be left
 * of the commit, which git does not amend it to, the commit goes.
 *
 * @param wrong other paths of the commit that have to be taken back as well
 */
export function takeBack(pushed: PushedCommit, path: string, wrong: readonly string[] = []): string {
  if (changesOnly(pushed, [path, ...wrong])) return DROP;
  return `git restore --source HEAD~1 --staged --worktree ${shellPath(path)} && ${AMEND}`;
}

/** Takes what was mended in an editor into the last commit. */
export function mended(path: string): string {
  return `mend it in an editor, then: git add ${shellPath(path)} && ${AMEND}`;
}

/** Leaves a new file out of the commit, and where it is; where it was all of the commit, the commit goes. */
export function leaveOut(pushed: PushedCommit, path: string): string {
  return changesOnly(pushed, [path]) ? 'git reset HEAD~1' : `git rm --cached ${shellPath(path)} && ${AMEND}`;
}

/** Whether a commit changes nothing but these paths. */
function changesOnly({ changes }: PushedCommit, paths: readonly string[]): boolean {
  return changes.length > 0 && changes.every(({ path }) => paths.includes(path));
}

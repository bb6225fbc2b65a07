/** Commands that mend the last commit, for the help of rules that refuse what it did to a file. */
import { Buffer } from 'node:buffer';
import type { PushedCommit } from '../format/push.js';
import { shellWord } from '../format/shell.js';
import type { ThreadStep } from '../format/thread-steps.js';

/** Signs the last commit anew, with what was staged, under the same message. */
export const AMEND = 'git commit --amend --no-edit -S';

/** Undoes the last commit as a whole, in the files as well; refuses where that would lose something else. */
export const DROP = 'git reset --keep HEAD~1';

/** Goes on where somebody else has to do something first. */
export const PULL = 'git pull --rebase -S origin main  # once they have pushed';

/** Undoes the first commit of a record, before which there is nothing to go back to; its files stay. */
const DROP_ROOT = 'git update-ref -d HEAD';

/** As `DROP`, of any commit. */
export function drop({ parent }: PushedCommit): string {
  return parent === undefined ? DROP_ROOT : DROP;
}

/** What comes before saying it elsewhere: a commit that stays would have every later push refused. Shows first what was written. */
export function withdraw(pushed: PushedCommit, path?: string): string[] {
  return [
    `git show HEAD${path === undefined ? '' : ` -- ${shellPath(path)}`}  # shows what you wrote: keep it`,
    `${drop(pushed)}  # takes the commit back`,
  ];
}

/** Writes the words of a commit that was taken back, so that they are the writer's own. */
export function writeAgain({ id, isNew }: Pick<ThreadStep, 'id' | 'isNew'>): string {
  return isNew ? 'vpr thread create' : `vpr thread add ${id} --message …`;
}

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
  if (changesOnly(pushed, [path, ...wrong])) return drop(pushed);
  if (pushed.changes.some((change) => change.path === path && change.before === undefined)) return leaveOut(pushed, path);
  return `git restore --source HEAD~1 --staged --worktree ${shellPath(path)} && ${AMEND}`;
}

/** Takes what was mended in an editor into the last commit. */
export function mended(path: string): string {
  return `mend it in an editor, then: git add ${shellPath(path)} && ${AMEND}`;
}

/** Leaves a new file out of the commit, and where it is; where it was all of the commit, the commit goes. */
export function leaveOut(pushed: PushedCommit, path: string): string {
  if (changesOnly(pushed, [path])) return pushed.parent === undefined ? DROP_ROOT : 'git reset HEAD~1';
  return `git rm --cached ${shellPath(path)} && ${AMEND}`;
}

/** Whether a commit changes nothing but these paths. */
function changesOnly({ changes }: PushedCommit, paths: readonly string[]): boolean {
  return changes.length > 0 && changes.every(({ path }) => paths.includes(path));
}

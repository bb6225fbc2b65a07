/** A checkout that git has written with CRLF, where records have LF alone (core.autocrlf). */
import { git, tryGit } from './git.js';

/**
 * Writes files again as the record has them, where all that a working tree has
 * of its own is CRLF. Answers with what is left to do by hand: nobody's changes are lost.
 */
export function restoreLineEnds(directory: string): readonly string[] {
  const count = filesWithCrlf(directory);
  if (count === 0) return [];
  // With autocrlf a file that differs by its line ends alone does not differ.
  const changed = git(directory, ['-c', 'core.autocrlf=true', 'status', '--porcelain', '--untracked-files=no']);
  if (changed.length > 0) {
    return [
      `${count} files here have line ends (CRLF) that the record does not have, and some have changes that are not committed: commit or drop these, then run vpr setup again`,
    ];
  }
  // Reading the tree anew forgets which files were thought to be as it has them.
  git(directory, ['read-tree', 'HEAD']);
  git(directory, ['checkout-index', '--all', '--force', '--index']);
  return [];
}

/** How many files have CRLF in the working tree, and not in the index. */
function filesWithCrlf(directory: string): number {
  const { status, stdout } = tryGit(directory, ['ls-files', '--eol', '-z']);
  if (status !== 0) return 0;
  const lines = stdout.toString('utf8').split('\0');
  return lines.filter((line) => /^i\/(?:lf|none) +w\/(?:crlf|mixed)/.test(line)).length;
}

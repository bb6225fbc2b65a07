import { readFileSync, type Stats, statSync } from 'node:fs';
import { commandLine } from '../format/shell.js';
import { type Finding, fault, note } from './finding.js';

/** Shells that let nobody run a git of their own choosing. */
const SAFE_SHELLS = /\/(?:git-shell|nologin|false)$/;

/**
 * Places that others than the owner can write to, or that belong to another
 * account than `owner` and root: whoever can write there gets round the hook.
 */
export function* writablePlaces(paths: readonly string[], owner: number, repo?: string): Generator<Finding> {
  for (const path of paths) {
    const stats = statOf(path);
    if (stats === undefined) continue;
    if ((stats.mode & 0o022) !== 0) {
      yield fault(
        'writable',
        `${path} can be written to by other accounts than its owner, past every check`,
        [commandLine('chmod', 'go-w', path)],
        repo,
      );
    }
    if (stats.uid !== owner && stats.uid !== 0) {
      yield fault(
        'owner',
        `${path} belongs to another account (uid ${stats.uid}) than the host (uid ${owner})`,
        [commandLine('chown', String(owner), path)],
        repo,
      );
    }
  }
}

/** Whoever can run commands under the account that owns the repositories can push without the hook (DESIGN "The way of a push"). */
export function* ownersShell(owner: number, passwd = '/etc/passwd'): Generator<Finding> {
  const line = textOf(passwd)
    .split('\n')
    .map((text) => text.split(':'))
    .find(([, , uid]) => uid === String(owner));
  const [name = '', , , , , , shell = ''] = line ?? [];
  if (line === undefined || SAFE_SHELLS.test(shell)) return;
  yield note(
    'account-shell',
    `the repositories belong to ${name}, which has the shell ${shell}: who can run commands as ${name} can push past every hook`,
    ['let pushers in by HTTP, by a forced command, or by an account whose shell is git-shell, never by this account itself'],
  );
}

export function statOf(path: string): Stats | undefined {
  return statSync(path, { throwIfNoEntry: false });
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return ''; // no such list on this system: nothing to say
  }
}

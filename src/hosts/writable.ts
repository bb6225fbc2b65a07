import { accessSync, constants, type Stats, statSync } from 'node:fs';
import { commandLine } from '../format/shell.js';
import { type Finding, fault } from './finding.js';

/** Whose a directory is. */
export type Owned = Pick<Stats, 'uid' | 'gid' | 'mode'>;

/**
 * Places that others than the owner can write to, or that belong to another
 * account than the host's and root: whoever can write there gets round the hook.
 */
export function* writablePlaces(paths: readonly string[], owner: Owned, repo?: string): Generator<Finding> {
  for (const path of paths) {
    const stats = statOf(path);
    if (stats === undefined) continue;
    yield* writable(path, stats, repo);
    if (stats.uid !== owner.uid && stats.uid !== 0) yield foreign(path, stats, owner, repo);
  }
}

/** The same of what the host's account has to write to, and where it can't. */
export function* keptPlaces(paths: readonly string[], owner: Owned, repo?: string): Generator<Finding> {
  for (const path of paths) {
    const stats = statOf(path);
    if (stats === undefined) continue;
    yield* writable(path, stats, repo);
    const finding = unusable(path, owner, repo);
    if (finding !== undefined) yield finding;
  }
}

function* writable(path: string, { mode }: Stats, repo?: string): Generator<Finding> {
  if ((mode & 0o022) === 0) return;
  yield fault(
    'writable',
    `${path} can be written to by other accounts than its owner, past every check`,
    [commandLine('chmod', 'go-w', path)],
    repo,
  );
}

/** What the host's account has to write to and can't: root's too, which one command run as root leaves behind. */
export function unusable(path: string, owner: Owned, repo?: string): Finding | undefined {
  const stats = statOf(path);
  if (stats === undefined) return undefined;
  if (stats.uid !== owner.uid) return isShared(stats, owner) ? undefined : foreign(path, stats, owner, repo);
  const wanted = stats.isDirectory() ? 0o700 : 0o600;
  if ((stats.mode & wanted) === wanted && mayWrite(path, owner)) return undefined;
  const help = commandLine('chmod', stats.isDirectory() ? 'u+rwx' : 'u+rw', path);
  return fault('unwritable', `${path} cannot be written to by the host's own account (uid ${owner.uid})`, [help], repo);
}

function foreign(path: string, stats: Stats, owner: Owned, repo?: string): Finding {
  const recursive = stats.isDirectory() ? ['-R'] : [];
  return fault(
    'owner',
    `${path} belongs to another account (uid ${stats.uid}) than the host (uid ${owner.uid})`,
    [commandLine('chown', ...recursive, String(owner.uid), path)],
    repo,
  );
}

/** A host that a group writes to has entries of several accounts. */
function isShared(stats: Stats, owner: Owned): boolean {
  return (owner.mode & stats.mode & 0o020) !== 0 && stats.gid === owner.gid;
}

/** What modes don't say: file systems that are mounted to be read only. Nobody can ask that for another account. */
function mayWrite(path: string, owner: Owned): boolean {
  if (process.geteuid?.() !== owner.uid) return true;
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

export function statOf(path: string): Stats | undefined {
  return statSync(path, { throwIfNoEntry: false });
}

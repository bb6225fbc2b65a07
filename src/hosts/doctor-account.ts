/** Whether a host's own account can go on with what is in the host, and who may act as it. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { codeOf } from '../errors.js';
import { type Finding, note } from './finding.js';
import { type Account, accountLine, accountWords, asOwner, currentAccount } from './owner.js';
import type { HostPaths } from './paths.js';
import { keptPlaces, type Owned, unusable } from './writable.js';

/** Shells that let nobody run a git of their own choosing. */
const SAFE_SHELLS = /\/(?:git-shell|nologin|false)$/;

/** The account that looks is another: it sees other permissions, and another account's Git configuration. */
export function* examinedAs(host: Owned, account: Account | undefined = currentAccount()): Generator<Finding> {
  if (account === undefined || account.uid === host.uid) return;
  yield note(
    'other-account',
    `this was looked at as ${accountWords(account.uid)}, and the host belongs to ${accountWords(host.uid)}: what that account may do, and its Git configuration, may be otherwise`,
    [asOwner(host.uid)],
  );
}

/** What pushes and commands have to write to, and the host's account can't. A directory of another account is one finding, with all that is in it. */
export function* examineKeptFor(paths: HostPaths, host: Owned): Generator<Finding> {
  const { root, registry, journal, participants, certificates, access } = paths;
  const sharded = [registry, journal, participants, certificates];
  yield* keptPlaces([root, access, ...sharded], host);
  for (const path of sharded) yield* below(path, host, 3);
  // The repositories themselves are examined one by one.
  for (const kind of ['coordination', 'clinical', 'demographics', 'redaction']) {
    yield* keptPlaces([join(root, kind)], host);
    yield* below(join(root, kind), host, 2);
  }
}

function* below(directory: string, host: Owned, levels: number): Generator<Finding> {
  for (const name of entries(directory)) {
    const path = join(directory, name);
    const finding = unusable(path, host);
    if (finding !== undefined) yield finding;
    if (finding?.code !== 'owner' && levels > 1) yield* below(path, host, levels - 1);
  }
}

/** Names in a directory; none in what is none, or can't be read, which is said of it already. */
function entries(path: string): readonly string[] {
  try {
    return readdirSync(path).sort();
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'EACCES'].includes(codeOf(error) ?? '')) return [];
    throw error;
  }
}

/** Whoever can run commands under the account that owns the repositories can push without the hook (DESIGN "The way of a push"). */
export function* ownersShell(owner: number, passwd = '/etc/passwd'): Generator<Finding> {
  const line = accountLine(owner, passwd);
  const [name = '', , , , , , shell = ''] = line ?? [];
  if (line === undefined || SAFE_SHELLS.test(shell)) return;
  yield note(
    'account-shell',
    `the repositories belong to ${name}, which has the shell ${shell}: who can run commands as ${name} can push past every hook`,
    ['let pushers in by HTTP, by a forced command, or by an account whose shell is git-shell, never by this account itself'],
  );
}

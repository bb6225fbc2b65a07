/** Which account a host belongs to, and whether this process is that account. */
import { readFileSync } from 'node:fs';
import { VprError } from '../errors.js';
import { commandLine } from '../format/shell.js';
import type { HostPaths } from './paths.js';
import { type Owned, statOf } from './writable.js';

/** An account as the system knows it. */
export interface Account {
  readonly uid: number;
  readonly groups: readonly number[];
}

/** Whom this process acts as; undefined on systems without such accounts. */
export function currentAccount(): Account | undefined {
  const uid = process.geteuid?.();
  return uid === undefined ? undefined : { uid, groups: [process.getegid?.() ?? -1, ...(process.getgroups?.() ?? [])] };
}

/** Whether what an account writes into a host can be used by the host's own account: it is that one, or the host is a group's and it is in it. */
export function writesAsOwner(account: Account, host: Owned): boolean {
  return account.uid === host.uid || ((host.mode & 0o020) !== 0 && account.groups.includes(host.gid));
}

/**
 * Refuses to write to a host as another account: root may, and what it leaves the
 * host's own account can't use. Throws `host/not-owner`.
 */
export function refuseStranger({ root }: Pick<HostPaths, 'root'>, account = currentAccount()): void {
  const host = statOf(root);
  if (host === undefined || account === undefined || writesAsOwner(account, host)) return;
  throw new VprError(
    'host/not-owner',
    `${root} belongs to ${accountWords(host.uid)}, and this is run as ${accountWords(account.uid)}: what that account writes here, the host's own could not use`,
    { help: [asOwner(host.uid)] },
  );
}

/** How to run a command as an account. */
export function asOwner(uid: number): string {
  return `run it as the account that owns the host: ${commandLine('sudo', '-u', accountName(uid) ?? `#${uid}`, 'vpr')} …`;
}

/** An account's name and number, for people. */
export function accountWords(uid: number): string {
  const name = accountName(uid);
  return name === undefined ? `uid ${uid}` : `${name} (uid ${uid})`;
}

function accountName(uid: number): string | undefined {
  return accountLine(uid)?.[0];
}

/** An account's line in the system's list; undefined where it has none there (it may be known from elsewhere). */
export function accountLine(uid: number, passwd = '/etc/passwd'): readonly string[] | undefined {
  return textOf(passwd)
    .split('\n')
    .map((text) => text.split(':'))
    .find(([, , number]) => number === String(uid));
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return ''; // no such list on this system: nothing to say
  }
}

/**
 * A throwaway ssh server with a forced command, as gitolite and git-shell
 * accounts have one. It speaks over the pipe that ssh's ProxyCommand opens
 * (`sshd -i`), so that no port is taken and nothing stays behind.
 */
import { accessSync, chmodSync, constants, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { run } from './support.js';

const SSHD = ['/usr/sbin/sshd', '/usr/local/sbin/sshd', '/usr/bin/sshd'].find(isExecutable);

/** Why there is no ssh to test with; undefined where there is. */
export const NO_SSH = SSHD === undefined ? 'no sshd here: install the package openssh-server' : undefined;

export interface SshServer {
  /** The account to log in to. */
  readonly user: string;
  /** What `GIT_SSH_COMMAND` is to be. */
  readonly command: string;
}

/** Keys and configuration below `directory`. */
export async function serveSsh(directory: string): Promise<SshServer> {
  const key = join(directory, 'id');
  const hostKey = join(directory, 'host_key');
  for (const file of [key, hostKey]) await run(directory, 'ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', file]);
  const { stdout: publicKey } = await run(directory, 'cat', [`${key}.pub`]);
  // A short PATH and hardly an environment, as such accounts have them.
  const forced = join(directory, 'forced');
  writeFileSync(forced, `#!/bin/sh\nexec env -i PATH=/usr/bin:/bin HOME=/dev/null git-shell -c "$SSH_ORIGINAL_COMMAND"\n`);
  chmodSync(forced, 0o755);
  writeFileSync(join(directory, 'authorized_keys'), `restrict,command="${forced}" ${publicKey}`);
  const settings = [
    `HostKey ${hostKey}`,
    `AuthorizedKeysFile ${join(directory, 'authorized_keys')}`,
    ...['StrictModes no', 'PidFile none', 'PasswordAuthentication no', 'PermitRootLogin yes'],
  ];
  writeFileSync(join(directory, 'sshd_config'), settings.map((line) => `${line}\n`).join(''));
  // Where sshd runs as root it wants this directory, which its service would have made.
  const { uid, username } = userInfo();
  if (uid === 0 && !existsSync('/run/sshd')) mkdirSync('/run/sshd', { mode: 0o755 });
  const proxy = `${SSHD} -i -f ${join(directory, 'sshd_config')}`;
  const options = [
    'IdentitiesOnly=yes',
    'StrictHostKeyChecking=no',
    'UserKnownHostsFile=/dev/null',
    'LogLevel=ERROR',
    `ProxyCommand=${proxy}`,
  ];
  return { user: username, command: ['ssh', '-F', 'none', '-i', key, ...options.map((option) => `-o "${option}"`)].join(' ') };
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

import { spawn } from 'node:child_process';

/** What a hook was started with may include open files of a server, which waits until everybody has closed them. */
const CLOSE = 'exec 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&-';

/**
 * Starts a resident validator that outlives this process, which may end at
 * once: in a session of its own, in no repository, and with none of the
 * files that git waits for. `start` is the path of `hooks/start.cjs`.
 */
export function startResident(start: string, host: string): void {
  const { PATH = '', LC_ALL = 'C' } = process.env;
  const child = spawn('/bin/sh', ['-c', `${CLOSE}; exec "$@"`, 'vpr-resident', process.execPath, start, host, 'resident'], {
    cwd: '/',
    env: { PATH, LC_ALL },
    detached: true,
    stdio: 'ignore',
  });
  child.on('error', () => {}); // then the next push judges itself, as this one did
  child.unref();
}

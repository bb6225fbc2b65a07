import { spawnSync } from 'node:child_process';
import { accountEnvironment } from './env.js';

const LARGEST_OUTPUT = 16 * 1024 * 1024;

/** Runs git in a directory, as the account that runs it; what it prints, or undefined where it fails. */
export function runGit(directory: string, ...args: readonly string[]): string | undefined {
  const { status, stdout } = spawnSync('git', args, {
    cwd: directory,
    env: accountEnvironment(),
    encoding: 'utf8',
    maxBuffer: LARGEST_OUTPUT,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return status === 0 ? stdout : undefined;
}

/** A clone whose key is under a passphrase, and git with and without somebody to ask. */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { lockedPem, readKey } from '../../src/records/locked-key.js';
import { setUp } from '../../src/records/setup.js';
import { KNOWN_RULES } from '../../src/validators/index.js';
import { makeWorld, run, type temporary, type World } from './support.js';

/** Whoever runs these tests at a terminal is not to be asked. */
process.env['GIT_TERMINAL_PROMPT'] = '0';
for (const name of ['GIT_ASKPASS', 'SSH_ASKPASS']) delete process.env[name];

export const SECRET = 'päss phräse of jane';
export const COMMIT = "git commit --quiet --allow-empty -m 'coordination:update: x'";

/** A clone of Jane's, whose key is under a passphrase. */
export async function locked(
  t: Parameters<typeof temporary>[0],
): Promise<{ readonly world: World; readonly clone: string; readonly key: string }> {
  const world = await makeWorld(t);
  const { jane } = world.people;
  const key = join(world.directory, 'locked.key');
  writeFileSync(key, lockedPem(keyOf(jane.key), Buffer.from(SECRET)), { mode: 0o600 });
  const clone = await world.clone('jane', 'jane');
  const { warnings } = await setUp({ directory: clone, key, rules: KNOWN_RULES });
  if (!warnings.some((warning) => /protected by a passphrase, which nobody could be asked for/.test(warning)))
    throw new Error(warnings.join());
  return { world, clone, key };
}

export function keyOf(path: string) {
  const key = readKey(readFileSync(path), path);
  if (key === undefined) throw new Error('locked');
  return key;
}

export const signatures = (clone: string, range = 'HEAD') => run(clone, 'git', 'log', '--format=%G?', range).split('\n').join('');
export const commits = (clone: string) => Number(run(clone, 'git', 'rev-list', '--count', '--all'));

/** git without a terminal, even where these tests have one. */
export function alone(clone: string, command: string, env: Readonly<Record<string, string>> = {}) {
  const { status, stderr } = spawnSync('setsid', ['--wait', 'sh', '-c', command], {
    cwd: clone,
    env: { ...process.env, GIT_TERMINAL_PROMPT: '1', ...env },
    encoding: 'utf8',
    timeout: 60_000,
  });
  return { status, stderr };
}

/** A program that answers whoever asks, and writes down what it was asked. */
export function askpass(directory: string, name: string, answer: string): string {
  const program = join(directory, name);
  writeFileSync(program, `#!/bin/sh\nprintf '%s\\n' "$1" >> "$0.asked"\n${answer}\n`, { mode: 0o755 });
  return program;
}

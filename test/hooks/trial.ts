/** A host with a record, and a good push to it, for what goes wrong around a hook. */
import { spawnSync } from 'node:child_process';
import { realpathSync } from 'node:fs';
import { join } from 'node:path';
import type { Test } from 'tap';
import { type Ran, stateOf, type TestHost } from '../e2e/support.js';
import { pushFrom, writeClient, writeHost } from '../e2e/support-scenario.js';
import { temporaryDirectory } from '../git/plumbing.js';
import { makePeople } from '../support/people.js';
import { type MadePush, scenario } from '../support/scenario.js';

export const people = await makePeople();

export interface Trial {
  readonly host: TestHost;
  readonly client: string;
  readonly made: MadePush;
  push(): Promise<Ran>;
}

/** A host with a record, and a client with one good commit more. */
export async function trial(test: Test): Promise<Trial> {
  const made = scenario(people).append().made();
  const directory = realpathSync(temporaryDirectory(test));
  const host = writeHost(directory, people, made);
  const client = await writeClient(directory, host, made);
  return { host, client, made, push: () => pushFrom(client, made.updates) };
}

/** Runs the installed hook as git would, but on any input and environment. */
export function hook({ repository }: TestHost, input: string | Uint8Array, env: Record<string, string> = {}) {
  return spawnSync(join(repository, 'hooks/pre-receive'), {
    cwd: repository,
    env: { PATH: '/usr/bin:/bin', GIT_DIR: '.', ...env },
    input,
    encoding: 'utf8',
  });
}

/** Pushes, and expects a refusal of the host itself, which leaves nothing behind. */
export async function refused(test: Test, { host, push }: Trial, says: RegExp): Promise<void> {
  const before = stateOf(host);
  const { status, stderr } = await push();
  test.equal(status, 1, stderr);
  test.match(stderr, says);
  test.match(stderr, /remote: {3}help: nothing was changed; if pushing again does not help, tell your administrator/);
  test.strictSame(stateOf(host), before, 'nothing moved, nothing is left');
}

/** The rules' examples as real pushes: a host that has the record, and a client that has what is pushed. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { DEFAULT_POLICY, type Policy } from '../../src/format/policy.js';
import { isZero, type RefUpdate } from '../../src/format/push.js';
import { hostPaths, shardedPath } from '../../src/hosts/paths.js';
import type { People } from '../support/people.js';
import type { MadePush } from '../support/scenario.js';
import { RECORD_ID } from '../support/texts.js';
import { git, makeClient, makeHost, type Ran, setRef, type TestHost, writeObjects } from './support.js';

/** A new host below `directory`, with the part of a made push that hosts have before it. */
export function writeHost(directory: string, people: People, made: MadePush): TestHost {
  const host = makeHost(join(directory, 'host'), people, { policy: policyText(made.policy) });
  if (!made.registered) rmSync(shardedPath(hostPaths(host.directory).registry, RECORD_ID));
  writeObjects(
    host.repository,
    [...made.objects].filter(([id]) => made.former.has(id)),
  );
  const main = made.updates.find(({ ref }) => ref === 'refs/heads/main');
  if (main !== undefined && !isZero(main.old)) setRef(host.repository, main.ref, main.old);
  return host;
}

/** A new repository below `directory` with everything that was made, whose `origin` is the host's. */
export async function writeClient(directory: string, host: TestHost, made: MadePush): Promise<string> {
  const client = makeClient(join(directory, 'client'));
  writeObjects(client, made.objects);
  await git(client, 'remote', 'add', 'origin', host.repository);
  return client;
}

/** Pushes with real git, to the client's `origin`. */
export function pushFrom(client: string, updates: readonly RefUpdate[]): Promise<Ran> {
  return git(client, 'push', 'origin', ...updates.map(({ new: id, ref }) => `+${isZero(id) ? '' : id}:${ref}`));
}

/** What examples may change of a policy, as lines of `vpr.yaml`. */
function policyText({ patientsMayOpenThreads, limits }: Policy): string {
  const { commitsPerPush } = limits;
  return [
    ...(patientsMayOpenThreads ? ['patients_may_open_threads: true\n'] : []),
    ...(commitsPerPush === DEFAULT_POLICY.limits.commitsPerPush ? [] : [`limits: { commits_per_push: ${commitsPerPush} }\n`]),
  ].join('');
}

/** Killing watchers, and hooks that tell them, at any moment. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once as event } from 'node:events';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ObjectId } from '../../src/format/push.js';
import { renderHint } from '../../src/hosts/launcher.js';
import { hostPaths } from '../../src/hosts/paths.js';
import { digestOf } from '../../src/projections/digest.js';
import { stateOf } from '../../src/watch/state.js';
import { git, gitLine, makeClient, makeHost, type TestHost, writeObjects } from '../e2e/support.js';
import type { People } from '../support/people.js';
import type { Random } from '../support/random.js';
import { scenario } from '../support/scenario.js';
import { once, rebuiltDigest, until, using } from './support.js';

const MAIN = 'refs/heads/main';
/** What the hook runs: it is killed when it comes to one of them, or to none. */
const STEPS = ['date', 'sync', 'mv', 'nothing', 'nothing'] as const;

export interface WatcherKills {
  readonly rounds: number;
  readonly watchers: number;
  readonly killed: number;
  readonly hooks: number;
  /** What should not have been, in words. */
  readonly surprises: readonly string[];
}

/**
 * Pushes one tip after the other, each with one or two watchers beside it that
 * are killed at a moment of chance, and now and then with a hook that is killed.
 * After each, what is left to do is done once, and the projection must be what
 * its commits make from nothing.
 */
export async function killWatchers(
  host: TestHost,
  client: string,
  tips: readonly ObjectId[],
  random: Random,
  place: string,
): Promise<WatcherKills> {
  const { root, spool, settings } = hostPaths(host.directory);
  mkdirSync(spool, { recursive: true });
  writeFileSync(settings, place.includes('://') ? `version: 1\ndatabase: ${JSON.stringify(place)}\n` : 'version: 1\n');
  const trap = trapHook(host);
  const surprises: string[] = [];
  let [watchers, killed, hooks, longest] = [0, 0, 0, 0];
  for (const tip of tips) {
    const step = random.pick(STEPS);
    if (step !== 'nothing') hooks += 1;
    trap(step);
    const began = Date.now();
    const started = Array.from({ length: random.int(2) + 1 }, () => startWatcher(root));
    watchers += started.length;
    const pushing = git(client, 'push', 'origin', `${tip}:${MAIN}`);
    if (longest === 0) {
      await until(() => using(place, async (database) => (await stateOf(database, host.record))?.reached === tip).catch(() => false));
      longest = Date.now() - began;
    } else await sleep(random.int(longest * 1.2));
    for (const watcher of started) if (await kill(watcher)) killed += 1;
    const { status, stderr } = await pushing;
    if (status !== 0) surprises.push(`the push of ${tip} was refused: ${stderr}`);
    surprises.push(...(await oddities(host, tip, place)));
  }
  return { rounds: tips.length, watchers, killed, hooks, surprises };
}

/** A host whose record began with a real push, and a client that has so many commits more. */
export async function readyToKill(directory: string, people: People, random: Random, count: number) {
  const record = scenario(people, undefined, Math.min(3500, 60 + count));
  const tips = Array.from({ length: count }, () => record.append({ by: random.pick(['jane', 'tom', 'pat']) }).made().updates[0]?.new ?? '');
  const { objects, updates } = record.made();
  const host = makeHost(join(directory, 'host'), people);
  const client = makeClient(join(directory, 'client'));
  writeObjects(client, objects);
  await gitLine(client, 'remote', 'add', 'origin', host.repository);
  await gitLine(client, 'push', 'origin', `${updates[0]?.old}:${MAIN}`);
  return { host, client, tips };
}

/** What is not as it should be, when all is done that there was to do. */
async function oddities(host: TestHost, tip: ObjectId, place: string): Promise<string[]> {
  const said = await once(host, place);
  const wrong = said.filter(({ level }) => level !== 'info').map(({ event: what, what: about }) => `${what}: ${JSON.stringify(about)}`);
  return using(place, async (database) => {
    const state = await stateOf(database, host.record);
    if (state?.reached !== tip || state.state !== 'current') wrong.push(`main is ${tip}, and the projection ${JSON.stringify(state)}`);
    if ((await digestOf(database, host.record)) !== (await rebuiltDigest(host)))
      wrong.push(`at ${tip} the rows are not those of its commits`);
    return wrong;
  });
}

/** Puts a hook in place whose programs kill it when they are told to. Returns what tells them. */
function trapHook({ directory, repository }: TestHost): (step: string) => void {
  const programs = join(directory, 'trapped');
  mkdirSync(programs);
  for (const name of new Set(STEPS)) {
    writeFileSync(
      join(programs, name),
      `#!/bin/sh\n[ -e '${programs}/kill-${name}' ] && kill -9 $PPID\nPATH=/usr/bin:/bin exec ${name} "$@"\n`,
      {
        mode: 0o755,
      },
    );
  }
  writeFileSync(join(repository, 'hooks/post-receive'), renderHint({ host: directory, path: `${programs}:/usr/bin:/bin` }), {
    mode: 0o755,
  });
  return (step) => {
    for (const name of STEPS) rmSync(join(programs, `kill-${name}`), { force: true });
    writeFileSync(join(programs, `kill-${step}`), '');
  };
}

function startWatcher(root: string): ChildProcess {
  return spawn(process.execPath, ['bin/vpr.js', 'watch', root], { stdio: 'ignore' });
}

/** False where it has ended already. */
async function kill(watcher: ChildProcess): Promise<boolean> {
  if (watcher.exitCode !== null) return false;
  const ended = event(watcher, 'exit');
  watcher.kill('SIGKILL');
  await ended;
  return watcher.signalCode === 'SIGKILL';
}

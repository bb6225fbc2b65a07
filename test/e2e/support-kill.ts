/** Killing what checks a push, at any moment of it. */
import { chmodSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ObjectId } from '../../src/format/push.js';
import { readLauncher, renderLauncher } from '../../src/hosts/launcher.js';
import type { Random } from '../support/random.js';
import { git, type HostState, journalOf, type Ran, stateOf, type TestHost } from './support.js';

const MAIN = 'refs/heads/main';
/** So often one push is killed; then it is let through. */
const KILLS_OF_ONE = 6;
const REFUSED = 'a push was refused without being killed';

export interface Kills {
  readonly pushes: number;
  readonly killed: number;
  readonly taken: number;
  /** What should not have been, in words. */
  readonly surprises: readonly string[];
}

/**
 * Pushes one tip after the other, each until it is in, and kills the check of
 * every push at a moment of chance. Looks after each that main has moved
 * wholly or not at all. Git itself is spared: what it leaves behind when it is
 * killed, a lock on main, is its own.
 */
export async function killPushes(host: TestHost, client: string, tips: readonly ObjectId[], random: Random): Promise<Kills> {
  const note = announcePid(host);
  const surprises: string[] = [];
  let [pushes, killed, taken] = [0, 0, 0];
  let longest = 0; // milliseconds that a push takes: kills fall anywhere in it, and a few after it
  for (const tip of tips) {
    const { main: old } = stateOf(host);
    for (let attempt = 0; stateOf(host).main === old && !surprises.includes(REFUSED); attempt += 1) {
      pushes += 1;
      const before = stateOf(host);
      const spared = longest === 0 || attempt >= KILLS_OF_ONE;
      const began = Date.now();
      const tried = await pushAndKill(client, tip, note, random, spared ? undefined : longest);
      if (tried.killed) killed += 1;
      else longest = Date.now() - began;
      surprises.push(...oddities(tip, before, stateOf(host), tried));
    }
    taken += 1;
    const entries = journalOf(host.directory, host.record).flatMap(whole);
    if (!entries.includes(tip)) surprises.push(`main is ${tip}, and the journal does not say so`);
  }
  return { pushes, killed, taken, surprises };
}

/** What is not as it should be after a push, whatever happened to it. */
function* oddities(tip: ObjectId, before: HostState, after: HostState, { ran, killed }: Attempt): Generator<string> {
  if (after.main !== tip && after.main !== before.main) yield `main is ${after.main}`;
  if (!killed && ran.status !== 0) yield* [REFUSED, ran.stderr];
  if (after.main !== (ran.status === 0 ? tip : before.main)) yield `git ended with ${ran.status}, and main is ${after.main}: ${ran.stderr}`;
  if (ran.status !== 0 && after.objects.join() !== before.objects.join()) yield 'objects were left';
}

/** Puts a launcher in place that writes down the process it starts, and where. */
function announcePid({ directory, repository }: TestHost): string {
  const note = join(directory, 'pid');
  const starter = join(directory, 'node');
  writeFileSync(starter, `#!/bin/sh\necho $$ > '${note}.part'\nmv '${note}.part' '${note}'\nexec '${process.execPath}' "$@"\n`);
  chmodSync(starter, 0o755);
  const hook = join(repository, 'hooks/pre-receive');
  const values = readLauncher(readFileSync(hook, 'utf8'));
  if (values === undefined) throw new Error('the hook is not the launcher');
  writeFileSync(hook, renderLauncher({ ...values, node: starter }));
  return note;
}

interface Attempt {
  readonly ran: Ran;
  readonly killed: boolean;
}

async function pushAndKill(client: string, tip: ObjectId, note: string, random: Random, longest: number | undefined): Promise<Attempt> {
  rmSync(note, { force: true });
  let done = false;
  const push = git(client, 'push', 'origin', `${tip}:${MAIN}`).finally(() => {
    done = true;
  });
  if (longest === undefined) return { ran: await push, killed: false };
  while (!existsSync(note) && !done) await sleep(1);
  const pid = existsSync(note) ? Number(readFileSync(note, 'utf8')) : undefined;
  await sleep(random.int(longest * 0.8));
  const killed = !done && pid !== undefined && send(pid);
  return { ran: await push, killed };
}

/** Kills a process; false where it has ended already. */
function send(pid: number): boolean {
  try {
    return process.kill(pid, 'SIGKILL');
  } catch {
    return false;
  }
}

/** What an entry says main is; nothing for a line that a kill left unfinished. */
function whole(line: string): ObjectId[] {
  try {
    return [JSON.parse(line).new];
  } catch {
    return [];
  }
}

/**
 * Long runs: `npm run soak -- --seed N --count N`. Of each kind so many:
 * fuzzed pushes through the real hook, pushes whose check is killed, fifty
 * times as many fuzzed pushes judged in this process, and a tenth as many long
 * histories. The property: never a crash, what is accepted stands up to a
 * second, independent look, and a history is judged alike however it is read.
 * And as many pushes whose watchers and hooks are killed, on each database
 * there is: afterwards the projection is what its commits make.
 */
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hostPaths } from '../../src/hosts/paths.js';
import { stateOf } from '../e2e/support.js';
import { killPushes } from '../e2e/support-kill.js';
import { packOf, pushPack } from '../e2e/support-pack.js';
import { writeClient, writeHost } from '../e2e/support-scenario.js';
import { startPostgres, whyNoPostgres } from '../projections/databases.js';
import { isAccepted } from '../support/accepted.js';
import { makePeople, type People } from '../support/people.js';
import { type Random, seeded } from '../support/random.js';
import { scenario } from '../support/scenario.js';
import { killWatchers, readyToKill } from '../watch/support-kill.js';
import { type SoakPush, soakPush } from './pushes.js';
import { recheck } from './recheck.js';
import { differences, longRecord } from './ways.js';

const JUDGED_FOR_ONE = 50;
/** One long history to so many pushes. */
const RECORDS_OF = 10;
/** One of so many has a directory of hundreds of threads. */
const LARGE_OF = 10;
/** Surprises that are printed. */
const SHOWN = 20;

/** Runs all kinds, says how it went; true where there was no surprise. */
export async function soak(seed: number, count: number, say: (line: string) => void): Promise<boolean> {
  const directory = mkdtempSync(join(realpathSync(tmpdir()), 'vpr-soak-'));
  const surprises: string[] = [];
  try {
    const people = await makePeople(join(directory, 'people'));
    const judged = await judgeMany(people, seed, count * JUDGED_FOR_ONE, surprises);
    say(`${judged.tried} fuzzed pushes judged: ${judged.accepted} accepted, ${judged.tried - judged.accepted} refused`);
    const pushed = await pushMany(directory, people, seed, count, surprises);
    say(`${pushed.tried} fuzzed pushes to a real host: ${pushed.accepted} accepted, ${pushed.tried - pushed.accepted} refused`);
    const read = await readMany(directory, people, seed, Math.ceil(count / RECORDS_OF), surprises);
    say(`${read} long histories read in every way`);
    const { pushes, killed, taken } = await killMany(join(directory, 'kills'), people, seeded(seed), count, surprises);
    say(`${pushes} pushes with ${killed} kills: ${taken} taken in the end`);
    for (const database of ['SQLite', 'PostgreSQL'] as const)
      say(await killMore(join(directory, database), people, seeded(seed), count, database, surprises));
  } finally {
    rmSync(directory, { recursive: true, force: true, maxRetries: 3 });
  }
  for (const surprise of surprises.slice(0, SHOWN)) say(`SURPRISE ${surprise}`);
  say(`${surprises.length} surprises (seed ${seed}, count ${count})`);
  return surprises.length === 0;
}

interface Tally {
  tried: number;
  accepted: number;
}

/** Each push has a seed of its own, so that one can be looked at alone. */
async function judgeMany(people: People, seed: number, count: number, surprises: string[]): Promise<Tally> {
  const tally = { tried: 0, accepted: 0 };
  for (; tally.tried < count; tally.tried += 1) {
    const push = soakPush(people, seeded(seed * 1_000_003 + tally.tried));
    const name = `judged ${tally.tried} (${push.what})`;
    try {
      if (!(await isAccepted(people, push.update, (id) => push.objects.get(id)))) continue;
      tally.accepted += 1;
      surprises.push(...secondLook(people, push).map((what) => `${name}: accepted, and ${what}`));
    } catch (error) {
      surprises.push(`${name}: ${error instanceof Error ? `${error.stack} ${error.cause ?? ''}` : error}`);
    }
  }
  return tally;
}

function secondLook(people: People, { update, objects }: SoakPush): string[] {
  return [...recheck((id) => objects.get(id), people, /^0+$/.test(update.old) ? undefined : update.old, update.new)];
}

async function pushMany(directory: string, people: People, seed: number, count: number, surprises: string[]): Promise<Tally> {
  const tally = { tried: 0, accepted: 0 };
  for (; tally.tried < count; tally.tried += 1) {
    const push = soakPush(people, seeded(seed * 1_000_003 + 500_000 + tally.tried));
    const made = push.record.made();
    const host = writeHost(join(directory, `push${tally.tried}`), people, made);
    const before = stateOf(host);
    const fresh = [...push.objects].filter(([id]) => !made.former.has(id)).map(([, object]) => object);
    const { status, stderr } = await pushPack(host, [push.update], packOf(fresh));
    const after = stateOf(host);
    const name = `pushed ${tally.tried} (${push.what})`;
    if (status === 0) {
      tally.accepted += 1;
      if (after.main !== push.update.new) surprises.push(`${name}: taken, and main is ${after.main}`);
      surprises.push(...secondLook(people, push).map((what) => `${name}: taken, and ${what}`));
    } else {
      if (JSON.stringify(after) !== JSON.stringify(before)) surprises.push(`${name}: refused, and something is left`);
      if (/could not check this push|internal/.test(stderr)) surprises.push(`${name}: ${stderr}`);
    }
    rmSync(join(directory, `push${tally.tried}`), { recursive: true });
  }
  return tally;
}

async function readMany(directory: string, people: People, seed: number, count: number, surprises: string[]): Promise<number> {
  for (let tried = 0; tried < count; tried += 1) {
    const random = seeded(seed * 1_000_003 + 900_000 + tried);
    const shape = tried % LARGE_OF === 0 ? { commits: 30, threads: 400 } : { commits: 60, threads: random.int(20) };
    const wrong = await differences(people, longRecord(people, random, shape), join(directory, `read${tried}`));
    surprises.push(...wrong.map((what) => `read ${tried}: ${what}`));
  }
  return count;
}

async function killMany(directory: string, people: People, random: Random, count: number, surprises: string[]) {
  const record = scenario(people, undefined, Math.min(3500, 60 + count));
  const tips = Array.from({ length: count }, () => record.append({ by: random.pick(['jane', 'tom', 'pat']) }).made().updates[0]?.new ?? '');
  const made = record.made();
  const host = writeHost(directory, people, made);
  const client = await writeClient(directory, host, made);
  const kills = await killPushes(host, client, tips, random);
  surprises.push(...kills.surprises.map((what) => `killed: ${what}`));
  return kills;
}

/** Watchers and hooks that are killed. */
async function killMore(
  directory: string,
  people: People,
  random: Random,
  count: number,
  database: 'SQLite' | 'PostgreSQL',
  surprises: string[],
): Promise<string> {
  const missing = database === 'PostgreSQL' ? whyNoPostgres() : undefined;
  if (missing !== undefined) return `watchers killed on ${database}: none (${missing})`;
  const { host, client, tips } = await readyToKill(directory, people, random, count);
  const ends: (() => unknown)[] = [];
  try {
    const place =
      database === 'SQLite'
        ? hostPaths(host.directory).database
        : startPostgres({ teardown: (end) => void ends.push(end as never) }).create('soak');
    const kills = await killWatchers(host, client, tips, random, place);
    surprises.push(...kills.surprises.map((what) => `${database}: ${what}`));
    return `${kills.rounds} pushes on ${database} with ${kills.killed} of ${kills.watchers} watchers and ${kills.hooks} hooks killed`;
  } finally {
    for (const end of ends) end();
  }
}

/** Long runs: thousands of fuzzed pushes, hundreds of kills. `npm run soak -- --seed N --count N`. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { killPushes } from '../e2e/support-kill.js';
import { pushFrom, writeClient, writeHost } from '../e2e/support-scenario.js';
import { makePeople, type People } from '../support/people.js';
import { type Random, seeded } from '../support/random.js';
import { type Scenario, scenario } from '../support/scenario.js';
import { fuzz, wrongs } from './fuzz.js';

/** One of so many fuzzed pushes is pushed with git to a host as well, whose answer must be the same. */
const PUSHED = 10;
/** One kill for so many fuzzed pushes. */
const KILLS = 10;

/** What a run came to. */
export interface Soak {
  readonly fuzzed: number;
  readonly accepted: number;
  readonly pushed: number;
  readonly killed: number;
  readonly surprises: readonly string[];
}

/** Runs `count` fuzzed pushes and a tenth of that in kills; the same seed does the same. */
export async function soak(seed: number, count: number): Promise<Soak> {
  const random = seeded(seed);
  const people = await makePeople();
  const surprises: string[] = [];
  let [accepted, pushed] = [0, 0];
  for (let round = 0; round < count; round += 1) {
    const record = scenario(people);
    fuzz(record, random);
    const found = await judged(record, round % PUSHED === 0 ? people : undefined);
    accepted += found.accepted ? 1 : 0;
    pushed += round % PUSHED === 0 ? 1 : 0;
    surprises.push(...found.surprises.map((surprise) => `seed ${seed}, round ${round}: ${surprise}`));
  }
  const kills = await killed(people, random, Math.ceil(count / KILLS));
  return { fuzzed: count, accepted, pushed, killed: kills.killed, surprises: [...surprises, ...kills.surprises] };
}

/** Judges a push, looks at what was accepted, and, where people are given, pushes it for real. */
async function judged(record: Scenario, people: People | undefined): Promise<{ accepted: boolean; surprises: string[] }> {
  const made = record.made();
  try {
    const { accepted } = await record.judge();
    const surprises = accepted ? [...wrongs(made, record.thread)] : [];
    if (people !== undefined) {
      await inDirectory(async (directory) => {
        const host = writeHost(directory, people, made);
        const { status, stderr } = await pushFrom(await writeClient(directory, host, made), made.updates);
        if ((status === 0) !== accepted)
          surprises.push(`judged ${accepted ? 'accepted' : 'refused'}, and git ended with ${status}: ${stderr}`);
      });
    }
    return { accepted, surprises };
  } catch (error) {
    return { accepted: false, surprises: [`it crashed: ${error instanceof Error ? error.stack : error}`] };
  }
}

async function killed(people: People, random: Random, count: number): Promise<{ killed: number; surprises: readonly string[] }> {
  const record = scenario(people, undefined, count + 60);
  const tips = Array.from({ length: count }, () => record.append().made().updates[0]?.new ?? '');
  const made = record.made();
  return inDirectory(async (directory) => {
    const host = writeHost(directory, people, made);
    return killPushes(host, await writeClient(directory, host, made), tips, random);
  });
}

async function inDirectory<T>(work: (directory: string) => Promise<T>): Promise<T> {
  const directory = mkdtempSync(join(tmpdir(), 'vpr-soak-'));
  try {
    return await work(directory);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

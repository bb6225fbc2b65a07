/**
 * What verifying a whole history costs, beside a bare loop over its signatures,
 * beside git's own look at them, and in memory: see README.md.
 *
 * Exports `bench(runs, wanted)`, which scripts/bench.js calls.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gitEnvironment } from '../test/e2e/support.js';
import { makePeople, type People } from '../test/support/people.js';
import { type History, type HistoryShape, makeHistory } from './history.js';
import { type BenchCase, type BenchResult, compare } from './report.js';
import type { Loops, Whole } from './verify-run.js';

/** Certificates are issued a little back in time; histories are no older. */
const SECONDS = 240;
const SHAPE = { threads: 1000, body: 200, messages: 1, seconds: SECONDS };
/** So many commits git shows the signatures of. */
const SHOWN = 500;

const SIGN = fileURLToPath(new URL('../../bin/vpr-sign.js', import.meta.url));
const RUN = fileURLToPath(new URL('./verify-run.js', import.meta.url));

/** A history, and how often each of its measurements is taken. */
interface Bed {
  readonly history: History;
  readonly people: People;
  readonly policy: string;
}

/** Measures the cases whose name has `wanted` in it, each `runs` times. */
export async function bench(runs: number, wanted: string): Promise<BenchResult> {
  const directory = mkdtempSync(join(realpathSync(tmpdir()), 'vpr-bench-'));
  try {
    const cases: BenchCase[] = [];
    const memory: number[][] = [];
    for (const commits of [10_000, 100_000]) {
      const name = `${commits.toLocaleString('en-GB')} commits`;
      if (!name.includes(wanted)) continue;
      const bed = await makeBed(join(directory, String(commits)), { ...SHAPE, commits });
      const one = times(runs, () => verifyRun(bed, 1));
      const two = times(runs, () => verifyRun(bed, 2));
      cases.push(...againstLoops(`${name}, one core`, one), ...againstLoops(`${name}, two cores`, two));
      cases.push(againstFsck(`${name}, one core, everything checked`, bed, one));
      if (commits === 10_000) cases.push(againstGit(name, bed, two));
      memory.push(two.map((run) => run.memory));
      rmSync(join(directory, String(commits)), { recursive: true });
    }
    const [short, long] = memory;
    if (short !== undefined && long !== undefined)
      cases.push(compare('memory for 100,000 commits', 'MiB', long, short, 'the same for 10,000 commits'));
    if ('20,000 messages in one thread'.includes(wanted)) cases.push(await longThread(join(directory, 'long'), runs));
    return { bench: 'verify', cases };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

async function makeBed(directory: string, shape: HistoryShape): Promise<Bed> {
  const people = await makePeople(join(directory, 'people'));
  const policy = join(directory, 'vpr.yaml');
  writeFileSync(policy, people.policyText);
  return { people, policy, history: await makeHistory(join(directory, 'record.git'), people, shape) };
}

function times<T>(runs: number, measure: () => T): T[] {
  return Array.from({ length: runs }, measure);
}

function againstLoops(name: string, runs: readonly VerifyRun[]): BenchCase[] {
  const [ours, least, bare] = [runs.map(({ whole }) => whole), runs.map((run) => run.least), runs.map((run) => run.bare)];
  return [
    compare(`${name}, everything checked`, 'µs a commit', ours, bare, 'crypto.verify alone'),
    compare(`${name}, everything checked`, 'µs a commit', ours, least, 'crypto.verify, inflating and hashing, and nothing else'),
    compare(`${name}, inflating and hashing as well`, 'µs a commit', least, bare, 'crypto.verify alone'),
  ];
}

/** Git reads and hashes as much on one core, and checks that objects are what they say. */
function againstFsck(name: string, { history }: Bed, ours: readonly VerifyRun[]): BenchCase {
  const took = ours.map(({ commits }) => (1e3 * fsck(history)) / commits);
  return compare(
    name,
    'µs a commit',
    ours.map(({ whole }) => whole),
    took,
    'git fsck --full',
  );
}

/** Milliseconds that `git fsck --full` takes. */
function fsck({ repository }: History): number {
  const began = process.hrtime.bigint();
  const { status, stderr } = spawnSync('git', ['-C', repository, 'fsck', '--full', '--no-progress'], {
    env: gitEnvironment(),
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`git fsck: ${stderr}`);
  return Number(process.hrtime.bigint() - began) / 1e6;
}

/** Git starts the program that `vpr setup` configures, once for each commit: in one run so often that more would not tell more. */
function againstGit(name: string, { history }: Bed, ours: readonly VerifyRun[]): BenchCase {
  const shown = times(1, () => {
    const began = process.hrtime.bigint();
    const options = ['-c', 'gpg.format=x509', '-c', `gpg.x509.program=${SIGN}`];
    const log = ['log', '--show-signature', '--format=%H', `--max-count=${SHOWN}`, history.tip];
    const { status, stderr } = spawnSync('git', ['-C', history.repository, ...options, ...log], {
      env: gitEnvironment(),
      encoding: 'utf8',
    });
    if (status !== 0) throw new Error(`git log: ${stderr}`);
    return Number(process.hrtime.bigint() - began) / 1e3 / SHOWN;
  });
  const whole = ours.map((run) => run.whole);
  return compare(`${name}, two cores, everything checked`, 'µs a commit', whole, shown, `git log --show-signature, of ${SHOWN} of them`);
}

/** A thread that grows by twenty messages a commit. */
async function longThread(directory: string, runs: number): Promise<BenchCase> {
  const bed = await makeBed(directory, { commits: 1001, threads: 1, body: 200, messages: 20, seconds: SECONDS });
  const ours = times(runs, () => verifyRun(bed, 2)).map(({ whole, commits }) => (whole * commits) / 1e3);
  return compare(
    '20,000 messages in one thread, 1,000 commits',
    'ms',
    ours,
    times(runs, () => fsck(bed.history)),
    'git fsck --full',
  );
}

type VerifyRun = Loops & Whole;

/** Loops over a history's commits, then verifies it, each in a process of its own, on the first or the first two of the machine's cores. */
function verifyRun(bed: Bed, cores: 1 | 2): VerifyRun {
  return { ...(measured(bed, cores, 'loops') as Loops), ...(measured(bed, cores, 'whole') as Whole) };
}

function measured({ history, people, policy }: Bed, cores: 1 | 2, what: 'loops' | 'whole'): unknown {
  const node = [process.execPath, RUN, what, history.repository, people.directory, history.tip, policy];
  const [command = '', ...args] = ['taskset', '--cpu-list', cores === 1 ? '0' : '0,1', ...node];
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: 'utf8' });
  if (error !== undefined) throw new Error('taskset (of util-linux) is needed to give a process one core', { cause: error });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout);
}

/**
 * What a push costs with the hook, beside the same push without one: see README.md.
 *
 * Exports `bench(runs)`, which scripts/bench.js calls.
 */
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gitEnvironment, gitLine, makeClient, makeHost, setRef, writeObjects } from '../test/e2e/support.js';
import { makePeople, type People } from '../test/support/people.js';
import { type Scenario, scenario } from '../test/support/scenario.js';
import { ledgerText, messageText } from '../test/support/texts.js';
import { type BenchCase, type BenchResult, compare } from './report.js';

/** Pushes that come before those that are measured, of each kind: the first leaves compiled code behind. */
const WARM_UP = 2;
const MAIN = 'refs/heads/main';

interface Case {
  readonly name: string;
  /** Makes the record that hosts have before. */
  readonly record: (people: People) => Scenario;
  /** Adds what one push brings. */
  readonly push: (record: Scenario) => void;
}

const CASES: readonly Case[] = [
  { name: 'one message, a record of one thread', record: (people) => scenario(people), push: (record) => record.append() },
  { name: 'one message, a record of 1,000 threads', record: (people) => withThreads(people, 999), push: (record) => record.append() },
  {
    name: '100 commits of one message',
    record: (people) => scenario(people, undefined, 3500),
    push: (record) => {
      for (let count = 0; count < 100; count += 1) record.append();
    },
  },
];

/** The kinds of host that take every push; the first is ours. */
const HOSTS = {
  guarded: undefined,
  'the same repository without a hook': '',
  'a pre-receive hook of sh that does nothing': '#!/bin/sh\nexit 0\n',
} as const;

/** Measures every case `runs` times, all kinds of host after one another each time. */
export async function bench(runs: number): Promise<BenchResult> {
  const directory = mkdtempSync(join(realpathSync(tmpdir()), 'vpr-bench-'));
  try {
    const people = await makePeople(join(directory, 'people'));
    const cases: BenchCase[] = [];
    for (const [index, one] of CASES.entries()) cases.push(...(await measure(join(directory, String(index)), people, one, runs)));
    return { bench: 'push', cases };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

async function measure(directory: string, people: People, { name, record: begin, push }: Case, runs: number): Promise<BenchCase[]> {
  const record = begin(people);
  const before = record.made();
  const tips = Array.from({ length: WARM_UP + runs }, () => {
    push(record);
    return record.made().updates[0]?.new ?? '';
  });

  const client = makeClient(join(directory, 'client'));
  writeObjects(client, record.made().objects);
  setRef(client, MAIN, tips.at(-1) ?? '');
  await gitLine(client, 'repack', '-adq');

  const hosts: { repository: string; times: number[] }[] = [];
  for (const [index, hook] of Object.values(HOSTS).entries()) {
    const { repository } = makeHost(join(directory, `host${index}`), people);
    writeObjects(
      repository,
      [...before.objects].filter(([id]) => before.former.has(id)),
    );
    setRef(repository, MAIN, before.updates[0]?.old ?? '');
    await gitLine(repository, 'repack', '-adq');
    const place = join(repository, 'hooks/pre-receive');
    if (hook === '') rmSync(place);
    else if (hook !== undefined) {
      writeFileSync(place, hook);
      chmodSync(place, 0o755);
    }
    hosts.push({ repository, times: [] });
  }

  for (const [run, tip] of tips.entries()) {
    // Another one comes first each time, so that what a push leaves in the machine's caches helps all alike.
    for (let turn = 0; turn < hosts.length; turn += 1) {
      const host = hosts[(run + turn) % hosts.length];
      const time = timePush(client, host?.repository ?? '', tip);
      if (run >= WARM_UP) host?.times.push(time);
    }
  }
  const [ours, ...others] = hosts;
  const [, ...against] = Object.keys(HOSTS);
  return others.map(({ times }, index) => compare(name, 'ms', ours?.times ?? [], times, against[index] ?? ''));
}

/** Milliseconds that `git push` takes, from start to end. */
function timePush(client: string, repository: string, tip: string): number {
  const began = process.hrtime.bigint();
  const { status, stderr } = spawnSync('git', ['push', '--quiet', repository, `${tip}:${MAIN}`], {
    cwd: client,
    env: gitEnvironment(),
    encoding: 'utf8',
  });
  const time = Number(process.hrtime.bigint() - began) / 1e6;
  if (status !== 0) throw new Error(`a push that is measured was refused: ${stderr}`);
  return time;
}

/** The examples' record with more threads, which came in one commit. */
function withThreads(people: People, count: number): Scenario {
  const record = scenario(people);
  const { jane, tom, pat } = people.people;
  const time = new Date(Date.now() - 3_600_000).toISOString();
  const files: Record<string, string> = {};
  for (let index = 0; index < count; index += 1) {
    const id = `${time.replace(/[-:]/g, '')}-550e8400-e29b-41d4-a716-${String(index).padStart(12, '0')}`;
    files[`communications/${id}/ledger.yaml`] = ledgerText(id, [jane, tom, pat], time);
    files[`communications/${id}/thread.md`] = `# Messages\n\n${messageText({ body: `Message ${index}.` }, jane, time)}`;
  }
  return record.commit({ files }).taken();
}

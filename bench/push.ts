/**
 * What a push costs with the hook, beside the same push without one: see README.md.
 *
 * Exports `bench(runs)`, which scripts/bench.js calls.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DEFAULT_POLICY } from '../src/format/policy.js';
import type { RefUpdate } from '../src/format/push.js';
import { hostPaths } from '../src/hosts/paths.js';
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

/** The kinds of host that take every push. Without a `hook` of their own they have ours. */
const HOSTS = {
  guarded: { residentMinutes: DEFAULT_POLICY.residentMinutes },
  alone: { residentMinutes: 0 },
  bare: { residentMinutes: 0, hook: '' },
  sh: { residentMinutes: 0, hook: '#!/bin/sh\nexit 0\n' },
} as const;
type Kind = keyof typeof HOSTS;

const AGAINST = { bare: 'the same repository without a hook', sh: 'a pre-receive hook of sh that does nothing' } as const;
const ALONE = 'each push checked by its own process';

/** Measures every case with `wanted` in its name `runs` times, all kinds of host after one another each time. */
export async function bench(runs: number, wanted: string): Promise<BenchResult> {
  const directory = mkdtempSync(join(realpathSync(tmpdir()), 'vpr-bench-'));
  try {
    const people = await makePeople(join(directory, 'people'));
    const cases: BenchCase[] = [];
    for (const [index, one] of CASES.filter(({ name }) => name.includes(wanted)).entries())
      cases.push(...(await measure(join(directory, String(index)), people, one, runs)));
    return { bench: 'push', cases };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

async function measure(directory: string, people: People, { name, record: begin, push }: Case, runs: number): Promise<BenchCase[]> {
  const record = begin(people);
  const before = record.made();
  push(record);
  const { objects, updates } = record.made();
  const [update] = updates;
  if (update === undefined) throw new Error('a case pushes something');

  const client = makeClient(join(directory, 'client'));
  await store(client, objects, update.new);
  const hosts: BenchHost[] = [];
  for (const [kind, { residentMinutes, ...own }] of Object.entries(HOSTS)) {
    const { directory: root, repository } = makeHost(join(directory, kind), people, { residentMinutes });
    await store(
      repository,
      [...before.objects].filter(([id]) => before.former.has(id)),
      update.old,
    );
    useHook(join(repository, 'hooks/pre-receive'), 'hook' in own ? own.hook : undefined);
    hosts.push({ kind: kind as Kind, root, repository, packs: packsOf(repository), times: [] });
  }

  for (let run = -WARM_UP; run < runs; run += 1) {
    // Another one comes first each time, so that what a push leaves in the machine's caches helps all alike.
    for (let turn = 0; turn < hosts.length; turn += 1) {
      const host = hosts[(run + WARM_UP + turn) % hosts.length];
      if (host === undefined) continue;
      const time = timePush(client, host, update);
      if (run >= 0) host.times.push(time);
      else await residentIsThere(host);
      forget(host, update);
    }
  }
  for (const { kind, root } of hosts) if (kind === 'guarded') rmSync(hostPaths(root).run, { recursive: true }); // which ends it
  const timesOf = (wanted: Kind) => hosts.find(({ kind }) => kind === wanted)?.times ?? [];
  return [
    compare(name, 'ms', timesOf('guarded'), timesOf('bare'), AGAINST.bare),
    compare(name, 'ms', timesOf('guarded'), timesOf('sh'), AGAINST.sh),
    compare(`${name}; ${ALONE}`, 'ms', timesOf('alone'), timesOf('bare'), AGAINST.bare),
  ];
}

interface BenchHost {
  readonly kind: Kind;
  readonly root: string;
  readonly repository: string;
  /** Milliseconds of each push that is measured. */
  readonly times: number[];
  /** Names in `objects/pack` before any push. */
  readonly packs: ReadonlySet<string>;
}

/** Puts objects into a repository as one pack, reachable from main. */
async function store(repository: string, objects: Parameters<typeof writeObjects>[1], main: string): Promise<void> {
  writeObjects(repository, objects);
  setRef(repository, MAIN, main);
  await gitLine(repository, 'repack', '-adq');
}

function useHook(place: string, hook: string | undefined): void {
  if (hook === undefined) return;
  rmSync(place);
  if (hook !== '') writeFileSync(place, hook, { mode: 0o755 });
}

function packsOf(repository: string): ReadonlySet<string> {
  return new Set(readdirSync(join(repository, 'objects/pack')));
}

/** Milliseconds that `git push` takes, from start to end. */
function timePush(client: string, { repository }: BenchHost, { new: tip }: RefUpdate): number {
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

/** The first push starts a resident validator where the host has one; what is measured must find it. */
async function residentIsThere({ kind, root }: BenchHost): Promise<void> {
  for (let waited = 0; kind === 'guarded' && !readdirSync(hostPaths(root).run).some((name) => /^[0-9].*\.sock$/.test(name)); waited += 1) {
    if (waited > 500) throw new Error('no resident validator was started');
    await sleep(10);
  }
}

/** Makes the host what it was before the push. */
function forget({ repository, packs }: BenchHost, { old }: RefUpdate): void {
  setRef(repository, MAIN, old);
  for (const name of packsOf(repository)) if (!packs.has(name)) rmSync(join(repository, 'objects/pack', name));
  rmSync(join(repository, `vpr-turn-${old}`), { force: true });
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

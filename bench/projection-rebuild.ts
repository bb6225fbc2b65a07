/** Rebuilding from real repositories: the whole of it, by one thread and by all, and how much of that is reading Git. */
import { copyFileSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { DEFAULT_POLICY } from '../src/format/policy.js';
import { accountEnvironment, openDirect, readHistory } from '../src/git/index.js';
import { runGit } from '../src/git/run.js';
import { policyMemory } from '../src/hooks/receive-policy.js';
import { appendJournal } from '../src/hosts/journal.js';
import { type HostPaths, hostPaths } from '../src/hosts/paths.js';
import { addRecord, initHost } from '../src/hosts/plain.js';
import { openDatabase } from '../src/projections/index.js';
import { buildAll } from '../src/watch/build.js';
import { makePeople, type People } from '../test/support/people.js';
import { listeningLog } from '../test/watch/support.js';
import { type History, makeHistory } from './history.js';
import { recordId } from './projection-rows.js';
import { type BenchCase, row } from './report.js';

/** Records, each of its own repository, and the commits of each: few long histories, as many to a record as a host has, and a whole host. */
interface Size {
  readonly records: number;
  readonly commits: number;
}
const SIZES: readonly Size[] = [
  { records: 40, commits: 1000 },
  { records: 2000, commits: 50 },
  { records: 20_000, commits: 50 },
];
const SHAPE = { threads: 10, body: 200, messages: 1, seconds: 240 };

/** Measures the rebuild of some records from Git. */
export async function rebuildCases(directory: string, wanted: string, target: number): Promise<BenchCase[]> {
  const cases: BenchCase[] = [];
  mkdirSync(directory);
  for (const size of SIZES) {
    const total = size.records * size.commits;
    const name = `rebuild from Git, ${total.toLocaleString('en-GB')} commits of ${size.records.toLocaleString('en-GB')} records`;
    if (name.includes(wanted)) cases.push(...(await rebuildsOf(join(directory, String(size.records)), name, size, target)));
  }
  return cases;
}

async function rebuildsOf(directory: string, name: string, size: Size, target: number): Promise<BenchCase[]> {
  const total = size.records * size.commits;
  const people = await makePeople();
  mkdirSync(directory);
  const paths = hostOf(join(directory, 'host'), people);
  const histories: History[] = [];
  for (let index = 0; index < size.records; index += 1) histories.push(await addHistory(paths, people, index, size.commits));
  const build = async (file: string, threads: number): Promise<void> => {
    const database = join(directory, file);
    await buildAll({ paths, policy: policyMemory(paths.policy), database, log: listeningLog().log }, threads);
    await needCommits(database, total);
  };
  const threads = availableParallelism();
  await build('warm.db', 1); // code is compiled meanwhile
  const alone = await seconds(() => build('alone.db', 1));
  const together = await seconds(() => build('together.db', threads));
  const reading = await seconds(() => readAll(histories, size.commits));
  const rate = (what: string, time: number) => row(`${name}, ${what}`, 'commits/s', total / time, target, 'the target');
  return [
    rate('by one thread', alone),
    rate(`by ${threads} threads and the one that stores`, together),
    rate('reading Git alone', reading),
  ];
}

function hostOf(directory: string, people: People): HostPaths {
  initHost(directory);
  const paths = hostPaths(directory);
  for (const name of ['gmc', 'org']) copyFileSync(join(people.directory, name, 'authority.crt'), join(directory, `${name}.crt`));
  writeFileSync(paths.policy, people.policyText);
  return paths;
}

/** A record whose history the host accepted at once: its journal says so. */
async function addHistory({ root }: HostPaths, people: People, index: number, commits: number): Promise<History> {
  const record = addRecord(root, { kind: 'coordination', id: recordId(index) }, runGit);
  const made = await makeHistory(`${root}-${index}.git`, people, { ...SHAPE, commits });
  renameSync(join(made.repository, 'objects/pack'), join(record.path, 'objects/pack'));
  mkdirSync(join(record.path, 'refs/heads'), { recursive: true });
  writeFileSync(join(record.path, 'refs/heads/main'), `${made.tip}\n`);
  appendJournal(root, {
    time: new Date().toISOString(),
    kind: 'coordination',
    record: record.id,
    old: '0'.repeat(40),
    new: made.tip,
    format: 1,
    digests: { rules: '', policy: '', trust: '' },
    verdict: 'accepted',
    commits,
    signers: [],
  });
  return { repository: record.path, tip: made.tip };
}

async function readAll(histories: readonly History[], commits: number): Promise<void> {
  const limits = { ...DEFAULT_POLICY.limits, commitsPerPush: commits };
  for (const { repository, tip } of histories) {
    const source = openDirect(repository, accountEnvironment());
    for await (const _ of (await readHistory(source, { new: tip }, limits)).commits());
    await source.close();
  }
}

/** A rate of what was not done is none. */
async function needCommits(location: string, total: number): Promise<void> {
  const database = await openDatabase(location, { readOnly: true });
  const { count } = await database.kysely
    .selectFrom('commits')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow();
  await database.close();
  if (count !== total) throw new Error(`${count} of ${total} commits were stored`);
}

async function seconds(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return (performance.now() - began) / 1000;
}

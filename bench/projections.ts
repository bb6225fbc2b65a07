/**
 * What projections cost: how fast rows are stored and found, and how much room
 * they take: see README.md.
 *
 * Exports `bench(runs, wanted)`, which scripts/bench.js calls.
 */
import { mkdtempSync, realpathSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import type { Changes } from '../src/projections/changes.js';
import {
  buildProjection,
  type Database,
  openDatabase,
  search,
  sharedIds,
  status,
  thread,
  threads,
  timeline,
} from '../src/projections/index.js';
import { storeAdvance } from '../src/projections/store.js';
import { startPostgres, whyNoPostgres } from '../test/projections/databases.js';
import { seeded } from '../test/support/random.js';
import { lagCases, scanCases } from './projection-lag.js';
import { rebuildCases } from './projection-rebuild.js';
import { BUSY, clinician, makeRecords, recordId, type Size, WORDS } from './projection-rows.js';
import { type BenchCase, type BenchResult, row } from './report.js';

const SIZES: readonly Size[] = [
  { records: 2000, messages: 100_000 },
  { records: 20_000, messages: 1_000_000 },
];
/** Records that are stored in one transaction. */
const TOGETHER = 40;
/** How often each query is asked, with other words, records and people each time. */
const ASKED = 500;
/** And before that, until the code has been compiled. */
const WARMING = 50;
/** What was set out to be reached. */
const TARGET = { commits: 8000, query: 10 };

type Ask = (database: Database, index: number) => Promise<unknown>;

/** Measures the cases whose name has `wanted` in it: `--case SQLite`, `--case "100,000 messages"`. One run of each: it is long. */
export async function bench(_runs: number, wanted: string): Promise<BenchResult> {
  const cases: BenchCase[] = [];
  const stops: (() => unknown)[] = [];
  const directory = mkdtempSync(join(realpathSync(tmpdir()), 'vpr-bench-'));
  try {
    cases.push(...(await rebuildCases(join(directory, 'rebuild'), wanted, TARGET.commits)));
    const t = { teardown: (stop: () => unknown) => void stops.push(stop) };
    if ('scan'.includes(wanted)) cases.push(...(await scanCases(directory)));
    if ('lag, SQLite'.includes(wanted)) cases.push(...(await lagCases(t, 'SQLite')));
    if ('lag, PostgreSQL'.includes(wanted) && whyNoPostgres() === undefined)
      cases.push(...(await lagCases(t, 'PostgreSQL', startPostgres(t).create('lag'))));
    for (const size of SIZES) {
      const messages = `${size.messages.toLocaleString('en-GB')} messages`;
      const sqlite = `SQLite, ${messages}`;
      if (sqlite.includes(wanted)) cases.push(...(await measure(sqlite, join(directory, `${size.messages}.db`), size)));
      const postgres = `PostgreSQL, ${messages}`;
      if (!postgres.includes(wanted) || whyNoPostgres() !== undefined) continue;
      cases.push(...(await measure(postgres, startPostgres(t).create('bench'), size)));
    }
    return { bench: 'projections', cases };
  } finally {
    for (const stop of stops.reverse()) await stop();
    rmSync(directory, { recursive: true, force: true });
  }
}

async function measure(name: string, location: string, size: Size): Promise<BenchCase[]> {
  const began = performance.now();
  const making = await buildProjection(location, (database) => fill(database, size));
  const seconds = (performance.now() - began - making) / 1000;
  const commits = size.messages + size.records;
  const database = await openDatabase(location, { readOnly: true });
  try {
    const bytes = await bytesOf(database, location);
    const cases = [
      row(`${name}, rows stored and indexed, without reading Git`, 'commits/s', commits / seconds, TARGET.commits, 'the target'),
      row(`${name}, size of the database`, 'bytes a message', bytes / size.messages, 1000, 'a thousand'),
    ];
    for (const [what, ask] of Object.entries(await questions(database, size)))
      cases.push(...(await timesOf(`${name}, ${what}`, database, ask)));
    return cases;
  } finally {
    await database.close();
  }
}

/** Stores all records; says how many milliseconds went into making them up. */
async function fill(database: Database, size: Size): Promise<number> {
  let making = 0;
  const records = makeRecords(size);
  for (let done = false; !done; ) {
    const began = performance.now();
    const some: Changes[] = [];
    while (some.length < TOGETHER && !done) {
      const { value, done: end } = records.next();
      if (end === true) done = true;
      else some.push(value);
    }
    making += performance.now() - began;
    await database.transaction(async (transaction) => {
      for (const changes of some) await storeAdvance(transaction, { changes, from: null, anew: true, partial: false }, new Date(), true);
    });
  }
  return making;
}

async function questions(database: Database, { records }: Size): Promise<Record<string, Ask>> {
  const random = seeded(3);
  const ids = await database.kysely.selectFrom('threads').select('thread').where('restricted', '=', 0).limit(5000).execute();
  const body = await database.kysely.selectFrom('messages').select('body').limit(2000).execute();
  const times = await database.kysely.selectFrom('messages').select('written_at').limit(2000).execute();
  const anyWord = () => random.pick(random.pick(body).body.replace('.', '').split(' '));
  const anyRecord = () => recordId(random.pick(Array.from({ length: 150 }, (_, index) => index + 8)) % records);

  return {
    'a word that is in every message': (database) => search(database, { text: WORDS.everywhere }),
    'the same, and how many': (database) => search(database, { text: WORDS.everywhere, count: true }),
    'the same, ranked': (database) => search(database, { text: WORDS.everywhere, ranked: true }),
    'the same, of one record': (database) => search(database, { text: WORDS.everywhere, record: anyRecord() }),
    'the same, of one author': (database, index) => search(database, { text: WORDS.everywhere, author: clinician(index) }),
    'the same, written before a time': (database) => search(database, { text: WORDS.everywhere, until: random.pick(times).written_at }),
    'a word in one of 100 messages': (database) => search(database, { text: WORDS.common }),
    'a word in one of 1,000 messages': (database) => search(database, { text: WORDS.seldom }),
    'a word in one of 10,000 messages': (database) => search(database, { text: WORDS.rare }),
    'any word': (database) => search(database, { text: anyWord() }),
    'two words': (database) => search(database, { text: `${anyWord()} ${anyWord()}` }),
    'a phrase': (database) => search(database, { text: `"${random.pick(body).body.split(' ').slice(3, 5).join(' ')}"` }),
    'a timeline': (database) => timeline(database, { record: anyRecord() }),
    'a thread': (database) => thread(database, { thread: random.pick(ids).thread, reason: 'bench' }),
    'open threads': (database) => threads(database, { status: 'open' }),
    'threads of a participant': (database, index) => threads(database, { participant: clinician(index) }),
    'threads of who is in all': (database) => threads(database, { participant: BUSY }),
    'threads of a record': (database) => threads(database, { record: anyRecord() }),
    'ids used twice, one stretch': (database) => sharedIds(database),
    'the status': (database) => status(database),
  };
}

async function timesOf(name: string, database: Database, ask: Ask): Promise<BenchCase[]> {
  const times: number[] = [];
  for (let index = 0; index < ASKED + WARMING; index += 1) {
    const began = performance.now();
    await ask(database, index);
    if (index >= WARMING) times.push(performance.now() - began);
  }
  times.sort((a, b) => a - b);
  const at = (part: number) => times[Math.min(times.length - 1, Math.floor(times.length * part))] ?? Number.NaN;
  return [
    row(`${name}, p50`, 'ms', at(0.5), TARGET.query, 'the target of p99'),
    row(`${name}, p99`, 'ms', at(0.99), TARGET.query, 'the target'),
  ];
}

async function bytesOf({ dialect, kysely }: Database, location: string): Promise<number> {
  if (dialect === 'sqlite') return statSync(location).size;
  const { rows } = await sql<{ size: number }>`select pg_database_size(current_database()) as size`.execute(kysely);
  return rows[0]?.size ?? Number.NaN;
}

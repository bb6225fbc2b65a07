/** How soon what was pushed is seen, and what a look at every record of a host costs. */
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { runGit } from '../src/git/run.js';
import { hostPaths } from '../src/hosts/paths.js';
import { addRecord, initHost } from '../src/hosts/plain.js';
import { openDatabase, PROJECTION_VERSION } from '../src/projections/index.js';
import type { ProjectionRow } from '../src/projections/tables.js';
import { scanForDue } from '../src/watch/due.js';
import { stateOf } from '../src/watch/state.js';
import { writeObjects } from '../test/e2e/support.js';
import { pushFrom } from '../test/e2e/support-scenario.js';
import { makePeople } from '../test/support/people.js';
import { pushedRecord } from '../test/verify/support.js';
import { listeningLog, watchProcess } from '../test/watch/support.js';
import { recordId } from './projection-rows.js';
import { type BenchCase, row } from './report.js';

/** Pushes that are timed, and those before that aren't: the watcher's code is compiled meanwhile. */
const PUSHES = 300;
const WARMING = 30;
/** Milliseconds. */
const TARGET = 100;
const SCANNED = 20_000;

type Teardown = { teardown(stop: () => unknown): void };

/**
 * Pushes with git through the installed hooks, one message each, while `vpr watch` runs, and asks
 * the database all the time: from main's file to the row that says the commit is reached. `url`: PostgreSQL.
 */
export async function lagCases(t: Teardown, name: string, url?: string): Promise<BenchCase[]> {
  const people = await makePeople();
  const all = await pushedRecord(t as never, people);
  const { directory, record } = all.host;
  const { settings, database: file } = hostPaths(directory);
  if (url !== undefined) writeFileSync(settings, `version: 1\ndatabase: ${url}\n`);
  const watcher = watchProcess(t as never, directory);
  while (!watcher.text().includes('"scanned"')) await sleep(10);
  const database = await openDatabase(url ?? file, { readOnly: true });
  const main = join(all.host.repository, 'refs/heads/main');
  const times: number[] = [];
  const written = new Set<string>();
  try {
    for (let count = 0; count < PUSHES + WARMING; count += 1) {
      let tip: string | undefined;
      let seen: { readonly commit: string; readonly at: number } = { commit: '', at: 0 };
      all.record.append({ by: count % 2 === 0 ? 'tom' : 'jane', body: `Number ${count}.` });
      const { objects, updates } = all.record.made();
      writeObjects(
        all.client,
        [...objects].filter(([id]) => !written.has(id)),
      );
      for (const id of objects.keys()) written.add(id);
      const next = updates[0]?.new ?? '';
      const pushing = pushFrom(all.client, [{ old: '', new: next, ref: 'refs/heads/main' }]).then(({ status, stderr }) => {
        if (status !== 0) throw new Error(stderr);
        tip = next;
      });
      while (tip === undefined || seen.commit !== tip) {
        const commit = (await stateOf(database, record))?.reached ?? '';
        if (commit !== seen.commit) seen = { commit, at: Date.now() };
        await Promise.race([sleep(1), pushing.then(() => sleep(1))]); // throws where the push fails
      }
      all.record.taken();
      if (count >= WARMING) times.push(seen.at - statSync(main).mtimeMs);
    }
  } finally {
    await database.close();
  }
  times.sort((a, b) => a - b);
  const at = (part: number) => times[Math.floor(times.length * part)] ?? Number.NaN;
  return [
    row(`lag, ${name}, from main to the row, p50`, 'ms', at(0.5), TARGET, 'the target of p99'),
    row(`lag, ${name}, from main to the row, p99`, 'ms', at(0.99), TARGET, 'the target'),
  ];
}

/** A look at every record of a host of many, all of which are as they should be; against reading main's files and nothing else. */
export async function scanCases(directory: string): Promise<BenchCase[]> {
  const host = join(directory, 'scanned');
  initHost(host);
  const paths = hostPaths(host);
  const states = new Map<string, ProjectionRow>();
  const mains: string[] = [];
  for (let index = 0; index < SCANNED; index += 1) {
    const { id, path } = addRecord(host, { kind: 'coordination', id: recordId(index) }, runGit);
    const reached = index.toString(16).padStart(40, 'a');
    const main = join(path, 'refs/heads/main');
    mkdirSync(join(path, 'refs/heads'), { recursive: true });
    writeFileSync(main, `${reached}\n`);
    mains.push(main);
    const rest = {
      seq: 0,
      version: PROJECTION_VERSION,
      projected_at: 0,
      state: 'current',
      reason: null,
      attempts: 0,
      next_try_at: null,
    } as const;
    states.set(id, { record: id, kind: 'coordination', reached, ...rest });
  }
  const { log } = listeningLog();
  const look = async () => {
    const { due } = await scanForDue(paths, states, { now: Date.now(), patient: true, rebuilding: false, log, said: new Set() });
    if (due.length > 0) throw new Error(`${due.length} records are due`);
  };
  await look();
  const ours = await microseconds(look);
  const theirs = await microseconds(async () => void mains.map((main) => readFileSync(main)));
  return [row(`scan of ${SCANNED.toLocaleString('en-GB')} records`, 'µs a record', ours, theirs, "reading main's files")];
}

async function microseconds(work: () => Promise<void>): Promise<number> {
  const began = performance.now();
  await work();
  return ((performance.now() - began) * 1000) / SCANNED;
}

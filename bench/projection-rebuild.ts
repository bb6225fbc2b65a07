/** Rebuilding from real repositories: the whole of it, and how much of that is reading Git. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DEFAULT_POLICY } from '../src/format/policy.js';
import { accountEnvironment, openDirect, readHistory } from '../src/git/index.js';
import { buildProjection, type ProjectRequest, projectRecords } from '../src/projections/index.js';
import { makePeople } from '../test/support/people.js';
import { type History, makeHistory } from './history.js';
import { recordId } from './projection-rows.js';
import type { BenchCase } from './report.js';

/** Records, each of its own repository, and the commits of each. */
const RECORDS = 40;
const COMMITS = 250;

/** Measures the rebuild of some records from Git. */
export async function rebuildCases(directory: string, wanted: string, target: number): Promise<BenchCase[]> {
  const total = RECORDS * COMMITS;
  const name = `rebuild from Git, ${total.toLocaleString('en-GB')} commits of ${RECORDS} records`;
  if (!name.includes(wanted)) return [];
  mkdirSync(directory);
  const people = await makePeople(join(directory, 'people'));
  const histories: History[] = [];
  for (let index = 0; index < RECORDS; index += 1) {
    const shape = { commits: COMMITS, threads: 10, body: 200, messages: 1, seconds: 240 };
    histories.push(await makeHistory(join(directory, `${index}.git`), people, shape));
  }
  const limits = { ...DEFAULT_POLICY.limits, commitsPerPush: COMMITS };
  const reading = await seconds(async () => {
    for (const { repository, tip } of histories) {
      const source = openDirect(repository, accountEnvironment());
      for await (const _ of (await readHistory(source, { new: tip }, limits)).commits());
      await source.close();
    }
  });
  const whole = await seconds(() =>
    buildProjection(join(directory, 'rebuilt.db'), (database) =>
      projectRecords(database, requests(histories), (_, error) => {
        throw error;
      }),
    ),
  );
  const row = (what: string, rate: number): BenchCase => {
    const rounded = Math.round(rate);
    return {
      case: `${name}, ${what}`,
      unit: 'commits/s',
      ours: rounded,
      versus: target,
      against: 'the target',
      ratio: Math.round((rounded / target) * 100) / 100,
    };
  };
  return [row('all of it', total / whole), row('reading Git alone', total / reading), row('without reading', total / (whole - reading))];
}

async function* requests(histories: readonly History[]): AsyncGenerator<ProjectRequest> {
  for (const [index, { repository, tip }] of histories.entries()) {
    const source = openDirect(repository, accountEnvironment());
    const at = Date.now();
    yield {
      record: { kind: 'coordination', id: recordId(index) },
      source,
      to: tip,
      verdictOf: () => 'accepted',
      receivedAt: () => at,
      now: new Date(at),
    };
    await source.close();
  }
}

async function seconds(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return (performance.now() - began) / 1000;
}

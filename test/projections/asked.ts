/** A projection of real pushes' commits, to be asked: a record with something of everything that is kept back. */
import { join } from 'node:path';
import type { Test } from 'tap';
import { VprError } from '../../src/errors.js';
import { accountEnvironment, openDirect } from '../../src/git/index.js';
import { openDatabase, projectRecord } from '../../src/projections/index.js';
import { makeClient, temporary, writeObjects } from '../e2e/support.js';
import { makePeople } from '../support/people.js';
import { scenario } from '../support/scenario.js';
import { MESSAGE_ID, RECORD_ID } from '../support/texts.js';
import { requestOf } from './histories.js';

export const ARCHIVED = 'communications/20260101T000000.000Z-bbbbbbbb-2222-4333-8444-555555555555';
const CORRECTION = 'aaaaaaaa-2222-4333-8444-555555555555';
export const people = await makePeople();
export const codeOf = (error: unknown) => (error instanceof VprError ? error.code : error);

/** A record of one open thread with corrections, one restricted, one archived, and one of many messages. */
function makeRecord() {
  const record = scenario(people, undefined, 200, 3600);
  record.append({ by: 'tom', body: 'Ünïcode: naïve façade, blood pressure high.', seconds: -190 });
  record.append({
    by: 'jane',
    role: 'correction',
    corrects: MESSAGE_ID,
    id: CORRECTION,
    body: 'Please review the chest CT.',
    seconds: -189,
  });
  record.append({ by: 'jane', role: 'correction', corrects: CORRECTION, body: 'Please review the head CT.', seconds: -188 });
  record.append({
    by: 'ada',
    author: 'pat',
    body: 'Pressure in my head. 血圧',
    trailers: { 'On-Behalf-Of': record.ids.pat },
    seconds: -187,
  });
  record.open({ by: 'rob', ledger: (yaml) => yaml.replace('restricted: false', 'restricted: true'), body: 'A restricted pressure.' });
  record.open({ by: 'rob', directory: ARCHIVED, body: 'An archived pressure.' });
  record.commit({
    by: 'rob',
    files: { [`${ARCHIVED}/ledger.yaml`]: record.touched((yaml) => yaml.replace('status: open', 'status: archived')) },
  });
  for (let count = 0; count < 30; count += 1)
    record.append({ by: 'tom', body: `Reading ${count}: everywhere the blood pressure.`, seconds: -150 + count });
  return record;
}

/** That record, projected into a fresh database, which is open until the end of its tests. */
export async function askedProjection(t: Test, place: string) {
  const record = makeRecord();
  t.strictSame((await record.judge()).problems, []);
  const repository = makeClient(join(temporary(t), 'record.git'));
  writeObjects(repository, record.made().objects);
  const source = openDirect(repository, accountEnvironment());
  t.teardown(() => source.close());
  const tip = record.made().updates[0]?.new ?? '';
  const database = await openDatabase(place);
  t.teardown(() => database.close());
  await projectRecord(database, requestOf(RECORD_ID, source, tip));
  return { record, source, tip, database };
}

/** All items, page by page. */
export async function paged<T>(
  t: Test,
  ask: (cursor: { cursor?: string }) => Promise<{ items: readonly T[]; cursor?: string }>,
): Promise<T[]> {
  const all: T[] = [];
  let next: { cursor?: string } = {};
  for (let pages = 0; pages < 100; pages += 1) {
    const { items, cursor } = await ask(next);
    all.push(...items);
    if (cursor === undefined) return all;
    next = { cursor };
  }
  t.fail('pages without an end');
  return all;
}

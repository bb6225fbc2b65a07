/** Rows that were changed behind the projection's back are found, each by its table and key. */
import t from 'tap';
import { openDatabase, projectRecord, verifyProjection } from '../../src/projections/index.js';
import { makePeople } from '../support/people.js';
import { seeded } from '../support/random.js';
import { onEachDatabase } from './databases.js';
import { makeHistories } from './histories.js';

const people = await makePeople();

onEachDatabase(t, async (t, { fresh }) => {
  const { record, ids, request } = makeHistories(t, people, seeded(3), 12);
  const database = await openDatabase(fresh());
  t.teardown(() => database.close());
  const { kysely } = database;
  const asked = request(ids.at(-1));
  t.match(await verifyProjection(database, asked), { commit: null, good: true, differences: [] });
  await projectRecord(database, asked);
  const good = await verifyProjection(database, asked);
  t.match(good, { record: record.id, commit: ids.at(-1), good: true, differences: [] });
  t.equal(good.digest.stored, good.digest.recomputed);

  await kysely.updateTable('messages').set({ body: 'Something else.' }).where('position', '=', 0).where('record', '=', record.id).execute();
  const { differences } = await verifyProjection(database, asked);
  t.ok(differences.length > 0 && differences.every(({ table, kind }) => table === 'messages' && kind === 'different'));
  t.notMatch(JSON.stringify(differences), /Something else/, 'and nothing of what it says');
  await kysely.deleteFrom('commits').where('seq', '=', 3).execute();
  await kysely
    .insertInto('participants')
    .values({
      record: record.id,
      thread: 'x',
      participant: 'y',
      from_seq: 1,
      until_seq: null,
      role: 'clinician',
      display_name: 'z',
      organisation: null,
    })
    .execute();
  const bad = await verifyProjection(database, asked);
  t.equal(bad.good, false);
  t.strictSame(
    bad.differences.filter(({ table }) => table !== 'messages'),
    [
      { table: 'participants', key: ['x', 'y', 1], kind: 'unexplained' },
      { table: 'commits', key: [3], kind: 'missing' },
    ],
  );
});

/** Searches of a time, where more messages have one than SQLite has numbers for, and before 1970, on both databases. */
import t from 'tap';
import { openDatabase, search } from '../../src/projections/index.js';
import { hitsAfter } from '../../src/projections/queries/hits.js';
import { onEachDatabase } from './databases.js';
import { messageRow, storeRecord, threadRow } from './rows.js';

onEachDatabase(t, async (t, { name, fresh }) => {
  const database = await openDatabase(fresh());
  t.teardown(() => database.close());
  // More of one millisecond than have numbers of their own, beside few of others, and times before 1970.
  const times = [-5000, -5000, -1, 0, ...Array.from({ length: 2600 }, () => 7), 8, 8, 9, 12];
  const rows = times.map((written_at, position) => messageRow('t', position, { body: 'x', written_at }));
  await storeRecord(database, { threads: [threadRow('t')], messages: rows });
  const bounds = [undefined, -6000, -5000, -4999, 0, 1, 7, 8, 9, 10, 13, 1e15];
  for (const since of bounds)
    for (const until of bounds) {
      const asked = { ...(since === undefined ? {} : { since }), ...(until === undefined ? {} : { until }) };
      const hits = await hitsAfter(database, { terms: [['x']], ...asked }, {}, undefined, 5000);
      const expected = times.filter((time) => time >= (since ?? time) && time < (until ?? Number.POSITIVE_INFINITY)).length;
      if (hits.length !== expected) t.fail(`${name}: since ${since} until ${until}: ${hits.length}, not ${expected}`);
    }
  const page = await search(database, { text: 'x', until: 8, limit: 3 });
  t.equal(
    page.items.every(({ writtenAt }) => writtenAt === 7),
    true,
  );
  t.equal(
    (await search(database, { text: 'x', until: 8, limit: 3, ...(page.cursor === undefined ? {} : { cursor: page.cursor }) })).items.length,
    3,
  );
});

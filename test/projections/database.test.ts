import { statSync } from 'node:fs';
import { sql } from 'kysely';
import t from 'tap';
import { VprError } from '../../src/errors.js';
import { storeMessages } from '../../src/projections/full-text.js';
import { buildProjection, type Database, openDatabase, search, timeline } from '../../src/projections/index.js';
import type { ProjectionRow } from '../../src/projections/tables.js';
import { onEachDatabase } from './databases.js';
import { messageRow, storeRecord, threadRow } from './rows.js';

const RECORD = '7f4c2e9d-4b0a-4f3a-9a2c-0e9a6b5d1c88';
const ROW: ProjectionRow = {
  record: RECORD,
  kind: 'coordination',
  reached: null,
  seq: null,
  version: 1,
  projected_at: 1_767_225_600_123,
  state: 'current',
  reason: null,
  attempts: 0,
  next_try_at: null,
};
const codeOf = (error: unknown) => (error instanceof VprError ? error.code : error);
const rowsOf = ({ kysely }: Database) => kysely.selectFrom('projections').selectAll().execute();

onEachDatabase(t, async (t, { name, fresh }) => {
  t.test('a question that a database fails on', async (t) => {
    const database = await openDatabase(fresh());
    await database.kysely.schema.dropTable('status_versions').execute();
    await storeRecord(database, { threads: [], messages: [] });
    t.equal(await timeline(database, { record: RECORD }).catch(codeOf), 'projections/tables');
    await database.close();
    t.equal(await timeline(database, { record: RECORD }).catch(codeOf), 'projections/database');
  });

  t.test('what is stored is read again, by others as well, with its numbers as numbers', async (t) => {
    const place = fresh();
    const [one, two] = await Promise.all([openDatabase(place), openDatabase(place)]);
    await one.transaction((inside) => inside.insert('projections', [ROW]));
    t.strictSame(await rowsOf(two), [ROW]);
    const reader = await openDatabase(place, { readOnly: true });
    t.strictSame(await rowsOf(reader), [ROW]);
    t.equal(
      await reader.transaction((inside) => inside.insert('projections', [{ ...ROW, record: 'x' }])).catch(codeOf),
      'projections/database',
    );
    await Promise.all([one.close(), two.close(), reader.close()]);
    const again = await openDatabase(place);
    t.strictSame(await rowsOf(again), [ROW]);
    await again.close();
    if (name === 'SQLite') t.equal(statSync(place).mode & 0o077, 0, 'nobody else may read it');
  });

  t.test('a transaction that fails leaves nothing', async (t) => {
    const database = await openDatabase(fresh());
    const failed = database.transaction(async (inside) => {
      await inside.insert('projections', [ROW]);
      throw new VprError('test/stop', 'stop');
    });
    t.equal(await failed.catch(codeOf), 'test/stop');
    t.strictSame(await rowsOf(database), []);
    const twice = database.transaction((inside) => inside.insert('projections', [ROW, ROW]));
    t.equal(await twice.catch(codeOf), 'projections/database', 'a key that is there already');
    t.strictSame(await rowsOf(database), []);
    await database.close();
  });

  t.test('statements that are kept ready go by the tables that there are', { skip: name === 'SQLite' }, async (t) => {
    const place = fresh();
    const [database, other] = await Promise.all([openDatabase(place), openDatabase(place)]);
    const ask = () => database.kysely.selectFrom('projections').selectAll().where('record', '=', RECORD).execute();
    await database.transaction((inside) => inside.insert('projections', [ROW]));
    t.strictSame(await ask(), [ROW]);
    await sql`drop index projections_by_state`.execute(other.kysely);
    t.strictSame(await ask(), [ROW]);
    await sql`alter table projections add column later text`.execute(other.kysely);
    t.match(await ask().catch((error) => error.code), '0A000', 'what it gives has another form now');
    t.match(await ask(), [{ ...ROW, later: null }], 'the next time it is made anew');
    await Promise.all([database.close(), other.close()]);
  });

  t.test('words that stand together are found in rows that are older than the index of such', { skip: name === 'SQLite' }, async (t) => {
    const place = fresh();
    const old = await openDatabase(place);
    const bodies = ['blood pressure', 'pressure of blood', 'blood and pressure'];
    await storeRecord(old, { threads: [threadRow('t')], messages: bodies.map((body, position) => messageRow('t', position, { body })) });
    await sql`alter table messages drop column pairs`.execute(old.kysely);
    await sql`create index messages_by_word on messages using gin (words)`.execute(old.kysely);
    await sql`delete from kysely_migration where name = '004-pairs'`.execute(old.kysely);
    await old.close();
    const database = await openDatabase(place);
    for (let count = 0; count < 3; count += 1) {
      const { items } = await search(database, { text: '"blood pressure"', limit: 1 });
      t.strictSame(
        items.map(({ position }) => position),
        [0],
      );
      const many = Array.from({ length: 300 }, (_, index) => messageRow('t', 10 + count * 300 + index, { body: 'x', written_at: 9 }));
      await database.transaction((transaction) => storeMessages(transaction, many, false));
    }
    await database.close();
  });

  t.test('why tables cannot be made is said', { skip: name === 'SQLite' }, async (t) => {
    const place = fresh();
    const database = await openDatabase(place, { schema: 'other' });
    t.teardown(() => database.close());
    await sql.raw('create role newcomer login; create schema vpr; grant usage on schema vpr to newcomer').execute(database.kysely);
    await sql.raw(`grant create on database ${new URL(place).pathname.slice(1)} to newcomer`).execute(database.kysely);
    await t.rejects(openDatabase(place.replace('//vpr@', '//newcomer@')), {
      code: 'projections/database',
      message: /failed: 42501: this account of the database may not do that/,
    });
  });

  t.test('what is missing, or of a later program, is said', async (t) => {
    const place = fresh();
    t.equal(await openDatabase(place, { readOnly: true }).catch(codeOf), 'projections/missing');
    const database = await openDatabase(place);
    await database.kysely
      .insertInto('kysely_migration' as never)
      .values({ name: '999-later', timestamp: 'x' } as never)
      .execute();
    await database.close();
    t.equal(await openDatabase(place).catch(codeOf), 'projections/newer');
    t.equal(
      await buildProjection(place, async () => {}).catch(codeOf),
      'projections/newer',
      'nor is it replaced by one that lacks what it has',
    );
    const reader = await openDatabase(place, { readOnly: true });
    t.strictSame(await rowsOf(reader), [], 'it is still there to be read');
    await reader.close();
  });
});

t.test('what is no database', async (t) => {
  const directory = t.testdir({ 'text.db': 'This is a text, and longer than the header of a database is.'.repeat(100) });
  t.equal(await openDatabase(`${directory}/text.db`).catch(codeOf), 'projections/database');
  t.equal(await openDatabase(`${directory}/no/such/directory.db`).catch(codeOf), 'projections/database');
  t.equal(await openDatabase('postgres://a b').catch(codeOf), 'projections/url');
  const refused = await openDatabase('postgres://me:secret@127.0.0.1:1/none').catch((error: VprError) => error);
  t.match(refused, { code: 'projections/database', message: /ECONNREFUSED/ });
  t.notMatch((refused as VprError).message, /secret/);
});

t.test('a database without a place is in no file that has a name, and gone when it is closed', async (t) => {
  const [one, other] = await Promise.all([openDatabase(''), openDatabase('')]);
  await one.transaction((inside) => inside.insert('projections', [ROW]));
  t.strictSame([await rowsOf(one), await rowsOf(other)], [[ROW], []]);
  const { rows } = await sql<{ file: string }>`select file from pragma_database_list`.execute(one.kysely);
  t.strictSame(rows, [{ file: '' }]);
  const twice = one.transaction((inside) => inside.insert('projections', [ROW]));
  t.match(await twice.catch((error) => error.message), /^the database in a temporary file failed: SQLITE_CONSTRAINT/);
  await Promise.all([one.close(), other.close()]);
});

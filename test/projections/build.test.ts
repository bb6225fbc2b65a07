/** A projection that is built at once is the one that grew; what is cut short leaves what was there. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import t from 'tap';
import { VprError } from '../../src/errors.js';
import { buildProjection, type Database, digestOf, openDatabase, projectRecord, projectRecords } from '../../src/projections/index.js';
import { storePrepared } from '../../src/projections/many.js';
import { advancesFrom } from '../../src/projections/project.js';
import { inSnapshot } from '../../src/projections/queries/snapshot.js';
import { makePeople } from '../support/people.js';
import { seeded } from '../support/random.js';
import { onEachDatabase } from './databases.js';
import { makeHistories, requestOf } from './histories.js';

t.setTimeout(120_000);
const people = await makePeople();
/** The same history for records of several ids: rows carry the id that was asked for. */
const IDS = ['0a', '1b', '2c', '3d'].map((start) => `${start}4c2e9d-4b0a-4f3a-9a2c-0e9a6b5d1c88`);
const never = (_: unknown, error: unknown) => {
  throw error;
};

onEachDatabase(t, async (t, { name, fresh }) => {
  const { source, ids } = makeHistories(t, people, seeded(7), 14);
  const requests = (place = ids.length - 1) => IDS.map((id) => requestOf(id, source, ids[place] ?? ''));
  const digests = (database: Database) => Promise.all(IDS.map((id) => digestOf(database, id)));

  t.test('built at once, several in a transaction, or one by one', async (t) => {
    const place = fresh();
    const grown = await openDatabase(place);
    t.teardown(() => grown.close());
    for (const request of requests(4)) await projectRecord(grown, request);
    for (const request of requests()) await projectRecord(grown, request);
    const expected = await digests(grown);

    const together = await openDatabase(fresh());
    t.teardown(() => together.close());
    await projectRecords(together, requests(4), never);
    t.strictSame(await projectRecords(together, requests(), never), {
      commits: IDS.length * (ids.length - 5),
      records: IDS.length,
      failed: 0,
    });
    t.strictSame(await digests(together), expected);
    if (name === 'SQLite') await indexIsWhole(together);

    const built = fresh();
    const old = await openDatabase(built);
    t.teardown(() => old.close());
    for (const request of requests(4)) await projectRecord(old, request);
    await buildProjection(built, (database) => projectRecords(database, requests(8), never));
    t.strictSame(await digests(old), await digestsAt(8), 'who had it open goes on with the new one');
    await projectRecords(old, requests(), never);
    t.strictSame(await digests(old), expected);
    if (name === 'SQLite') await indexIsWhole(old);
  });

  const prepared = async function* (share: number) {
    for (const request of requests()) {
      const advances = async function* () {
        for await (const advance of advancesFrom(undefined, request)) yield { ...advance, share };
      };
      yield { record: request.record, now: request.now, advances: advances() };
    }
  };

  t.test('what is stored together goes by how much it is', async (t) => {
    for (const [share, times] of [
      [0.01, 1],
      [1, 2],
      [3, IDS.length],
    ] as const) {
      const database = await openDatabase(fresh());
      t.teardown(() => database.close());
      let transactions = 0;
      const counting: Database['transaction'] = (run) => {
        transactions += 1;
        return database.transaction(run);
      };
      const { commits } = await storePrepared({ ...database, transaction: counting }, prepared(share), never);
      t.equal(commits, IDS.length * ids.length);
      t.equal(transactions, times, `shares of ${share}`);
    }
  });

  t.test('a database that fails ends it, and is no fault of the record that was to be stored', async (t) => {
    const database = await openDatabase(fresh());
    const transaction = () => database.close().then(() => Promise.reject(new VprError('projections/database', 'failed')));
    await t.rejects(
      storePrepared({ ...database, transaction }, prepared(3), () => {}),
      { code: 'projections/database' },
    );
  });

  async function digestsAt(at: number) {
    const database = await openDatabase(fresh());
    for (const request of requests(at)) await projectRecord(database, request);
    const found = await digests(database);
    await database.close();
    return found;
  }

  t.test('what fails holds nobody up, and a build that fails leaves what was there', async (t) => {
    const place = fresh();
    const database = await openDatabase(place);
    t.teardown(() => database.close());
    await projectRecords(database, requests(2), never);
    const before = await digests(database);
    const failed: string[] = [];
    const [first, ...others] = requests();
    const bad = { ...requestOf(IDS[0] ?? '', source, '0123456789012345678901234567890123456789') };
    t.ok(first);
    await projectRecords(database, [bad, ...others], ({ record }) => failed.push(record.id));
    t.strictSame(failed, [IDS[0]]);
    const after = await digests(database);
    t.equal(after[0], before[0]);
    t.notSame(after.slice(1), before.slice(1));
    const stop = async () => Promise.reject(new VprError('test/stop', 'stop'));
    t.match(await buildProjection(place, stop).catch((error) => error), { code: 'test/stop' });
    t.strictSame(await digests(database), after);
    if (name === 'SQLite')
      t.strictSame(
        readdirSync(dirname(place)).filter((file) => file.includes('building')),
        [],
      );
    else {
      const { rows } = await sql`select nspname from pg_namespace where nspname like '%building%'`.execute(database.kysely);
      t.strictSame(rows, []);
    }
  });

  t.test('who was let read the tables is let read the new ones', { skip: name === 'SQLite' && 'SQLite has files' }, async (t) => {
    const place = fresh();
    const database = await openDatabase(place);
    t.teardown(() => database.close());
    const run = (statement: string) => sql.raw(statement).execute(database.kysely);
    await run('create role "a Reader"');
    await run('create role counting');
    await run('grant usage on schema vpr to "a Reader", counting');
    await run('grant select on all tables in schema vpr to "a Reader" with grant option');
    await run('grant select (record, seq), update (summary) on vpr.commits to counting');
    await run('grant select on vpr.projections to public');
    await run('alter default privileges in schema vpr grant select on tables to "a Reader"');
    await run('create table vpr.mine (x integer)');
    const may = async () => {
      const { rows } = await sql<Record<string, boolean>>`select
        has_schema_privilege('a Reader', 'vpr', 'usage') as usage, has_schema_privilege('a Reader', 'vpr', 'create') as create,
        has_table_privilege('a Reader', 'vpr.messages', 'select with grant option') as read, has_table_privilege('a Reader', 'vpr.messages', 'insert') as write,
        has_table_privilege('counting', 'vpr.projections', 'select') as anybody, has_table_privilege('counting', 'vpr.commits', 'select') as all_columns,
        has_column_privilege('counting', 'vpr.commits', 'seq', 'select') as seq, has_column_privilege('counting', 'vpr.commits', 'summary', 'update') as summary`.execute(
        database.kysely,
      );
      return rows[0];
    };
    const before = await may();
    t.match(before, { usage: true, create: false, read: true, write: false, anybody: true, all_columns: false, seq: true, summary: true });
    for (let count = 0; count < 2; count += 1) {
      await buildProjection(place, (built) => projectRecords(built, requests(2), never));
      t.strictSame(await may(), before);
    }
    await run('create table vpr.later (x integer)');
    const { rows } = await sql`select has_table_privilege('a Reader', 'vpr.later', 'select') as yes`.execute(database.kysely);
    t.strictSame(rows, [{ yes: true }]);
  });

  t.test('a question that is being answered keeps its tables until it has ended', { skip: name === 'SQLite' }, async (t) => {
    const place = fresh();
    const fill = (database: Database) => projectRecords(database, requests(2), never);
    await buildProjection(place, fill);
    const [reader, looking] = await Promise.all([openDatabase(place, { readOnly: true }), openDatabase(place, { readOnly: true })]);
    const isWaiting = sql`select from pg_locks join pg_database on pg_database.oid = database where datname = current_database() and not granted`;
    // Tables that are taken away one by one are waited for while others are held: somebody who has the last asks for the first.
    for (const held of ['projections', 'commits', 'threads', 'messages'] as const) {
      let building = Promise.resolve<unknown>(undefined);
      await inSnapshot(reader, async ({ kysely }) => {
        const before = await kysely.selectFrom(held).selectAll().execute();
        building = buildProjection(place, fill);
        building.catch(() => {}); // said below
        while ((await isWaiting.execute(looking.kysely)).rows.length === 0) await sleep(5);
        for (const table of ['messages', 'threads', 'records', 'commits', 'projections'] as const)
          await kysely.selectFrom(table).selectAll().execute();
        t.strictSame(await kysely.selectFrom(held).selectAll().execute(), before, 'as of one moment');
      });
      await building;
    }
    t.equal((await looking.kysely.selectFrom('projections').select('record').execute()).length, IDS.length);
    await Promise.all([reader.close(), looking.close()]);
  });

  t.test('what a build that was killed has left is taken away by the next one, and what one is at is not', async (t) => {
    const place = fresh();
    await killedBuild(place);
    const left = await beingBuilt(name, place);
    t.equal(left.length, 1);
    let goOn = () => {};
    const waiting = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    const other = buildProjection(place, () => waiting);
    for (let seen: readonly string[] = left; seen.length !== 1 || seen[0] === left[0]; seen = await beingBuilt(name, place))
      await sleep(20);
    const [theirs] = await beingBuilt(name, place);
    await buildProjection(place, (database) => projectRecords(database, requests(2), never));
    t.strictSame(await beingBuilt(name, place), [theirs], 'somebody is at this one');
    goOn();
    await other;
    t.strictSame(await beingBuilt(name, place), []);
  });
});

/** A build in a process of its own, that is killed at it. */
async function killedBuild(place: string): Promise<void> {
  const index = new URL('../../src/projections/index.js', import.meta.url).href;
  const program = `import { buildProjection } from ${JSON.stringify(index)};
    await buildProjection(process.argv[1], () => { console.log('filling'); return new Promise((resolve) => setTimeout(resolve, 60_000)); });`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program, place], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  child.kill('SIGKILL');
  await once(child, 'close');
}

/** What is being built, or was when it was killed: files, or schemas. */
async function beingBuilt(name: string, place: string): Promise<readonly string[]> {
  if (name === 'SQLite') return readdirSync(dirname(place)).filter((file) => file.startsWith(`${basename(place)}.building`));
  const database = await openDatabase(place);
  try {
    const { rows } = await sql<{ nspname: string }>`select nspname from pg_namespace where nspname like 'vpr_building%'`.execute(
      database.kysely,
    );
    return rows.map(({ nspname }) => nspname);
  } finally {
    await database.close();
  }
}

/** Every message is in the index of words once, and nothing else is. */
async function indexIsWhole({ kysely }: Database): Promise<void> {
  const { rows: messages } = await sql<{ document: number }>`select document from messages order by document`.execute(kysely);
  const { rows: words } = await sql<{ rowid: number }>`select rowid from words order by rowid`.execute(kysely);
  t.strictSame(
    words.map(({ rowid }) => rowid),
    messages.map(({ document }) => document),
  );
  t.equal(new Set(words.map(({ rowid }) => rowid)).size, messages.length);
  await sql`insert into words (words) values ('integrity-check')`.execute(kysely);
}

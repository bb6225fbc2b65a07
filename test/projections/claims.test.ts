/** Records that are taken up, by several that share a database. */
import { sql } from 'kysely';
import t from 'tap';
import { openDatabase } from '../../src/projections/open.js';
import { sharing } from '../../src/watch/sharing.js';
import { RECORD_ID } from '../support/texts.js';
import { until } from '../watch/support.js';
import { startPostgres, whyNoPostgres } from './databases.js';

t.test(
  'a record is taken up by one at a time, and free when that gives it up or is gone',
  { skip: whyNoPostgres() ?? false },
  async (t) => {
    const url = startPostgres(t).create('claimed');
    const [one, other] = [await openDatabase(url), await openDatabase(url)];
    const giveUp = await one.claim?.(RECORD_ID);
    t.type(giveUp, 'function');
    t.equal(await other.claim?.(RECORD_ID), undefined, 'somebody is at it');
    t.type(await other.claim?.('another'), 'function');
    await giveUp?.();
    const taken = await other.claim?.(RECORD_ID);
    t.type(taken, 'function', 'given up');

    await sql`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'vpr' and pid <> pg_backend_pid()`.execute(
      one.kysely,
    );
    await until(async () => (await one.claim?.(RECORD_ID)) !== undefined, 'the end of its connection'); // which takes the server a moment
    await taken?.(); // gives up nothing, and does not fail
    await other.close();
    await one.close();
    const third = await openDatabase(url);
    await until(async () => (await third.claim?.(RECORD_ID)) !== undefined, 'what closing frees');
    await third.close();
  },
);

t.test('work is left to whoever is at it, but not for ever', { skip: whyNoPostgres() ?? false }, async (t) => {
  const url = startPostgres(t).create('shared');
  const [one, other] = [await openDatabase(url), await openDatabase(url)];
  const share = sharing();
  const inner = await share(one, RECORD_ID, () => share(other, RECORD_ID, async () => 'done'));
  t.equal(inner, 'busy');
  t.equal(await share(other, RECORD_ID, async () => 'done'), 'done');
  t.equal(await share(one, RECORD_ID, () => sharing(0)(other, RECORD_ID, async () => 'nevertheless')), 'nevertheless');
  await t.rejects(
    share(one, RECORD_ID, () => Promise.reject(new Error('failed'))),
    { message: 'failed' },
  );
  t.equal(await share(other, RECORD_ID, async () => 'done'), 'done', 'what fails gives it up as well');
  await other.close();
  await one.close();
});

t.test('many are taken up at once, over one connection', { skip: whyNoPostgres() ?? false }, async (t) => {
  const one = await openDatabase(startPostgres(t).create('many'));
  const warnings: string[] = [];
  const hear = (warning: Error) => void warnings.push(warning.message);
  process.on('warning', hear);
  const taken = await Promise.all(Array.from({ length: 20 }, (_, record) => one.claim?.(`${record}`)));
  t.ok(taken.every((giveUp) => giveUp !== undefined));
  await Promise.all(taken.map((giveUp) => giveUp?.()));
  process.off('warning', hear);
  t.strictSame(warnings, [], 'pg asks one thing after the other, and is to do so by itself no more');
  await one.close();
});

t.test('in SQLite nobody asks', async (t) => {
  const database = await openDatabase(':memory:');
  t.equal(database.claim, undefined);
  t.equal(await sharing()(database, RECORD_ID, async () => 'done'), 'done');
  await database.close();
});

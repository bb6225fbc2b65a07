/** What becomes of questions that a server never answers. */
import { rmSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import pg, { type ClientConfig } from 'pg';
import t, { type Test } from 'tap';
import { openDatabase } from '../../src/projections/index.js';
import { type NoticingClient, noticingClient } from '../../src/projections/postgres-client.js';
import { startPostgres, whyNoPostgres } from './databases.js';

const QUICK = { every: 200, patience: 1000 };

async function connected(t: Test, config: ClientConfig, Client = pg.Client): Promise<NoticingClient> {
  const client = new (noticingClient(Client, pg.DatabaseError, QUICK))(config);
  t.teardown(() => client.end());
  await new Promise<void>((resolve, reject) => client.connect((error?: Error) => (error ? reject(error) : resolve())));
  await client.greet();
  return client;
}

/** Passes on what is said to a server's socket, until it is told to keep it all to itself: nobody is told that anybody has gone. */
async function passingOn(t: Test, url: string) {
  const pairs: [Socket, Socket][] = [];
  const server = createServer((client) => {
    const behind = connect(`${new URL(url).searchParams.get('host')}/.s.PGSQL.5432`);
    pairs.push([client, behind]);
    for (const socket of [client, behind]) socket.on('error', () => {});
    client.pipe(behind).pipe(client);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => {
    server.close();
    for (const socket of pairs.flat()) socket.destroy();
  });
  const address = server.address();
  const { pathname } = new URL(url);
  return {
    url: `postgres://vpr@127.0.0.1:${typeof address === 'object' ? address?.port : ''}${pathname}`,
    swallow() {
      for (const [client, behind] of pairs.splice(0)) {
        client.unpipe(behind);
        behind.unpipe(client);
        client.resume();
      }
    },
    hangUp: () => void pairs.map(([client]) => client.end()),
    close: () => server.close(),
  };
}

t.test('a server that does not answer', whyNoPostgres() === undefined ? {} : { skip: whyNoPostgres() }, async (t) => {
  const server = startPostgres(t);
  const url = server.create('asked');

  t.test('a question that takes long is waited for', async (t) => {
    const client = await connected(t, { connectionString: url });
    const { rows } = await client.query('select pg_sleep(1), 1 as done');
    t.equal(rows[0].done, 1);
  });

  t.test('what the connection was to, and is not there any more', async (t) => {
    const between = await passingOn(t, url);
    const client = await connected(t, { connectionString: between.url });
    const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
    between.swallow();
    const other = await connected(t, { connectionString: url });
    await other.query('select pg_terminate_backend($1)', [rows[0]?.pid]);
    await t.rejects(client.query('select 1'), { code: 'ETIMEDOUT', message: 'the server does not answer' });
    await t.rejects(client.query('select 1'), { code: 'ETIMEDOUT' }, 'and so of all that is asked later');
  });

  t.test('a machine that is not there any more', async (t) => {
    const between = await passingOn(t, url);
    const client = await connected(t, { connectionString: between.url });
    between.swallow();
    between.close();
    await t.rejects(client.query('select 1'), { code: 'ETIMEDOUT' });
  });

  t.test('one that has no connection left is still at it', async (t) => {
    const other = await connected(t, { connectionString: url });
    await other.query('create role one login connection limit 1');
    const client = await connected(t, { connectionString: url.replace('vpr@', 'one@') });
    const { rows } = await client.query('select pg_sleep(1), 1 as done');
    t.equal(rows[0].done, 1);
  });

  t.test('where it cannot be told, it is still at it', async (t) => {
    const slow = async (t: Test, what: string, asked: NoticingClient) =>
      t.same((await asked.query('select pg_sleep(1), 1 as done')).rows, [{ pg_sleep: '', done: 1 }], what);
    const other = await connected(t, { connectionString: url });
    await other.query('create role becomes login; create role weak login; create role another; grant another to becomes');
    await other.query('alter role becomes set role another');
    await slow(t, 'an account that became another one', await connected(t, { connectionString: url.replace('vpr@', 'becomes@') }));
    await other.query('revoke select on pg_stat_activity from public');
    await slow(t, 'one that may not see who is at what', await connected(t, { connectionString: url.replace('vpr@', 'weak@') }));

    /** A pooler lets everybody in, and may have no connection left to ask over. */
    class Pooled extends pg.Client {
      override query(...question: unknown[]): never {
        if (`${question[0]}`.includes('where pid = $1')) return Promise.reject(new Error('Query read timeout')) as never;
        return (super.query as (...question: unknown[]) => unknown)(...question) as never;
      }
    }
    await slow(t, 'a pooler', await connected(t, { connectionString: url }, Pooled));

    const certificate = join(t.testdir({ 'authority.crt': '' }), 'authority.crt');
    const client = await connected(t, { connectionString: `${url}&sslmode=disable&sslrootcert=${encodeURIComponent(certificate)}` });
    rmSync(certificate);
    await slow(t, 'a certificate that is being replaced', client);
  });

  t.test('a connection that is closed without a word', async (t) => {
    const between = await passingOn(t, url);
    const database = await openDatabase(between.url);
    t.teardown(() => database.close());
    setTimeout(between.hangUp, 200);
    const broken = database.transaction(({ kysely }) => sql`select pg_sleep(5)`.execute(kysely));
    await t.rejects(broken, {
      code: 'projections/database',
      message: /failed: Connection terminated: the server is being started or ended/,
    });
  });

  t.test('a URL with options of its own', async (t) => {
    const database = await openDatabase(`${url}&options=${encodeURIComponent('-c statement_timeout=1min')}`);
    t.teardown(() => database.close());
    const { rows } = await sql`select current_schema() as schema, current_setting('statement_timeout') as time`.execute(database.kysely);
    t.same(rows, [{ schema: 'vpr', time: '1min' }]);
  });

  t.test('a connection that breaks while nobody asks anything', async (t) => {
    const database = await openDatabase(url);
    const other = await connected(t, { connectionString: url });
    t.teardown(() => database.close());
    const broken = database.transaction(async ({ kysely }) => {
      const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(kysely);
      await other.query('select pg_terminate_backend($1)', [rows[0]?.pid]);
      await sleep(300);
      await sql`select 1`.execute(kysely);
    });
    await t.rejects(broken, { code: 'projections/database', message: /failed: 57P01: the server is being started or ended/ });
    t.same((await sql`select 1 as one`.execute(database.kysely)).rows, [{ one: 1 }], 'and the next one is another');
  });
});

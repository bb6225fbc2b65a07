/** PostgreSQL through pg: several watchers, on several machines, share one. */
import { Kysely, PostgresDialect, type PostgresPool, sql } from 'kysely';
import type { Pool } from 'pg';
import { VprError } from '../errors.js';
import { claimsIn } from './claims.js';
import { type Connection, type Database, type DatabaseOptions, databaseError, type Transaction } from './database.js';
import { migrate } from './migrate.js';
import { type NoticingClient, noticingClient, PATIENCE } from './postgres-client.js';
import type { Tables } from './tables.js';

/** Connections of one process: as many as records are worked on, and the one that holds what it has taken up. */
const CONNECTIONS = 5;
/** Statements that each connection keeps ready. */
const KEPT = 200;
/** PostgreSQL's code of what it does not support: one is a kept statement whose columns have become others. */
const UNSUPPORTED = '0A000';
/**
 * Every question is short, and of few rows: compiling a plan, or starting further processes for it, takes longer than it
 * is let take; going to rows by an index costs little more than going through all, as in memory or on a disk without heads; and
 * one plan does for all values, since what it depends on stands in the statement. Citus says by a plan's cost where it can't do
 * without the values.
 */
const SETTINGS = {
  jit: `'off'`,
  max_parallel_workers_per_gather: `'0'`,
  random_page_cost: `'1.1'`,
  plan_cache_mode: `case when exists (select from pg_extension where extname = 'citus') then 'auto' else 'force_generic_plan' end`,
};
/**
 * Whose machine has gone without a word, or the network to it, is noticed after about a minute, in seconds: until then it
 * holds what it has locked. By default that is after two hours.
 */
const KEEPALIVES = { tcp_keepalives_idle: `'10'`, tcp_keepalives_interval: `'5'` };
/** The type `bigint`: times and counts, all of them exact as JavaScript's numbers. */
const INT8 = 20;

/** Connects. The schema is made where it isn't there. */
export async function openPostgres(url: string, { readOnly = false, bulk = false, schema = 'vpr' }: DatabaseOptions): Promise<Database> {
  const name = nameOf(url);
  if (!/^[a-z_][a-z0-9_]{0,50}$/.test(schema))
    throw new VprError('projections/schema', `${JSON.stringify(schema)} is no schema's name: lowercase letters, digits and _`);
  const pool = await openPool(url, schema, readOnly);
  const kysely = new Kysely<Tables>({ dialect: new PostgresDialect({ pool: keepStatements(pool) }) });
  const transaction: Database['transaction'] = async (run) => {
    try {
      return await kysely.transaction().execute((inside) => run(transactionOf(inside)));
    } catch (cause) {
      throw databaseError(name, cause);
    }
  };
  const claims = claimsIn(pool);
  const failed = (cause: unknown): never => {
    throw databaseError(name, cause);
  };
  // No rows are locked by that: whoever stores them does it in its transaction.
  const claim = (record: string) => claims.claim(`work ${record}`).catch(failed);
  const close = (): Promise<void> => {
    claims.end();
    return kysely.destroy();
  };
  try {
    if (bulk) await claims.claim(lockOf(schema));
    if (readOnly) await needTables(kysely, name, schema);
    else {
      await makeSchema(kysely, schema);
      await migrate(kysely, 'postgres', schema);
    }
  } catch (cause) {
    await close();
    throw databaseError(name, cause);
  }
  const dropUnused = (start: string) => dropSchemas(kysely, start);
  return { name, dialect: 'postgres', bulk, kysely, transaction, claim, dropUnused, close };
}

/** What a schema that is being built is taken up as, for as long as its builder is connected: then nobody is at it any more. */
const lockOf = (schema: string): string => `build ${schema}`;

async function dropSchemas(kysely: Kysely<Tables>, start: string): Promise<void> {
  const { rows } = await sql<{ schema: string }>`select nspname as schema from pg_namespace where starts_with(nspname, ${start})`.execute(
    kysely,
  );
  for (const { schema } of rows) {
    await kysely.transaction().execute(async (inside) => {
      const lock = sql<{ free: boolean }>`select pg_try_advisory_xact_lock(hashtextextended(${lockOf(schema)}, 0)) as free`;
      if ((await lock.execute(inside)).rows[0]?.free === true) await sql`drop schema if exists ${sql.id(schema)} cascade`.execute(inside);
    });
  }
}

/** Host and database alone: a URL may hold a password. */
function nameOf(url: string): string {
  try {
    const { host, pathname } = new URL(url);
    return `postgres://${host}${pathname}`;
  } catch (cause) {
    throw new VprError('projections/url', 'the URL of the database does not read', { cause, help: ['postgres://user@host:5432/database'] });
  }
}

async function openPool(url: string, schema: string, readOnly: boolean): Promise<Pool> {
  const { default: pg } = await import('pg');
  // Not as options that a connection begins with: a pooler refuses them, or leaves them out, and a URL may have some of its own.
  const settings = {
    ...SETTINGS,
    ...KEEPALIVES,
    search_path: `'${schema}'`,
    ...(readOnly ? { default_transaction_read_only: `'on'` } : {}),
  };
  const set = Object.entries(settings).map(([name, value]) => `set_config('${name}', ${value}, false)`);
  const pool = new pg.Pool({
    connectionString: url,
    Client: noticingClient(pg.Client, pg.DatabaseError),
    keepAlive: true,
    keepAliveInitialDelayMillis: PATIENCE,
    max: CONNECTIONS,
    connectionTimeoutMillis: PATIENCE,
    application_name: 'vpr',
    onConnect: ((client: NoticingClient) => client.query(`select ${set.join(', ')}`).then(() => client.greet())) as never, // who asks for the connection waits for that
    types: { getTypeParser: ((type: number, format: 'text') => (type === INT8 ? Number : pg.types.getTypeParser(type, format))) as never },
  });
  // A connection that breaks while nobody uses it: the next one is made anew.
  pool.on('error', () => {});
  return pool;
}

/**
 * The pool, whose connections keep statements ready: reading and planning one takes longer than most take to run. Those
 * without values are not kept, what changes tables among them. The server plans a kept one anew where tables have changed.
 */
function keepStatements(pool: Pool): PostgresPool {
  const names = new Map<string, string>();
  const nameOf = (text: string): string | undefined => {
    if (!names.has(text) && names.size < KEPT) names.set(text, `vpr_${names.size}`);
    return names.get(text);
  };
  return {
    end: () => pool.end(),
    async connect() {
      const client = await pool.connect();
      let stale = false;
      const query = async (text: string, values: readonly unknown[]) => {
        const name = values.length === 0 ? undefined : nameOf(text);
        try {
          return await client.query({ text, values: [...values], ...(name === undefined ? {} : { name }) });
        } catch (cause) {
          stale ||= (cause as { readonly code?: unknown }).code === UNSUPPORTED;
          throw cause;
        }
      };
      // A connection with a statement that does not fit its tables any more is given up: the next one makes it anew.
      return { query: query as never, release: (destroy = false) => client.release(destroy || stale) };
    },
  };
}

/** One after the other: PostgreSQL's `if not exists` fails where somebody else makes it at the same moment. */
async function makeSchema(kysely: Kysely<Tables>, schema: string): Promise<void> {
  await kysely.transaction().execute(async (inside) => {
    await sql`select pg_advisory_xact_lock(hashtextextended(${`schema ${schema}`}, 0))`.execute(inside);
    await sql`create schema if not exists ${sql.id(schema)}`.execute(inside);
  });
}

async function needTables(kysely: Kysely<Tables>, name: string, schema: string): Promise<void> {
  const { rows } = await sql<{ there: unknown }>`select to_regclass(${`${schema}.projections`}) as there`.execute(kysely);
  if (rows[0]?.there == null)
    throw new VprError('projections/missing', `there is no projection in ${name}`, { help: ['vpr projection build', 'vpr watch'] });
}

function transactionOf(kysely: Connection['kysely']): Transaction {
  return {
    dialect: 'postgres',
    kysely,
    async insert(table, rows) {
      const [first] = rows;
      if (first === undefined) return;
      const columns = sql.join(Object.keys(first).map((column) => sql.id(column)));
      const from = sql`json_populate_recordset(null::${sql.table(table)}, ${JSON.stringify(rows)}::json)`;
      await sql`insert into ${sql.table(table)} (${columns}) select ${columns} from ${from}`.execute(kysely);
    },
    async lock(record) {
      await sql`select pg_advisory_xact_lock(hashtextextended(${record}, 0))`.execute(kysely);
    },
  };
}

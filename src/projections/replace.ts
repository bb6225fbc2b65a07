/** PostgreSQL: a schema that was built is put in the place of the one that is asked and written to meanwhile. */
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { type Database, databaseError } from './database.js';
import { copyGrants } from './grants.js';
import { GATE } from './queries/snapshot.js';

/**
 * So long, in milliseconds, the tables are waited for: below the second after which PostgreSQL ends one of two that
 * wait for one another. Whoever asks for them meanwhile waits as long.
 */
const PATIENCE = 250;
/** Until they are asked for again, in milliseconds: those who wait get their turn. */
const PAUSE = 1000;
/** PostgreSQL's codes of a lock that was not to be had in time, and of two that wait for one another. */
const TAKEN: readonly unknown[] = ['55P03', '40P01'];

/**
 * In one transaction. What every question holds (`snapshot.ts`) is asked for first: who has it ends, and who comes waits
 * for it with nothing in their hands. Where it can't have all tables soon, it gives them up, and tries
 * again until it can: a long question is waited for, and keeps no other from being asked.
 */
export async function replaceSchema(database: Database, schema: string, beside: string): Promise<void> {
  while (!(await replaced(database, schema, beside))) await sleep(PAUSE);
}

async function replaced(database: Database, schema: string, beside: string): Promise<boolean> {
  try {
    await database.transaction(async ({ kysely }) => {
      await sql`set local lock_timeout = ${sql.lit(PATIENCE)}`.execute(kysely);
      const { rows } = await sql<{ name: string }>`
        select relname as name from pg_class
        where relnamespace = (select oid from pg_namespace where nspname = ${schema}) and relkind in ('r', 'p')
        order by relname <> ${GATE}, relname`.execute(kysely);
      const tables = rows.map(({ name }) => sql.id(schema, name));
      if (tables.length > 0) await sql`lock table ${sql.join(tables)} in access exclusive mode`.execute(kysely);
      await copyGrants(kysely, schema, beside);
      await sql`drop schema if exists ${sql.id(schema)} cascade`.execute(kysely);
      await sql`alter schema ${sql.id(beside)} rename to ${sql.id(schema)}`.execute(kysely);
    });
    return true;
  } catch (error) {
    const { cause } = databaseError(database.name, error) as { cause?: { readonly code?: unknown } };
    if (TAKEN.includes(cause?.code)) return false;
    throw error;
  }
}

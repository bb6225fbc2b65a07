/** Questions that are answered as of one moment, whatever is projected meanwhile. */
import { sql } from 'kysely';
import { type Connection, type Database, databaseError, type Transaction } from '../database.js';
import type { Dialect } from '../migrations/types.js';

/** A table that every question holds from its beginning. */
export const GATE = 'projections';

/**
 * In PostgreSQL tables can be replaced by others of the same names: none is, while somebody holds this one. Who held others
 * and asked for it only later could wait for who replaces them, while that waits for the others. Both statements go as one message.
 */
const BEGIN: Readonly<Record<Dialect, string>> = {
  sqlite: 'begin',
  postgres: `begin isolation level repeatable read read only; lock table ${GATE} in access share mode`,
};

/** Connections that snapshots were handed on with: within one no other is begun. */
const inside = new WeakSet<Connection['kysely']>();

/**
 * Reads within one transaction, which sees the database as it was when that began: an answer of
 * several statements says what one commit says, and that it stands on that one. `work` must
 * go by the connection that it is given. In a transaction nothing is begun.
 */
export async function inSnapshot<T>(connection: Connection, work: (snapshot: Connection) => Promise<T>): Promise<T> {
  const { dialect, kysely } = connection;
  if (inside.has(kysely) || kysely.isTransaction || (connection as Partial<Transaction>).lock !== undefined) return work(connection);
  const within = (own: Connection['kysely']): Promise<T> => {
    inside.add(own);
    return work({ dialect, kysely: own });
  };
  return kysely.connection().execute(async (own) => {
    await sql.raw(BEGIN[dialect]).execute(own);
    try {
      return await within(own);
    } finally {
      await sql`rollback`.execute(own); // nothing was written
    }
  });
}

/** A question that is asked in a snapshot. Where an open projection fails: throws `projections/database` or `projections/tables`, whose words quote no rows. */
export function asOfOneMoment<Q extends unknown[], A>(
  ask: (connection: Connection, ...query: Q) => Promise<A>,
): (connection: Connection, ...query: Q) => Promise<A> {
  return async (connection, ...query) => {
    try {
      return await inSnapshot(connection, (snapshot) => ask(snapshot, ...query));
    } catch (cause) {
      const { name } = connection as Partial<Database>;
      if (name === undefined || cause instanceof TypeError) throw cause; // what was called wrongly is no failure of a database
      throw databaseError(name, cause);
    }
  };
}

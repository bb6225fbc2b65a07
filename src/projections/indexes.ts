/** The indexes of a projection, besides its keys: a build makes them when all rows are there. */
import { type Kysely, sql } from 'kysely';
import { indexes, indexesOf } from './migrations/002-indexes.js';
import { makeWordIndex } from './migrations/004-pairs.js';
import type { Dialect } from './migrations/types.js';
import type { Tables } from './tables.js';

export async function makeIndexes(database: Kysely<Tables>, dialect: Dialect): Promise<void> {
  await indexes(database as never, dialect);
  if (dialect === 'postgres') await makeWordIndex(database);
}

/** Takes them away: rows are stored faster without. */
export async function dropIndexes(database: Kysely<Tables>, dialect: Dialect): Promise<void> {
  const names = Object.keys(indexesOf(dialect));
  for (const name of dialect === 'postgres' ? [...names, 'messages_by_word'] : names)
    await sql`drop index ${sql.id(name)}`.execute(database);
}

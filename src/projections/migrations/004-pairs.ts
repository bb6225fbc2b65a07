import { type Kysely, sql } from 'kysely';
import type { Step } from './types.js';

/** Messages of about a day and a half have one number in the index of words: 2 to so many milliseconds. */
export const STRETCH = 27;

/**
 * PostgreSQL: which words follow one another, and an index of words that has it. Of messages that are there already that
 * is not known: words that stand together are looked for in all that have them, until a build makes rows anew.
 */
export const pairs: Step = async (database, dialect) => {
  if (dialect === 'sqlite') return;
  await sql`alter table messages add column pairs integer[] not null default '{0}'`.execute(database);
  // How words are looked for does not depend on how frequent the planner takes them to be.
  for (const column of ['words', 'pairs'])
    await sql`alter table messages alter column ${sql.id(column)} set statistics 0`.execute(database);
  await sql`drop index if exists messages_by_word`.execute(database);
  await makeWordIndex(database);
};

/**
 * Words, and with them what else a search goes by, so that the index itself finds what has all of it: pairs of words, ids,
 * and when a message was written. What is stored is in it at once, and not in a list beside it that every search goes through.
 */
export async function makeWordIndex<T>(database: Kysely<T>): Promise<void> {
  const columns = sql`words, pairs, (array[record, author_id]), (array[written_at >> ${sql.lit(STRETCH)}])`;
  await sql`create index messages_by_word on messages using gin (${columns}) with (fastupdate = off)`.execute(database);
}

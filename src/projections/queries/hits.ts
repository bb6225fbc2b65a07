/** Messages with some words, newest first, as each database's index gives them. */
import { type RawBuilder, sql } from 'kysely';
import type { Connection } from '../database.js';
import { firstNumber } from '../full-text.js';
import type { Dialect } from '../migrations/types.js';
import { idWord } from '../words.js';
import type { Place } from './cursor.js';
import type { Terms } from './terms.js';

/** What is looked for. */
export interface Sought {
  readonly terms: Terms;
  readonly record?: string;
  readonly author?: string;
  /** From when on, and until before when, in milliseconds since 1970. */
  readonly since?: number;
  readonly until?: number;
}

/** A message that was found, and where it stands in the order. */
export interface Hit {
  readonly record: string;
  readonly thread: string;
  readonly position: number;
  readonly place: Place;
}

/** What places look like. */
export function placeLike({ dialect }: Connection): Place {
  return dialect === 'sqlite' ? [0] : [0, '', '', 0];
}

/** At most `limit`, behind a place. Nobody has looked at whether they may be shown. */
export function hitsAfter(connection: Connection, sought: Sought, after: Place | undefined, limit: number): Promise<Hit[]> {
  return connection.dialect === 'sqlite' ? inSqlite(connection, sought, after, limit) : inPostgres(connection, sought, after, limit);
}

async function inSqlite({ kysely }: Connection, sought: Sought, after: Place | undefined, limit: number): Promise<Hit[]> {
  const { rows } = await sql<Omit<Hit, 'place'> & { number: number }>`
    select messages.record, messages.thread, messages.position, found.number
    from (${numbersInSqlite(sought, after, limit)}) found join messages on messages.document = found.number order by found.number desc`.execute(
    kysely,
  );
  return rows.map(({ number, ...key }) => ({ ...key, place: [number] }));
}

async function inPostgres({ kysely }: Connection, sought: Sought, after: Place | undefined, limit: number): Promise<Hit[]> {
  const { rows } = await sql<Omit<Hit, 'place'> & { written_at: number }>`${keysInPostgres(sought, after, limit)}`.execute(kysely);
  return rows.map(({ written_at, ...key }) => ({ ...key, place: [written_at, key.record, key.thread, key.position] }));
}

/** The newest hits as a statement: their records and threads. */
export function hitKeys(dialect: Dialect, sought: Sought, limit: number): RawBuilder<unknown> {
  if (dialect === 'postgres') return keysInPostgres(sought, undefined, limit);
  return sql`select messages.record, messages.thread from (${numbersInSqlite(sought, undefined, limit)}) found join messages on messages.document = found.number`;
}

function numbersInSqlite(sought: Sought, after: Place | undefined, limit: number): RawBuilder<unknown> {
  const words = sought.terms.map((term) => `body : "${term.join(' ')}"`);
  const match = [...words, ...idWords(sought).map((word) => `ids : "${word}"`)].map((part) => `(${part})`).join(' AND ');
  const from = firstNumber(sought.since ?? Number.MIN_SAFE_INTEGER);
  const last = (after?.[0] as number | undefined) ?? Number.MAX_SAFE_INTEGER;
  const until = Math.min(sought.until === undefined ? Number.MAX_SAFE_INTEGER : firstNumber(sought.until), last);
  return sql`select rowid as number from words where words match ${match} and rowid >= ${from} and rowid < ${until} order by rowid desc limit ${limit}`;
}

function keysInPostgres(sought: Sought, after: Place | undefined, limit: number): RawBuilder<unknown> {
  const words = sought.terms.map((term) => `(${term.map((word) => `'${word}'`).join(' <-> ')})`);
  const query = [...words, ...idWords(sought).map((word) => `'@${word}'`)].join(' & ');
  const conditions: RawBuilder<unknown>[] = [sql`words @@ ${query}::tsquery`];
  if (sought.since !== undefined) conditions.push(sql`written_at >= ${sought.since}`);
  if (sought.until !== undefined) conditions.push(sql`written_at < ${sought.until}`);
  if (after !== undefined)
    conditions.push(sql`(written_at, record, thread, position) < (${after[0]}::bigint, ${after[1]}, ${after[2]}, ${after[3]}::integer)`);
  return sql`select record, thread, position, written_at from messages where ${sql.join(conditions, sql` and `)}
    order by written_at desc, record desc, thread desc, position desc limit ${limit}`;
}

function idWords({ record, author }: Sought): string[] {
  return [...(record === undefined ? [] : [idWord('record', record)]), ...(author === undefined ? [] : [idWord('author', author)])];
}

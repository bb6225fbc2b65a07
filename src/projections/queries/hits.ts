/** Messages with some words, newest first, as each database's index gives them. */
import { type RawBuilder, sql } from 'kysely';
import type { Connection } from '../database.js';
import { firstNumber, numbersBefore } from '../full-text.js';
import { idWord } from '../words.js';
import type { Asking } from './answer.js';
import { INTEGER, PASSED, type Place, passing, TIME } from './cursor.js';
import { keysInPostgres } from './hits-postgres.js';
import { placeOf, shownThreads } from './shown.js';
import type { Key, Sought } from './sought.js';

/** A message that was found, and where it stands in the order. */
export interface Hit {
  readonly record: string;
  readonly thread: string;
  readonly position: number;
  readonly place: Place;
  /** Whether it may be shown to who asks. */
  readonly shown: boolean;
}

/** What places look like: in SQLite a message's number, which tells a time alone. */
export function placeLike({ dialect }: Connection): Place {
  return dialect === 'sqlite' ? [TIME, PASSED] : [TIME, '', '', INTEGER, PASSED];
}

/** The place behind a hit, as it may be handed out. `former`: the same of the hit before it. */
export function placeBehind({ dialect }: Connection, former: Place | undefined, { shown, place }: Hit): Place {
  return shown || dialect === 'sqlite' ? place : passing(former, place);
}

/** At most `limit`, behind a place. */
export async function hitsAfter(
  connection: Connection,
  sought: Sought,
  asking: Asking,
  after: Place | undefined,
  limit: number,
): Promise<Hit[]> {
  const sqlite = connection.dialect === 'sqlite';
  const keys = await (sqlite ? keysInSqlite : keysInPostgres)(connection, sought, after, limit);
  const shown = await shownThreads(connection, keys, asking);
  return keys.map(({ at, record, thread, position }) => ({
    record,
    thread,
    position,
    place: sqlite ? [at, 0] : [at, record, thread, position, 0],
    shown: shown.has(placeOf({ record, thread })),
  }));
}

/** How many of the newest there are, `looked` at most; and how many of them may be shown. Nothing of what is counted is handed on. */
export async function countHits(
  connection: Connection,
  sought: Sought,
  asking: Asking,
  limit: number,
): Promise<{ looked: number; value: number }> {
  const hits = await hitsAfter(connection, sought, asking, undefined, limit);
  return { looked: hits.length, value: hits.filter(({ shown }) => shown).length };
}

async function keysInSqlite(connection: Connection, sought: Sought, after: Place | undefined, limit: number): Promise<Key[]> {
  const words = sought.terms.map((term) => `body : "${term.join(' ')}"`);
  const match = [...words, ...idWords(sought).map((word) => `ids : "${word}"`)].map((part) => `(${part})`).join(' AND ');
  const last = (after?.[0] as number | undefined) ?? TIME;
  const until = Math.min(sought.until === undefined ? TIME : await numbersBefore(connection, sought.until), last);
  const conditions = [sql`words match ${match}`, sql`words.rowid < ${integer(until)}`];
  if (sought.since !== undefined) conditions.push(sql`words.rowid >= ${integer(firstNumber(sought.since))}`);
  const numbers = sql`select words.rowid as at from words where ${sql.join(conditions, sql` and `)} order by words.rowid desc`;
  const columns = sql`select messages.record, messages.thread, messages.position, numbers.at`;
  // Numbers of one time may go on among those of the next: there the time itself decides.
  const found =
    sought.since === undefined && sought.until === undefined
      ? sql`${columns} from (${numbers} limit ${limit}) numbers join messages on messages.document = numbers.at`
      : sql`${columns} from (${numbers}) numbers cross join messages on messages.document = numbers.at
          where messages.written_at >= ${sought.since ?? -TIME} and messages.written_at < ${sought.until ?? TIME}`;
  const { rows } = await sql<Key>`${found} order by numbers.at desc limit ${limit}`.execute(connection.kysely);
  return rows;
}

/** The index goes to a number at once where it is an integer; numbers are bound as what has a point. */
function integer(number: number): RawBuilder<number> {
  return sql`cast(${number} as integer)`;
}

function idWords({ record, author }: Sought): string[] {
  return [...(record === undefined ? [] : [idWord('record', record)]), ...(author === undefined ? [] : [idWord('author', author)])];
}

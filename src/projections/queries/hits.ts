/** Messages with some words, newest first, as each database's index gives them. */
import { type RawBuilder, sql } from 'kysely';
import type { Connection } from '../database.js';
import { firstNumber, numbersBefore, UNPLACED } from '../full-text.js';
import { idWord } from '../words.js';
import { type Asking, visible } from './answer.js';
import { INTEGER, PASSED, type Place, passedBy, passing, TIME } from './cursor.js';
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
  const { dialect, kysely } = connection;
  const rows = await foundBy(kysely, await keys(connection, sought, after, limit))
    .select((eb) => [
      'found.record',
      'found.thread',
      'found.position',
      'found.at',
      eb.case().when(visible(eb, asking)).then(1).else(0).end().as('shown'),
    ])
    .orderBy('found.at', 'desc')
    .orderBy('found.record', 'desc')
    .orderBy('found.thread', 'desc')
    .orderBy('found.position', 'desc')
    .execute();
  const placeOf = ({ at, record, thread, position }: Key): Place => (dialect === 'sqlite' ? [at, 0] : [at, record, thread, position, 0]);
  return rows.map(({ shown, ...key }) => ({
    record: key.record,
    thread: key.thread,
    position: key.position,
    place: placeOf(key),
    shown: shown === 1,
  }));
}

/** How many of the newest there are, `looked` at most; and how many of them may be shown. All in one statement: nothing of what is counted is handed on. */
export async function countHits(
  connection: Connection,
  sought: Sought,
  asking: Asking,
  limit: number,
): Promise<{ looked: number; value: number }> {
  return foundBy(connection.kysely, await keys(connection, sought, undefined, limit))
    .select((eb) => [
      eb.fn.countAll<number>().as('looked'),
      eb.fn.count<number>(eb.case().when(visible(eb, asking)).then(1).end()).as('value'),
    ])
    .executeTakeFirstOrThrow();
}

/** A message's key, and what the order goes by: in SQLite its number, in PostgreSQL its time. */
interface Key {
  readonly record: string;
  readonly thread: string;
  readonly position: number;
  readonly at: number;
}

/** Messages that were found, with what decides whether they may be shown. */
function foundBy(kysely: Connection['kysely'], found: RawBuilder<unknown>) {
  return (
    kysely
      .selectFrom(sql<Key>`(${found})`.as('found'))
      .innerJoin('threads', (join) => join.onRef('threads.record', '=', 'found.record').onRef('threads.thread', '=', 'found.thread'))
      .innerJoin('records', 'records.record', 'found.record')
      // What nothing says of which commit it is, is no answer: a row that was left over, or put there.
      .innerJoin('projections', 'projections.record', 'found.record')
  );
}

async function keys(connection: Connection, sought: Sought, after: Place | undefined, limit: number): Promise<RawBuilder<unknown>> {
  return connection.dialect === 'sqlite' ? keysInSqlite(connection, sought, after, limit) : keysInPostgres(sought, after, limit);
}

async function keysInSqlite(connection: Connection, sought: Sought, after: Place | undefined, limit: number): Promise<RawBuilder<unknown>> {
  const words = sought.terms.map((term) => `body : "${term.join(' ')}"`);
  const match = [...words, ...idWords(sought).map((word) => `ids : "${word}"`)].map((part) => `(${part})`).join(' AND ');
  const last = (after?.[0] as number | undefined) ?? TIME;
  const until = Math.min(sought.until === undefined ? TIME : await numbersBefore(connection, sought.until), last);
  const conditions = [sql`words match ${match}`, sql`words.rowid < ${integer(until)}`];
  if (sought.since !== undefined) conditions.push(sql`words.rowid >= ${integer(firstNumber(sought.since))}`);
  const numbers = sql`select words.rowid as at from words where ${sql.join(conditions, sql` and `)} order by words.rowid desc`;
  const columns = sql`select messages.record, messages.thread, messages.position, numbers.at`;
  if (sought.since === undefined && sought.until === undefined)
    return sql`${columns} from (${numbers} limit ${limit}) numbers join messages on messages.document = numbers.at`;
  // Numbers of one time may go on among those of the next: there the time itself decides.
  return sql`${columns} from (${numbers}) numbers cross join messages on messages.document = numbers.at
    where messages.written_at >= ${sought.since ?? -TIME} and messages.written_at < ${sought.until ?? TIME}
    order by numbers.at desc limit ${limit}`;
}

/** The index goes to a number at once where it is an integer; numbers are bound as what has a point. */
function integer(number: number): RawBuilder<number> {
  return sql`cast(${number} as integer)`;
}

function keysInPostgres(sought: Sought, after: Place | undefined, limit: number): RawBuilder<unknown> {
  const words = sought.terms.map(termInPostgres);
  const conditions: RawBuilder<unknown>[] = [sql`words @@ ${words.join(' & ')}::tsquery`];
  // PostgreSQL takes words that stand together to be as frequent as words that stand in one message, and would look for
  // them in one message after the other. Said twice, it takes them for as rare as they are.
  if (sought.terms.some((term) => term.length > 1)) {
    const all = sought.terms.flat().map((word) => `'${word}'`);
    conditions.push(sql`words @@ ${all.join(' & ')}::tsquery`);
  }
  if (sought.record !== undefined) conditions.push(sql`record = ${sought.record}`);
  if (sought.author !== undefined) conditions.push(sql`author_id = ${sought.author}`);
  if (sought.since !== undefined) conditions.push(sql`written_at >= ${sought.since}`);
  if (sought.until !== undefined) conditions.push(sql`written_at < ${sought.until}`);
  if (after !== undefined)
    conditions.push(sql`(written_at, record, thread, position) < (${after[0]}::bigint, ${after[1]}, ${after[2]}, ${after[3]}::integer)`);
  return sql`select record, thread, position, written_at as at from messages where ${sql.join(conditions, sql` and `)}
    order by written_at desc, record desc, thread desc, position desc limit ${limit} offset ${passedBy(after)}`;
}

/** Words that stand together: also in a message of which that is not known, if it has them all. */
function termInPostgres(term: readonly string[]): string {
  const [together, apart] = [' <-> ', ' & '].map((operator) => term.map((word) => `'${word}'`).join(operator));
  return term.length === 1 ? `${apart}` : `((${together}) | ('${UNPLACED}' & ${apart}))`;
}

function idWords({ record, author }: Sought): string[] {
  return [...(record === undefined ? [] : [idWord('record', record)]), ...(author === undefined ? [] : [idWord('author', author)])];
}

/** Whether messages are found by their words, and nothing else is: what full text keeps of a record's messages. */
import { randomInt } from 'node:crypto';
import { sql } from 'kysely';
import type { Connection } from './database.js';
import { idWords } from './full-text.js';
import { fullTextOf, UNKNOWN_PAIRS } from './postgres-words.js';
import { MESSAGE_COLUMNS, type MessageRow, type StoredMessageRow } from './tables.js';
import { idWord, wordsOf } from './words.js';

/** What full text has of a message (by thread and position), or of none (by the index's number). */
export interface WordsDifference {
  readonly key: readonly (string | number)[];
  readonly kind: 'unexplained' | 'missing' | 'different';
}

/** Looks at every message of a record: one look costs the more the more messages there are, so that all of them have one together. */
export function wordsDifferences(connection: Connection, record: string): Promise<WordsDifference[]> {
  return connection.dialect === 'sqlite' ? inSqlite(connection, record) : inPostgres(connection, record);
}

async function inSqlite(connection: Connection, record: string): Promise<WordsDifference[]> {
  const { kysely } = connection;
  const rows: readonly StoredMessageRow[] = await kysely.selectFrom('messages').selectAll().where('record', '=', record).execute();
  const match = `ids : "${idWord('record', record)}"`;
  const ofRecord = await sql<{ number: number }>`select rowid as number from words where words match ${match}`.execute(kysely);
  const unexplained = new Set(ofRecord.rows.map(({ number }) => number));
  const sums = placeSums(rows.map(({ document = -1 }) => document));
  for (const [index, row] of rows.entries()) {
    for (const [place, word] of wordsOf(row.body).entries()) sums.add(index, word, place * COLUMNS);
    for (const [place, word] of idWords(row).entries()) sums.add(index, word, place * COLUMNS + 1);
  }
  await takeIndexed(connection, record, sums);
  const differences: WordsDifference[] = [];
  for (const [index, { thread, position, document = -1 }] of rows.entries()) {
    const isThere = unexplained.delete(document);
    if (!isThere || !sums.isZero(index)) differences.push({ key: [thread, position], kind: isThere ? 'different' : 'missing' });
  }
  return [...differences, ...[...unexplained].map((document) => ({ key: [document], kind: 'unexplained' as const }))];
}

/** Of the index, its words and what else it finds messages by: a place is that in the column, and which of them. */
const COLUMNS = 2;

/** Takes away all that the index has of a record's messages: one row for each word, with the places where it stands. */
async function takeIndexed({ kysely }: Connection, record: string, sums: PlaceSums): Promise<void> {
  await sql`create virtual table if not exists temp.word_places using fts5vocab('main', 'words', 'instance')`.execute(kysely);
  const words = kysely
    .selectFrom(sql`temp.word_places`.as('found'))
    .select([
      sql<string>`term`.as('word'),
      sql<string>`json_group_array(doc)`.as('documents'),
      sql<string>`json_group_array(offset * ${COLUMNS} + (col = 'ids'))`.as('places'),
    ])
    .where(sql<number>`doc`, 'in', kysely.selectFrom('messages').select(sql<number>`document`.as('document')).where('record', '=', record))
    .groupBy(sql`term`)
    .stream();
  for await (const { word, documents, places } of words) {
    const at = JSON.parse(places) as readonly number[];
    for (const [index, document] of (JSON.parse(documents) as readonly number[]).entries()) sums.take(document, word, at[index] ?? -1);
  }
}

type PlaceSums = ReturnType<typeof placeSums>;

/**
 * For each message two sums over its words and where they stand, in which what
 * was added and what was taken away cancel out: of all messages at once, and
 * without keeping the places. Each word counts by a number of chance, so that
 * nobody can find a text that sums to the same as another.
 */
function placeSums(documents: readonly number[]) {
  const indexes = new Map(documents.map((document, index) => [document, index]));
  const [one, other] = [new Int32Array(documents.length), new Int32Array(documents.length)];
  const chances = new Map<string, { readonly low: number; readonly high: number }>();
  const add = (index: number, word: string, place: number, sign: 1 | -1): void => {
    let chance = chances.get(word);
    if (chance === undefined) {
      chance = { low: randomInt(2 ** 32) | 0, high: randomInt(2 ** 32) | 0 };
      chances.set(word, chance);
    }
    one[index] = (one[index] ?? 0) + sign * mixed(chance.low, place);
    other[index] = (other[index] ?? 0) + sign * mixed(chance.high, place);
  };
  return {
    add: (index: number, word: string, place: number) => add(index, word, place, 1),
    take(document: number, word: string, place: number) {
      const index = indexes.get(document);
      if (index !== undefined) add(index, word, place, -1);
    },
    isZero: (index: number) => one[index] === 0 && other[index] === 0,
  };
}

/** 32 bits that depend on all bits of both (the end of MurmurHash3). */
function mixed(chance: number, place: number): number {
  let bits = chance ^ Math.imul(place + 1, 0x9e3779b1);
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return bits ^ (bits >>> 16);
}

/** Messages that PostgreSQL compares with one statement. */
const TOGETHER = 500;

async function inPostgres({ kysely }: Connection, record: string): Promise<WordsDifference[]> {
  const rows: readonly MessageRow[] = await kysely.selectFrom('messages').select(MESSAGE_COLUMNS).where('record', '=', record).execute();
  const differences: WordsDifference[] = [];
  for (let at = 0; at < rows.length; at += TOGETHER) {
    const expected = rows.slice(at, at + TOGETHER).map((row) => ({ ...row, ...fullTextOf(row) }));
    const columns = [
      sql`${expected.map(({ thread }) => thread)}::text[]`,
      sql`${expected.map(({ position }) => position)}::bigint[]`,
      sql`${expected.map(({ words }) => words)}::text[]`,
      sql`${expected.map(({ pairs }) => `{${pairs.join(',')}}`)}::text[]`, // an array of arrays would want them all of one length
    ];
    const { rows: different } = await sql<{ thread: string; position: number }>`
      select stored.thread, stored.position
      from messages as stored
      join unnest(${sql.join(columns)}) as expected(thread, position, words, pairs)
        on stored.thread = expected.thread and stored.position = expected.position
      where stored.record = ${record} and not (
        stored.words = expected.words::tsvector and stored.pairs in (expected.pairs::integer[], ${[UNKNOWN_PAIRS]}::integer[])
      )
      order by stored.thread, stored.position`.execute(kysely);
    for (const { thread, position } of different) differences.push({ key: [thread, position], kind: 'different' });
  }
  return differences;
}

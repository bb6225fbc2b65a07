/** Whether messages are found by their words, and nothing else is: what full text keeps of a record's messages. */
import { hash, randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import type { Connection } from './database.js';
import { idWords } from './full-text.js';
import { pagesOf } from './pages.js';
import { fullTextOf, UNKNOWN_PAIRS } from './postgres-words.js';
import { MESSAGE_COLUMNS } from './tables.js';
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
  const match = `ids : "${idWord('record', record)}"`;
  const ofRecord = await sql<{ number: number }>`select rowid as number from words where words match ${match}`.execute(kysely);
  const unexplained = new Set(ofRecord.rows.map(({ number }) => number));
  const sums = placeSums();
  for await (const rows of pagesOf(kysely, 'messages', record, [...MESSAGE_COLUMNS, 'document'])) {
    for (const row of rows) {
      sums.add(row.document ?? -1, wordsOf(row.body), 0);
      sums.add(row.document ?? -1, idWords(row), 1);
    }
  }
  await takeIndexed(connection, record, sums);
  const differences: WordsDifference[] = [];
  for await (const rows of pagesOf(kysely, 'messages', record, ['thread', 'position', 'document'])) {
    for (const { thread, position, document = -1 } of rows) {
      const isThere = unexplained.delete(document);
      if (!isThere || !sums.isZero(document)) differences.push({ key: [thread, position], kind: isThere ? 'different' : 'missing' });
    }
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
 * without keeping their words or places. Each word counts by numbers that follow from
 * a secret, so that nobody can find a text that sums to the same as another.
 */
function placeSums() {
  const sums = new Map<number, { one: number; other: number }>();
  const chanceOf = wordChances();
  const count = (sum: { one: number; other: number }, word: string, place: number, sign: 1 | -1): void => {
    const { low, high } = chanceOf(word);
    sum.one = (sum.one + sign * mixed(low, place)) | 0;
    sum.other = (sum.other + sign * mixed(high, place)) | 0;
  };
  return {
    add(document: number, words: readonly string[], column: 0 | 1) {
      const sum = sums.get(document) ?? { one: 0, other: 0 };
      sums.set(document, sum);
      for (const [place, word] of words.entries()) count(sum, word, place * COLUMNS + column, 1);
    },
    take(document: number, word: string, place: number) {
      const sum = sums.get(document);
      if (sum !== undefined) count(sum, word, place, -1);
    },
    isZero(document: number) {
      const sum = sums.get(document);
      return sum?.one === 0 && sum.other === 0;
    },
  };
}

/** Words whose numbers are kept: a vocabulary has no bound. */
const KEPT_WORDS = 50_000;

/** Two numbers of 32 bits for each word, the same each time, which nobody else can know. */
function wordChances(): (word: string) => { readonly low: number; readonly high: number } {
  const secret = randomBytes(32).toString('hex');
  const known = new Map<string, { readonly low: number; readonly high: number }>();
  return (word) => {
    let chance = known.get(word);
    if (chance === undefined) {
      const digest = hash('sha256', secret + word, 'buffer');
      chance = { low: digest.readInt32LE(0), high: digest.readInt32LE(4) };
      if (known.size >= KEPT_WORDS) known.clear();
      known.set(word, chance);
    }
    return chance;
  };
}

/** 32 bits that depend on all bits of both (the end of MurmurHash3). */
function mixed(chance: number, place: number): number {
  let bits = chance ^ Math.imul(place + 1, 0x9e3779b1);
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return bits ^ (bits >>> 16);
}

async function inPostgres({ kysely }: Connection, record: string): Promise<WordsDifference[]> {
  const differences: WordsDifference[] = [];
  for await (const rows of pagesOf(kysely, 'messages', record, MESSAGE_COLUMNS)) {
    const expected = rows.map((row) => ({ ...row, ...fullTextOf(row) }));
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

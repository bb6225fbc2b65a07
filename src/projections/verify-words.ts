/** Whether messages are found by their words, and nothing else is: what full text keeps of a record's messages. */
import { sql } from 'kysely';
import type { Connection } from './database.js';
import { idWords } from './full-text.js';
import { fullTextOf, UNKNOWN_PAIRS } from './postgres-words.js';
import type { StoredMessageRow } from './tables.js';
import { idWord, wordsOf } from './words.js';

/** What full text has of a message (by thread and position), or of none (by the index's number). */
export interface WordsDifference {
  readonly key: readonly (string | number)[];
  readonly kind: 'unexplained' | 'missing' | 'different';
}

/** Words that are looked for together. */
const TOGETHER = 50;
/** Of a longer message it is not looked whether its words are in their order: each look goes through all places of a word. */
const MOST_IN_ORDER = 20_000;

/** Looks at every message of a record. In SQLite, where the index can't be read back, words that are too many in it are not seen. */
export async function wordsDifferences(connection: Connection, record: string): Promise<WordsDifference[]> {
  const rows = await connection.kysely.selectFrom('messages').selectAll().where('record', '=', record).execute();
  return connection.dialect === 'sqlite' ? inSqlite(connection, record, rows) : inPostgres(connection, rows);
}

async function inSqlite(connection: Connection, record: string, rows: readonly StoredMessageRow[]): Promise<WordsDifference[]> {
  const unexplained = new Set(await numbersWith(connection, `ids : "${idWord('record', record)}"`));
  const differences: WordsDifference[] = [];
  for (const row of rows) {
    const { thread, position, document = -1 } = row;
    const isThere = unexplained.delete(document);
    if (isThere && (await isFound(connection, row, document))) continue;
    differences.push({ key: [thread, position], kind: isThere ? 'different' : 'missing' });
  }
  return [...differences, ...[...unexplained].map((document) => ({ key: [document], kind: 'unexplained' as const }))];
}

/** By all its words, in their order where it is not too long, and by its ids. */
async function isFound(connection: Connection, row: StoredMessageRow, document: number): Promise<boolean> {
  const words = wordsOf(row.body);
  const matches = [
    idWords(row)
      .map((word) => `ids : "${word}"`)
      .join(' AND '),
  ];
  const inOrder = words.length <= MOST_IN_ORDER;
  const looked = inOrder ? words : [...new Set(words)];
  for (let at = 0; at < looked.length; at += TOGETHER) {
    const some = looked.slice(at, at + TOGETHER);
    matches.push(inOrder ? `body : "${some.join(' ')}"` : some.map((word) => `body : "${word}"`).join(' AND '));
  }
  for (const match of matches) if ((await numbersWith(connection, match, document)).length === 0) return false;
  return true;
}

async function numbersWith({ kysely }: Connection, match: string, document?: number): Promise<number[]> {
  // As an integer: otherwise the index goes through all that it has of these words, for each message once more.
  const one = document === undefined ? sql`` : sql`and rowid = cast(${document} as integer)`;
  const { rows } = await sql<{ number: number }>`select rowid as number from words where words match ${match} ${one}`.execute(kysely);
  return rows.map(({ number }) => number);
}

async function inPostgres({ kysely }: Connection, rows: readonly StoredMessageRow[]): Promise<WordsDifference[]> {
  const differences: WordsDifference[] = [];
  for (const row of rows) {
    const { record, thread, position } = row;
    const { words, pairs } = fullTextOf(row);
    const same = sql<boolean>`words = cast(${words} as tsvector) and pairs in (${pairs}::integer[], ${[UNKNOWN_PAIRS]}::integer[])`.as(
      'same',
    );
    const found = await kysely
      .selectFrom('messages')
      .select(same)
      .where('record', '=', record)
      .where('thread', '=', thread)
      .where('position', '=', position)
      .executeTakeFirst();
    if (found?.same !== true) differences.push({ key: [thread, position], kind: 'different' });
  }
  return differences;
}

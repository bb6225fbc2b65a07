/** Putting messages into the index of words, and taking them out. */
import { type SqlBool, sql } from 'kysely';
import type { Connection, Transaction } from './database.js';
import { fullTextOf } from './postgres-words.js';
import type { MessageRow, StoredMessageRow } from './tables.js';
import { asWords, idWord } from './words.js';

/**
 * So many messages of one millisecond have numbers of their own; further ones
 * get those of the next. A number is `written_at` times this and something
 * below it, so that the index, which goes by numbers, goes by time.
 */
export const NUMBERS = 1024;
/** Times outside 1970 to 2248 count as the first or the last of these: numbers stay exact. */
const LAST = Math.floor(Number.MAX_SAFE_INTEGER / NUMBERS) - NUMBERS;

/** The first number of a time. */
export function firstNumber(milliseconds: number): number {
  return Math.min(Math.max(milliseconds, 0), LAST) * NUMBERS;
}

/** So many times are looked at for where numbers of a former one end. */
const MOST_TIMES = 1000;

/** A number behind those of all messages that were written before a time: where more have one time than it has numbers, they go on among those of the next. */
export async function numbersBefore({ kysely }: Connection, milliseconds: number): Promise<number> {
  let end = firstNumber(Math.max(milliseconds, 1));
  for (let times = 0; times < MOST_TIMES && milliseconds <= LAST; times += 1) {
    const beyond = sql<SqlBool>`(document = ${end - 1} or written_at < ${milliseconds})`;
    const some = await kysely
      .selectFrom('messages')
      .select('document')
      .where('document', '>=', end - 1)
      .where('document', '<', end + NUMBERS)
      .where(beyond)
      .limit(1)
      .executeTakeFirst();
    if (some === undefined) return end;
    end += NUMBERS;
  }
  return Number.MAX_SAFE_INTEGER;
}

/** Stores messages, to be found by their words. `unindexed`: a bulk build makes the index at its end. */
export async function storeMessages(transaction: Transaction, rows: readonly MessageRow[], unindexed: boolean): Promise<void> {
  if (transaction.dialect === 'postgres') {
    return transaction.insert(
      'messages',
      rows.map((row): StoredMessageRow => ({ ...row, ...fullTextOf(row) })),
    );
  }
  if (unindexed) {
    return transaction.insert(
      'messages',
      rows.map((row): StoredMessageRow => ({ ...row, document: firstNumber(row.written_at) })),
    );
  }
  const numbered: (MessageRow & { document: number })[] = [];
  // The index takes ascending numbers best.
  for (const row of [...rows].sort((a, b) => a.written_at - b.written_at)) {
    const former = numbered.at(-1)?.document ?? -1;
    numbered.push({ ...row, document: await freeNumber(transaction, Math.max(firstNumber(row.written_at), former + 1)) });
  }
  await transaction.insert('messages', numbered);
  await transaction.insert('words', numbered.map(indexed));
}

/** What SQLite's index has of a message. */
export function indexed({
  document,
  body,
  record,
  author_id,
}: Pick<StoredMessageRow, 'body' | 'record' | 'author_id'> & { document: number }) {
  return { rowid: document, body: asWords(body), ids: idWords({ record, author_id }).join(' ') };
}

/** Takes a record's messages away. */
export async function deleteMessages({ dialect, kysely }: Connection, record: string): Promise<void> {
  if (dialect === 'sqlite')
    await sql`delete from words where rowid in (select document from messages where record = ${record})`.execute(kysely);
  await kysely.deleteFrom('messages').where('record', '=', record).execute();
}

/** The first number from one on that no message has. */
async function freeNumber({ kysely }: Connection, from: number): Promise<number> {
  const until = from - (from % NUMBERS) + NUMBERS;
  const taken = await kysely
    .selectFrom('messages')
    .select('document')
    .where('document', '>=', from)
    .where('document', '<', until)
    .orderBy('document', 'desc')
    .limit(1)
    .executeTakeFirst();
  if (taken?.document === undefined) return from;
  return taken.document + 1 < until ? taken.document + 1 : freeNumber({ dialect: 'sqlite', kysely }, until);
}

/** What SQLite's index finds a message by besides its words. */
export function idWords({ record, author_id }: Pick<MessageRow, 'record' | 'author_id'>): string[] {
  return [idWord('record', record), idWord('author', author_id)];
}

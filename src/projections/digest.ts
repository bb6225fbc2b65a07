import { createHash } from 'node:crypto';
import type { Connection } from './database.js';
import { pagesOf } from './pages.js';
import { HISTORY_KEYS, MESSAGE_COLUMNS, type Tables } from './tables.js';

type HistoryTable = keyof typeof HISTORY_KEYS;
const HISTORY_TABLES = Object.keys(HISTORY_KEYS) as HistoryTable[];

/** A row as it is compared: its columns in alphabetical order. */
export interface DigestedRow {
  readonly table: HistoryTable | 'projections';
  /** The values of its key after the record. */
  readonly key: readonly (string | number)[];
  /** All its values, as canonical JSON. */
  readonly text: string;
}

/**
 * SHA-256 over a record's rows, in hex. Rows follow from the record's commits,
 * the journal and the projection's version alone: however they came to be,
 * and on whichever database, the digest is the same. When it was projected and
 * how the index numbers messages is no part of it.
 */
export async function digestOf(database: Connection, record: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const { table, text } of digestedRows(database, record)) hash.update(`${table} ${text}\n`);
  return hash.digest('hex');
}

/** Every row that a record's digest is of, in order. */
export async function* digestedRows({ kysely }: Connection, record: string): AsyncGenerator<DigestedRow> {
  const state = await kysely
    .selectFrom('projections')
    .select(['kind', 'reached', 'seq', 'version'])
    .where('record', '=', record)
    .executeTakeFirst();
  if (state !== undefined) yield { table: 'projections', key: [], text: canonical(state, columnsOf(state)) };
  for (const table of HISTORY_TABLES) {
    const [, ...key] = HISTORY_KEYS[table] as readonly string[];
    let columns: string[] | undefined;
    const pages = table === 'messages' ? pagesOf(kysely, table, record, MESSAGE_COLUMNS) : pagesOf(kysely, table, record);
    for await (const rows of pages) {
      for (const row of rows as readonly Tables[HistoryTable][]) {
        columns ??= columnsOf(row);
        yield { table, key: key.map((column) => row[column as keyof typeof row] as string | number), text: canonical(row, columns) };
      }
    }
  }
}

/** In the order in which a row's text has them. */
function columnsOf(row: object): string[] {
  return Object.keys(row).sort();
}

function canonical(row: object, columns: string[]): string {
  return JSON.stringify(row, columns);
}

/** Places of tables in which rows come. */
const ORDER: readonly DigestedRow['table'][] = ['projections', ...HISTORY_TABLES];

/** How two rows come after one another, as both databases have it: below zero where the first comes first. */
export function compareKeys(one: DigestedRow, other: DigestedRow): number {
  if (one.table !== other.table) return ORDER.indexOf(one.table) - ORDER.indexOf(other.table);
  const differing = one.key.findIndex((part, index) => part !== other.key[index]);
  return differing < 0 ? 0 : compareParts(one.key[differing] ?? '', other.key[differing] ?? '');
}

/** Texts go by their bytes; JavaScript's own order is another. */
function compareParts(one: string | number, other: string | number): number {
  if (typeof one === 'number' && typeof other === 'number') return one - other;
  return Buffer.compare(Buffer.from(String(one)), Buffer.from(String(other)));
}

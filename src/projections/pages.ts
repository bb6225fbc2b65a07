/** A record's rows of one table, in the order of their keys: read page by page, so that those of a long record are never all in memory. */
import { type Kysely, sql } from 'kysely';
import { HISTORY_KEYS, type Tables } from './tables.js';

/** Rows of one page. A message may be as long as its thread's file. */
const PAGE = 100;

/** @param columns with those of the key after the record, by which the next page is found */
export async function* pagesOf<T extends keyof typeof HISTORY_KEYS, C extends keyof Tables[T] & string>(
  kysely: Kysely<Tables>,
  table: T,
  record: string,
  columns: readonly C[] | undefined = undefined,
): AsyncGenerator<readonly Pick<Tables[T], C>[]> {
  const [, ...key] = HISTORY_KEYS[table] as readonly string[];
  // What all tables have in common is enough to ask by; which columns a row then has, the caller said.
  let query = kysely
    .selectFrom(table as 'messages')
    .where('record', '=', record)
    .limit(PAGE);
  query = columns === undefined ? query.selectAll() : query.select(columns as readonly never[]);
  for (const column of key) query = query.orderBy(column as 'position');
  let page = query;
  for (;;) {
    const rows = (await page.execute()) as unknown as readonly Pick<Tables[T], C>[];
    if (rows.length > 0) yield rows;
    const last = rows.at(-1) as Readonly<Record<string, unknown>> | undefined;
    if (last === undefined || rows.length < PAGE) return;
    const after = sql<boolean>`(${sql.join(key.map((column) => sql.ref(column)))}) > (${sql.join(key.map((column) => last[column]))})`;
    page = query.where(after as never);
  }
}

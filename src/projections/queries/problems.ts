import type { Connection } from '../database.js';
import type { ProblemRow } from '../tables.js';
import { withoutThreads } from '../withheld-words.js';
import { type Answer, type Asking, answer, given, limitOf } from './answer.js';
import { INTEGER, readCursor, writeCursor } from './cursor.js';
import { idOf } from './search.js';

export interface ProblemsQuery extends Asking {
  readonly record?: string;
}

/**
 * What was found in records whose commits do not pass, record by record. Which thread it is in is said to who gives a reason. Throws `projections/cursor`, `projections/limit`, `projections/id`.
 */
export async function problems(connection: Connection, query: ProblemsQuery = {}): Promise<Answer<ProblemRow>> {
  const limit = limitOf(query);
  const asked = query.record === undefined ? undefined : idOf(query.record);
  const [record, number] = readCursor('problems', query.cursor, ['', INTEGER]) ?? ['', -1];
  let found = connection.kysely
    .selectFrom('problems')
    .selectAll()
    .orderBy('record')
    .orderBy('number')
    .limit(limit + 1);
  if (asked !== undefined) found = found.where('record', '=', asked);
  found = found.where((eb) =>
    eb.or([eb('record', '>', `${record}`), eb.and([eb('record', '=', `${record}`), eb('number', '>', Number(number))])]),
  );
  const rows = await found.execute();
  const items = rows.slice(0, limit).map((row) => (given(query.reason) ? row : withoutThread(row)));
  const last = items.at(-1);
  return answer(connection, items, {
    cursor: rows.length > limit && last !== undefined ? writeCursor('problems', [last.record, last.number]) : undefined,
    record: asked,
  });
}

function withoutThread({ path, message, ...row }: ProblemRow): ProblemRow {
  return { ...row, path: path === null ? null : withoutThreads(path), message: withoutThreads(message) };
}

import { type Expression, type SqlBool, sql } from 'kysely';
import type { Connection } from '../database.js';

/**
 * That columns have one of several combinations of values; numbers are
 * integers. All of them go as one parameter, or one for each column, so that
 * the statement is the same however many there are, and need not be prepared again.
 */
export function among(
  { dialect }: Connection,
  columns: readonly string[],
  values: readonly (readonly (string | number)[])[],
): Expression<SqlBool> {
  const parts = (values[0] ?? []).map((value, index) => ({ index, isNumber: typeof value === 'number' }));
  const list =
    dialect === 'sqlite'
      ? sql`select ${sql.join(parts.map(partInSqlite))} from json_each(${JSON.stringify(values)})`
      : sql`select * from unnest(${sql.join(parts.map(({ index, isNumber }) => sql`${values.map((row) => row[index])}::${isNumber ? sql`integer` : sql`text`}[]`))})`;
  return sql<SqlBool>`(${sql.join(columns.map((column) => sql.ref(column)))}) in (${list})`;
}

function partInSqlite({ index, isNumber }: { readonly index: number; readonly isNumber: boolean }) {
  const part = sql.raw(`value ->> ${index}`);
  return isNumber ? sql`cast(${part} as integer)` : part;
}

import { type Expression, type SqlBool, sql } from 'kysely';
import type { Connection } from '../database.js';

/**
 * That columns have one of several combinations of values; numbers are
 * integers. All of them go as one parameter, so that the statement is the same
 * however many there are, and need not be prepared again.
 */
export function among(
  { dialect }: Connection,
  columns: readonly string[],
  values: readonly (readonly (string | number)[])[],
): Expression<SqlBool> {
  const json = JSON.stringify(values);
  const [first = []] = values;
  const parts = first.map((value, index) => {
    const part = sql.raw(`value ->> ${index}`);
    return typeof value === 'number' ? sql`cast(${part} as integer)` : part;
  });
  const list = dialect === 'sqlite' ? sql`json_each(${json})` : sql`json_array_elements(cast(${json} as json))`;
  return sql<SqlBool>`(${sql.join(columns.map((column) => sql.ref(column)))}) in (select ${sql.join(parts)} from ${list})`;
}

/** Which messages correct a message: whoever reads it must know that there are any. */
import { type RawBuilder, sql } from 'kysely';
import type { Connection } from '../database.js';

/** Of one message so many are named. */
const MOST = 20;

/** A column of `messages`, for `readIds`: what corrects a row directly, later in the same thread. */
export function correctionIds({ dialect }: Connection) {
  const later = (pair: RawBuilder<unknown>) => sql`select ${pair} from messages later
    where later.record = messages.record and later.thread = messages.thread and later.corrects = messages.message
      and later.position > messages.position limit ${sql.lit(MOST)}`;
  const list =
    dialect === 'sqlite'
      ? sql<string | null>`(select json_group_array(json(pair)) from (${later(sql`json_array(later.position, later.message) as pair`)}))`
      : // Citus takes no column of the row into a statement within the statement.
        sql<string | null>`cast(array_to_json(array(${later(sql`json_build_array(later.position, later.message)`)})) as text)`;
  return list.as('corrections');
}

/** Their ids, oldest first. */
export function readIds(corrections: string | null): string[] {
  const found = JSON.parse(corrections ?? '[]') as [position: number, message: string][];
  return found.sort(([a], [b]) => a - b).map(([, message]) => message);
}

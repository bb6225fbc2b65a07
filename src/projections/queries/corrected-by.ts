/** Which messages correct a message: whoever reads it must know that there are any. */
import { sql } from 'kysely';
import type { Connection } from '../database.js';

/** Of one message so many are named. */
const MOST = 20;

/** A column of `messages`, for `readIds`: what corrects a row directly, later in the same thread. */
export function correctionIds({ dialect }: Connection) {
  const list =
    dialect === 'sqlite' ? sql`json_group_array(json_array(position, message))` : sql`json_agg(json_build_array(position, message))`;
  const some = sql`select later.position, later.message from messages later
    where later.record = messages.record and later.thread = messages.thread and later.corrects = messages.message
      and later.position > messages.position limit ${sql.lit(MOST)}`;
  return sql<string | null>`(select cast(${list} as text) from (${some}) found)`.as('corrections');
}

/** Their ids, oldest first. */
export function readIds(corrections: string | null): string[] {
  const found = JSON.parse(corrections ?? '[]') as [position: number, message: string][];
  return found.sort(([a], [b]) => a - b).map(([, message]) => message);
}

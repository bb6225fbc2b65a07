import { sql } from 'kysely';
import type { Connection } from '../database.js';
import { type Answer, type Asking, answer } from './answer.js';
import { readCursor, writeCursor } from './cursor.js';

/** An id that several messages have, in different threads; fresh ones are unique everywhere (FORMAT.md §3). */
export interface SharedId {
  readonly record: string;
  readonly thread: string;
  readonly position: number;
  readonly message: string;
}

/** So many ids are looked at by one query. */
const LOOKED_AT = 5000;

/** Message ids that were used twice, one item for each message, from one stretch of all ids: go on by the cursor to the end. Throws `projections/cursor`. */
export async function sharedIds(connection: Connection, { cursor }: Pick<Asking, 'cursor'> = {}): Promise<Answer<SharedId>> {
  const { kysely } = connection;
  const [after] = readCursor('shared-ids', cursor, ['']) ?? [''];
  const stretch = sql`select message from messages where message > ${after} order by message limit ${LOOKED_AT}`;
  const { rows } = await sql<{
    last: string | null;
    looked: number;
  }>`select max(message) as last, count(*) as looked from (${stretch}) stretch`.execute(kysely);
  const { last = null, looked = 0 } = rows[0] ?? {};
  if (last === null) return answer(connection, []);
  // To the stretch's last id, and all messages that have it.
  const twice = sql`select message from messages where message > ${after} and message <= ${last} group by message having count(*) > 1`;
  const shared =
    await sql<SharedId>`select record, thread, position, message from messages where message in (${twice}) order by message, record, thread, position`.execute(
      kysely,
    );
  return answer(connection, shared.rows, looked < LOOKED_AT ? {} : { cursor: writeCursor('shared-ids', [last]), cut: true });
}

import { type Expression, sql } from 'kysely';
import type { Connection } from '../database.js';
import { type Answer, type Asking, answer, visible } from './answer.js';
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

/**
 * Message ids that were used twice, one item for each message that may be
 * shown, from one stretch of all ids: go on by the cursor to the end.
 * Throws `projections/cursor`.
 */
export async function sharedIds(connection: Connection, query: Omit<Asking, 'limit'> = {}): Promise<Answer<SharedId>> {
  const { kysely } = connection;
  const [from] = readCursor('shared-ids', query.cursor, ['']) ?? [''];
  const stretch = sql`select message from messages where message >= ${from} order by message limit ${sql.lit(LOOKED_AT)}`;
  const { rows } = await sql<{
    last: string | null;
    looked: number;
  }>`select max(message) as last, count(*) as looked from (${stretch}) stretch`.execute(kysely);
  const { last = null, looked = 0 } = rows[0] ?? {};
  if (last === null) return answer(connection, []);
  // To the stretch's last id, and all messages that have it.
  const twice = sql<string>`(select message from messages where message >= ${from} and message <= ${last} group by message having count(*) > 1)`;
  const items = await sharing(connection, twice)
    .where((eb) => visible(eb, query))
    .execute();
  if (looked < LOOKED_AT) return answer(connection, items);
  const { rows: behind } = await sql<{ next: string | null }>`select min(message) as next from messages where message > ${last}`.execute(
    kysely,
  );
  const next = behind[0]?.next ?? null;
  return answer(connection, items, next === null ? {} : { cursor: writeCursor('shared-ids', [beginning(next, last)]), cut: true });
}

/** Where to go on behind an id: as much of the next one as tells them apart, since neither may be one that is shown. */
function beginning(next: string, id: string): string {
  let length = 1;
  while (next.slice(0, length) <= id) length += 1;
  return next.slice(0, length);
}

function sharing({ kysely }: Connection, ids: Expression<string>) {
  return kysely
    .selectFrom('messages')
    .innerJoin('threads', (join) => join.onRef('threads.record', '=', 'messages.record').onRef('threads.thread', '=', 'messages.thread'))
    .innerJoin('records', 'records.record', 'messages.record')
    .select(['messages.record', 'messages.thread', 'messages.position', 'messages.message'])
    .where('messages.message', 'in', ids)
    .orderBy('messages.message')
    .orderBy('messages.record')
    .orderBy('messages.thread')
    .orderBy('messages.position');
}

/** Message ids that several messages have, wherever those are: for who looks after the host. */
export interface IdsUsedTwice {
  /** So many; `capped`: so many at least. */
  readonly count: { readonly value: number; readonly capped: boolean };
  /** The messages of the first few, as far as they may be shown without a reason. */
  readonly first: readonly SharedId[];
}

/** So many messages' ids are looked at, so many that were used twice counted, and so many of these listed. */
const MOST_LOOKS = 2_000_000;
const MOST_COUNTED = 1000;
const LISTED = 5;
/** Messages of those. */
const MOST_LISTED = 20;

export async function idsUsedTwice(connection: Connection): Promise<IdsUsedTwice> {
  const { kysely } = connection;
  const some = sql`select message from messages order by message limit ${MOST_LOOKS}`;
  const { rows } = await sql<{
    message: string;
  }>`select message from (${some}) looked group by message having count(*) > 1 order by message limit ${MOST_COUNTED + 1}`.execute(kysely);
  const { rows: beyond } = await sql`select message from messages order by message limit 1 offset ${MOST_LOOKS}`.execute(kysely);
  const ids = rows.slice(0, LISTED).map(({ message }) => message);
  const first =
    ids.length === 0
      ? []
      : await sharing(connection, sql<string>`(${sql.join(ids)})`)
          .where((eb) => visible(eb, { archived: true }))
          .limit(MOST_LISTED)
          .execute();
  const count = { value: Math.min(rows.length, MOST_COUNTED), capped: rows.length > MOST_COUNTED || beyond.length > 0 };
  return { count, first };
}

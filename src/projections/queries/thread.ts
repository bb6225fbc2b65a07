import { sql } from 'kysely';
import { VprError } from '../../errors.js';
import type { Connection } from '../database.js';
import type { MessageRow } from '../tables.js';
import { among } from './among.js';
import { type Answer, type Asking, answer, limitOf, visible } from './answer.js';
import { INTEGER, readCursor, writeCursor } from './cursor.js';
import { idOf } from './search.js';
import { type ListedThread, listed } from './threads.js';

export interface ThreadQuery extends Asking {
  /** The thread's whole id. */
  readonly thread: string;
  /** Wanted where two records have a thread of that id. */
  readonly record?: string;
}

/** A message, with what corrects it in its place. */
export interface ShownMessage {
  readonly record: string;
  readonly position: number;
  readonly message: string;
  readonly author: { readonly id: string; readonly name: string; readonly role: string | null };
  readonly recordedBy: string | null;
  readonly timestamp: string;
  readonly writtenAt: number;
  readonly corrects: string | null;
  readonly body: string;
  /** The commit that brought it. */
  readonly commit: string;
  /** Oldest first; each may have been corrected in turn. */
  readonly corrections: readonly ShownMessage[];
}

export interface ThreadAnswer extends Answer<ShownMessage> {
  readonly thread: ListedThread;
}

/** Corrections that are shown on one page, however far they correct one another. */
const MOST_CORRECTIONS = 1000;

/**
 * A thread's messages in file order; a correction stands under what it corrects.
 *
 * @throws VprError `projections/unknown-thread`, `projections/which-thread`,
 * `projections/restricted`, `projections/cursor`, `projections/limit`, `projections/id`
 */
export async function thread(connection: Connection, query: ThreadQuery): Promise<ThreadAnswer> {
  const limit = limitOf(query);
  const found = await needThread(connection, query);
  const [after] = readCursor('thread', query.cursor, [INTEGER]) ?? [-1];
  const rows = await originals(connection, found, Number(after), limit + 1);
  const shown = rows.slice(0, limit);
  const { corrections, cut } = await correctionsOf(connection, found, shown);
  const last = shown.at(-1);
  const cursor = rows.length > limit && last !== undefined ? writeCursor('thread', [last.position]) : undefined;
  const [about] = await listed(connection, [found]);
  const items = shown.map((row) => withCorrections(row, corrections));
  return { ...(await answer(connection, items, { cursor, cut, record: found.record })), thread: about as ListedThread };
}

async function needThread({ kysely }: Connection, { thread: id, record, reason }: ThreadQuery) {
  const found = kysely
    .selectFrom('threads')
    .innerJoin('records', 'records.record', 'threads.record')
    .selectAll('threads')
    .select((eb) =>
      eb
        .case()
        .when(visible(eb, { archived: true, ...(reason === undefined ? {} : { reason }) }))
        .then(1)
        .else(0)
        .end()
        .as('shown'),
    )
    .where('threads.thread', '=', id)
    // That others have one of that id is said only of those that may be shown.
    .orderBy('shown', 'desc')
    .limit(sql.lit(2));
  const asking = record === undefined ? found : found.where('threads.record', '=', idOf(record));
  // PostgreSQL refuses a text with NUL; no id has one.
  const [row, other] = id.includes('\0') ? [] : await asking.execute();
  if (other?.shown === 1)
    throw new VprError('projections/which-thread', 'more than one record has a thread of that id', {
      help: ['say which is meant: --record RECORD'],
    });
  if (row === undefined)
    throw new VprError(
      'projections/unknown-thread',
      `the projection has no thread ${JSON.stringify(id)}${record === undefined ? '' : ` in the record ${record}`}`,
      { help: ['ids of threads: vpr threads --host DIR'] },
    );
  const { shown, ...asked } = row;
  if (shown !== 1)
    throw new VprError('projections/restricted', 'the thread is restricted, or its record is not to be queried', {
      help: ['say why it is needed: --reason TEXT'],
    });
  return asked;
}

type Row = MessageRow & { readonly id: string };
type Key = Pick<ListedThread, 'record' | 'thread'>;

function messagesOf({ kysely }: Connection, { record, thread: id }: Key) {
  return kysely
    .selectFrom('messages')
    .innerJoin('commits', (join) => join.onRef('commits.record', '=', 'messages.record').onRef('commits.seq', '=', 'messages.seq'))
    .select([
      'messages.record',
      'messages.thread',
      'messages.position',
      'messages.message',
      'messages.role',
      'messages.author_id',
      'messages.author_name',
      'messages.written_at',
      'messages.timestamp',
      'messages.corrects',
      'messages.body',
      'messages.seq',
      'messages.recorded_by',
      'commits.id',
    ])
    .where('messages.record', '=', record)
    .where('messages.thread', '=', id);
}

/** Messages that correct no earlier one of the thread. */
function originals(connection: Connection, key: Key, after: number, limit: number): Promise<Row[]> {
  return messagesOf(connection, key)
    .where('messages.position', '>', after)
    .where((eb) =>
      eb.or([
        eb('messages.corrects', 'is', null),
        eb.not(
          eb.exists(
            eb
              .selectFrom('messages as other')
              .select('other.position')
              .whereRef('other.message', '=', 'messages.corrects')
              .where('other.record', '=', key.record)
              .where('other.thread', '=', key.thread)
              .whereRef('other.position', '<', 'messages.position'),
          ),
        ),
      ]),
    )
    .orderBy('messages.position')
    .limit(sql.lit(limit))
    .execute();
}

/** Everything that corrects some messages, and what corrects that, by the corrected message's id. */
async function correctionsOf(connection: Connection, key: Key, rows: readonly Row[]) {
  const corrections = new Map<string, Row[]>();
  if (rows.length === 0) return { corrections, cut: false };
  const { record, thread: id } = key;
  const corrected = among(
    connection,
    ['corrects'],
    rows.map(({ message }) => [message]),
  );
  const chain = sql<{ position: number }>`with recursive chain (position, message) as (
      select position, message from messages
      where record = ${record} and thread = ${id} and ${corrected}
      union all
      select next.position, next.message from chain
      join messages next on next.record = ${record} and next.thread = ${id} and next.corrects = chain.message and next.position > chain.position
    ) select position from chain limit ${sql.lit(MOST_CORRECTIONS + 1)}`;
  const places = (await chain.execute(connection.kysely)).rows.map(({ position }) => [position]);
  if (places.length === 0) return { corrections, cut: false };
  const found = await messagesOf(connection, key)
    .where(among(connection, ['messages.position'], places))
    .orderBy('messages.position')
    .execute();
  for (const row of found) corrections.set(row.corrects ?? '', [...(corrections.get(row.corrects ?? '') ?? []), row]);
  return { corrections, cut: places.length > MOST_CORRECTIONS };
}

function withCorrections(row: Row, corrections: ReadonlyMap<string, readonly Row[]>): ShownMessage {
  const { author_id, author_name, role, recorded_by, written_at, id, thread: _, seq: __, ...rest } = row;
  const own = (corrections.get(row.message) ?? []).filter(({ position }) => position > row.position);
  return {
    ...rest,
    author: { id: author_id, name: author_name, role },
    recordedBy: recorded_by,
    writtenAt: written_at,
    commit: id,
    corrections: own.map((correction) => withCorrections(correction, corrections)),
  };
}

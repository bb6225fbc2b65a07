import { type ExpressionBuilder, sql } from 'kysely';
import { VprError } from '../../errors.js';
import type { Connection } from '../database.js';
import type { ParticipantRow, Tables, ThreadRow } from '../tables.js';
import { among } from './among.js';
import { type Answer, type Asking, answer, limitOf, needRecord, visible } from './answer.js';
import { type AsAnswered, asAnswered } from './as-answered.js';
import { PASSED, type Place, passedBy, passing, reachable, readCursor, TIME, writeCursor } from './cursor.js';
import { idOf } from './search.js';

export interface ThreadsQuery extends Asking {
  readonly record?: string;
  /** Threads in which somebody takes part now: a participant id. */
  readonly participant?: string;
  readonly status?: 'open' | 'closed' | 'archived';
}

/** A thread with those who take part in it now. */
export interface ListedThread extends AsAnswered<ThreadRow> {
  /** The commit that last changed it. */
  readonly commit: string;
  readonly participants: readonly Omit<ParticipantRow, 'record' | 'thread' | 'until_seq'>[];
}

/** So many threads are looked at by one query. */
const MOST_LOOKS = 1000;
/** So many more than are wanted at first: some may not be shown. */
const MARGIN = 5;
/** Somebody with fewer threads than this has them sorted; of others, the newest threads are looked through for theirs. */
const FEW = 500;

/** Threads by last activity, the latest first. Throws `projections/cursor`, `projections/limit`, `projections/id`, and as `needRecord` does. */
export async function threads(connection: Connection, query: ThreadsQuery): Promise<Answer<ListedThread>> {
  const limit = limitOf(query);
  const asked = {
    ...query,
    // Who asks for archived ones means them.
    archived: query.archived === true || query.status === 'archived',
    ...(query.record === undefined ? {} : { record: idOf(query.record) }),
    ...(query.participant === undefined ? {} : { participant: idOf(query.participant) }),
  };
  if (asked.status !== undefined && !['open', 'closed', 'archived'].includes(asked.status))
    throw new VprError('projections/status', 'a thread is open, closed or archived');
  if (asked.record !== undefined) await needRecord(connection, asked.record, asked);
  const after = readCursor('threads', query.cursor, [TIME, '', '', PASSED]);
  const found = await lookThrough(connection, asked, after, limit);
  const items = await listed(connection, found.threads);
  const cursor = found.more === undefined ? undefined : writeCursor('threads', found.more);
  return answer(connection, items, { cursor, cut: found.cut, record: asked.record });
}

interface Found {
  readonly threads: readonly ThreadRow[];
  readonly more?: Place;
  readonly cut: boolean;
}

async function lookThrough(connection: Connection, asked: ThreadsQuery, after: Place | undefined, limit: number): Promise<Found> {
  const few = asked.participant !== undefined && (await threadCount(connection, asked.participant)) <= FEW;
  const kept: ThreadRow[] = [];
  let last = after;
  let told = after;
  let looks = 0;
  for (let batch = limit + MARGIN; looks < MOST_LOOKS; batch *= 4) {
    const size = Math.min(batch, MOST_LOOKS - looks);
    const rows = await nextThreads(connection, asked, few, last, size);
    for (const { fits, ...row } of rows) {
      if (fits) {
        if (kept.length === limit) return { threads: kept, ...behind(kept), cut: false };
        kept.push(row);
      }
      last = placeOf(row);
      // Of a thread that may not be shown nothing but its time is handed out.
      told = fits ? last : passing(told, last);
    }
    looks += rows.length;
    if (rows.length < size) return { threads: kept, cut: false };
  }
  if (kept.length === limit) return { threads: kept, ...behind(kept), cut: false };
  return { threads: kept, ...reachable(told), cut: true };
}

function behind(rows: readonly ThreadRow[]): { readonly more?: Place } {
  const last = rows.at(-1);
  return last === undefined ? {} : { more: placeOf(last) };
}

function placeOf({ last_updated_at, record, thread }: ThreadRow): Place {
  return [last_updated_at, record, thread, 0];
}

async function threadCount({ kysely }: Connection, participant: string): Promise<number> {
  const some = kysely
    .selectFrom('participants')
    .select('record')
    .where('participant', '=', participant)
    .limit(sql.lit(FEW + 1))
    .as('some');
  const { count } = await kysely
    .selectFrom(some)
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow();
  return count;
}

/** Threads in order, each with whether it is one that is wanted. */
async function nextThreads({ kysely }: Connection, asked: ThreadsQuery, few: boolean, after: Place | undefined, limit: number) {
  let query = kysely
    .selectFrom('threads')
    .innerJoin('records', 'records.record', 'threads.record')
    .selectAll('threads')
    .select((eb) => wanted(eb, asked, few))
    .orderBy('threads.last_updated_at', 'desc')
    .orderBy('threads.record', 'desc')
    .orderBy('threads.thread', 'desc')
    .limit(sql.lit(limit))
    .offset(passedBy(after));
  if (asked.record !== undefined) query = query.where('threads.record', '=', asked.record);
  if (asked.status !== undefined) query = query.where('threads.status', '=', asked.status);
  if (after !== undefined)
    query = query.where(
      sql<boolean>`(threads.last_updated_at, threads.record, threads.thread) < (cast(${after[0]} as bigint), ${after[1]}, ${after[2]})`,
    );
  if (few && asked.participant !== undefined) {
    const theirs = sql`select record, thread from participants where participant = ${asked.participant} and until_seq is null`;
    query = query.where(sql<boolean>`(threads.record, threads.thread) in (${theirs})`);
  }
  const rows = await query.execute();
  return rows.map(({ fits, ...row }) => ({ ...row, fits: fits === 1 }));
}

function wanted(eb: ExpressionBuilder<Tables, 'threads' | 'records'>, asked: ThreadsQuery, few: boolean) {
  const shown = visible(eb, asked);
  const theirs = eb.exists(
    eb
      .selectFrom('participants')
      .select('participants.record')
      .whereRef('participants.record', '=', 'threads.record')
      .whereRef('participants.thread', '=', 'threads.thread')
      .where('participants.participant', '=', asked.participant ?? '')
      .where('participants.until_seq', 'is', null)
      // For each thread that is looked at: without the offset PostgreSQL would first gather all threads that they take part in.
      .limit(sql.lit(1))
      .offset(sql.lit(0)),
  );
  const condition = asked.participant === undefined || few ? shown : eb.and([shown, theirs]);
  return eb.case().when(condition).then(sql<number>`1`).else(sql<number>`0`).end().as('fits');
}

/** Threads with who takes part now, and what changed them. */
export async function listed(connection: Connection, rows: readonly ThreadRow[]): Promise<ListedThread[]> {
  const participants = await participantsOf(connection, rows);
  const commits = await commitsOf(connection, rows);
  return rows.map((row) => ({
    ...asAnswered(row),
    commit: commits.get(`${row.record} ${row.changed_seq}`) ?? '',
    participants: participants.get(`${row.record} ${row.thread}`) ?? [],
  }));
}

async function commitsOf({ kysely, dialect }: Connection, rows: readonly ThreadRow[]): Promise<ReadonlyMap<string, string>> {
  if (rows.length === 0) return new Map();
  const keys = rows.map(({ record, changed_seq }) => [record, changed_seq] as const);
  const found = await kysely
    .selectFrom('commits')
    .select(['record', 'seq', 'id'])
    .where(among({ dialect, kysely }, ['record', 'seq'], keys))
    .execute();
  return new Map(found.map(({ record, seq, id }) => [`${record} ${seq}`, id]));
}

/** Who takes part now, by `record thread`. */
async function participantsOf(connection: Connection, rows: readonly ThreadRow[]) {
  const found = new Map<string, ListedThread['participants'][number][]>();
  if (rows.length === 0) return found;
  const participants = await connection.kysely
    .selectFrom('participants')
    .selectAll()
    .where(
      among(
        connection,
        ['record', 'thread'],
        rows.map(({ record, thread }) => [record, thread]),
      ),
    )
    .where('until_seq', 'is', null)
    .orderBy('from_seq')
    .orderBy('participant')
    .execute();
  for (const { record, thread, until_seq: _, ...row } of participants) {
    const key = `${record} ${thread}`;
    const known = found.get(key) ?? [];
    if (known.length === 0) found.set(key, known);
    known.push(row);
  }
  return found;
}

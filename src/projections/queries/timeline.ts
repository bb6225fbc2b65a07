import type { Connection } from '../database.js';
import type { CommitRow, LedgerVersionRow, StatusVersionRow } from '../tables.js';
import { type Answer, type Asking, answer, limitOf, needRecord, visible } from './answer.js';
import { readCursor, writeCursor } from './cursor.js';
import { idOf } from './search.js';

export interface TimelineQuery extends Asking {
  readonly record: string;
}

/** A message as a timeline lists it, without its text. */
export interface TimelineMessage {
  readonly thread: string;
  readonly position: number;
  readonly message: string;
  readonly author: { readonly id: string; readonly name: string; readonly role: string | null };
  readonly recordedBy: string | null;
  readonly writtenAt: number;
  readonly corrects: string | null;
}

/** What one commit did. */
export interface TimelineEntry {
  readonly record: string;
  readonly commit: Omit<CommitRow, 'record' | 'registrations'> & { readonly registrations: readonly string[] };
  readonly messages: readonly TimelineMessage[];
  /** What ledgers said from then on, where it is not only their time. */
  readonly ledgers: readonly Omit<LedgerVersionRow, 'record' | 'seq'>[];
  /** What the status file said from then on, where it changed. */
  readonly status?: Omit<StatusVersionRow, 'record' | 'seq'>;
}

/** So many messages are listed on one page. */
const MOST_MESSAGES = 1000;

/**
 * A record's commits, newest first, with what each did. Left out is what
 * belongs to threads that may not be shown, and a commit that did nothing else.
 * Throws as `needRecord` does, `projections/cursor`, `projections/limit`, `projections/id`.
 */
export async function timeline(connection: Connection, query: TimelineQuery): Promise<Answer<TimelineEntry>> {
  const { kysely } = connection;
  const record = idOf(query.record);
  const limit = limitOf(query);
  await needRecord(connection, record, query);
  const [before] = readCursor('timeline', query.cursor, [0]) ?? [Number.MAX_SAFE_INTEGER];
  const found = await kysely
    .selectFrom('commits')
    .selectAll()
    .where('record', '=', record)
    .where('seq', '<', Math.min(Number(before), LARGEST))
    .orderBy('seq', 'desc')
    .limit(limit + 1)
    .execute();
  const commits = found.slice(0, limit);
  const range = { from: commits.at(-1)?.seq ?? 0, to: commits[0]?.seq ?? -1 };
  const [messages, ledgers, statuses] = await Promise.all([
    messagesIn(connection, record, range),
    ledgersIn(connection, record, range),
    kysely
      .selectFrom('status_versions')
      .selectAll()
      .where('record', '=', record)
      .where('seq', '>=', range.from)
      .where('seq', '<=', range.to)
      .execute(),
  ]);
  const shown = await shownThreads(connection, record, [...new Set([...messages, ...ledgers].map(({ thread }) => thread))], query);
  const items = commits.flatMap((commit): TimelineEntry[] => {
    const touched = [messages, ledgers].map((rows) => rows.filter(({ seq }) => seq === commit.seq));
    const [own, versions] = [messages, ledgers].map((rows) =>
      rows.filter(({ seq, thread }) => seq === commit.seq && shown.has(thread)),
    ) as [typeof messages, typeof ledgers];
    const status = statuses.find(({ seq }) => seq === commit.seq);
    const hidden = touched.some(({ length }) => length > 0) && own.length + versions.length === 0 && status === undefined;
    return hidden ? [] : [entry(commit, own, versions, status)];
  });
  const last = commits.at(-1);
  const cursor = found.length > limit && last !== undefined ? writeCursor('timeline', [last.seq]) : undefined;
  return answer(connection, items, { cursor, cut: messages.length === MOST_MESSAGES || items.length < commits.length, record });
}

/** PostgreSQL's largest `integer`. */
const LARGEST = 2 ** 31 - 1;

interface Range {
  readonly from: number;
  readonly to: number;
}

function messagesIn({ kysely }: Connection, record: string, { from, to }: Range) {
  return kysely
    .selectFrom('messages')
    .select(['thread', 'position', 'message', 'author_id', 'author_name', 'role', 'recorded_by', 'written_at', 'corrects', 'seq'])
    .where('record', '=', record)
    .where('seq', '>=', from)
    .where('seq', '<=', to)
    .orderBy('seq', 'desc')
    .limit(MOST_MESSAGES)
    .execute();
}

function ledgersIn({ kysely }: Connection, record: string, { from, to }: Range) {
  return kysely
    .selectFrom('ledger_versions')
    .selectAll()
    .where('record', '=', record)
    .where('seq', '>=', from)
    .where('seq', '<=', to)
    .orderBy('seq', 'desc')
    .limit(MOST_MESSAGES)
    .execute();
}

async function shownThreads(
  { kysely }: Connection,
  record: string,
  threads: readonly string[],
  asking: Asking,
): Promise<ReadonlySet<string>> {
  if (threads.length === 0) return new Set();
  const rows = await kysely
    .selectFrom('threads')
    .innerJoin('records', 'records.record', 'threads.record')
    .select('threads.thread')
    .where('threads.record', '=', record)
    .where('threads.thread', 'in', threads)
    .where((eb) => visible(eb, asking))
    .execute();
  return new Set(rows.map(({ thread }) => thread));
}

function entry(
  { record, registrations, ...commit }: CommitRow,
  messages: Awaited<ReturnType<typeof messagesIn>>,
  ledgers: readonly LedgerVersionRow[],
  status: StatusVersionRow | undefined,
): TimelineEntry {
  const said = status === undefined ? undefined : without(status);
  return {
    record,
    commit: { ...commit, registrations: JSON.parse(registrations) as string[] },
    messages: messages
      .map(({ author_id, author_name, role, recorded_by, written_at, seq: _, ...message }) => ({
        ...message,
        author: { id: author_id, name: author_name, role },
        recordedBy: recorded_by,
        writtenAt: written_at,
      }))
      .sort((a, b) => (a.thread === b.thread ? a.position - b.position : a.thread < b.thread ? -1 : 1)),
    ledgers: ledgers.map(without),
    ...(said === undefined ? {} : { status: said }),
  };
}

function without<T extends { record: string; seq: number }>({ record: _, seq: __, ...rest }: T): Omit<T, 'record' | 'seq'> {
  return rest;
}

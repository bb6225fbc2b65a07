import { sql } from 'kysely';
import type { Connection } from '../database.js';
import type { CommitRow, LedgerVersionRow, StatusVersionRow } from '../tables.js';
import { type Answer, type Asking, answer, given, limitOf, needRecord } from './answer.js';
import { type AsAnswered, asAnswered } from './as-answered.js';
import { correctionIds, readIds } from './corrected-by.js';
import { INTEGER, readCursor, writeCursor } from './cursor.js';
import { idOf } from './search.js';
import { placeOf, shownThreads } from './shown.js';

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
  /** The messages that correct it, oldest first; twenty at most. */
  readonly correctedBy: readonly string[];
}

/** What one commit did. */
export interface TimelineEntry {
  readonly record: string;
  readonly commit: Omit<CommitRow, 'record' | 'registrations'> & { readonly registrations: readonly string[] };
  readonly messages: readonly TimelineMessage[];
  /** What ledgers said from then on, where it is not only their time. */
  readonly ledgers: readonly AsAnswered<Omit<LedgerVersionRow, 'record' | 'seq'>>[];
  /** What the status file said from then on, where it changed. */
  readonly status?: AsAnswered<Omit<StatusVersionRow, 'record' | 'seq'>>;
}

/** So many messages are read for one page, and so many versions of ledgers. */
const MOST_ROWS = 1000;

/**
 * A record's commits, newest first, with what each did. Left out is what
 * belongs to threads that may not be shown. Without a reason a commit is listed
 * only where it did something that may be shown: of what moves nothing but a
 * ledger's time nothing tells whose. With one, all are but those that did
 * something in archived threads alone.
 * Throws as `needRecord` does, `projections/cursor`, `projections/limit`, `projections/id`.
 */
export async function timeline(connection: Connection, query: TimelineQuery): Promise<Answer<TimelineEntry>> {
  const { kysely } = connection;
  const record = idOf(query.record);
  const limit = limitOf(query);
  await needRecord(connection, record, query);
  const [before = INTEGER] = readCursor('timeline', query.cursor, [INTEGER]) ?? [];
  const found = await kysely
    .selectFrom('commits')
    .selectAll()
    .where('record', '=', record)
    .where('seq', '<', Number(before))
    .orderBy('seq', 'desc')
    .limit(sql.lit(limit + 1))
    .execute();
  const wanted = found.slice(0, limit);
  const range = { from: wanted.at(-1)?.seq ?? 0, to: wanted[0]?.seq ?? -1 };
  // One after the other: a snapshot is one connection.
  const messages = await messagesIn(connection, record, range);
  const ledgers = await ledgersIn(connection, record, range);
  const statuses = await kysely
    .selectFrom('status_versions')
    .selectAll()
    .where('record', '=', record)
    .where('seq', '>=', range.from)
    .where('seq', '<=', range.to)
    .execute();
  const shown = await shownThreads(
    connection,
    [...messages, ...ledgers].map(({ thread }) => ({ record, thread })),
    query,
  );
  const whole = Math.max(firstWhole(messages), firstWhole(ledgers));
  // One commit with more than is read is shown with as much.
  const commits = wanted.filter(({ seq }, index) => index === 0 || seq >= whole);
  const items = commits.flatMap((commit): TimelineEntry[] => {
    const did = { messages: messages.filter(({ seq }) => seq === commit.seq), ledgers: ledgers.filter(({ seq }) => seq === commit.seq) };
    const own = {
      messages: did.messages.filter(({ thread }) => shown.has(placeOf({ record, thread }))),
      ledgers: did.ledgers.filter(({ thread }) => shown.has(placeOf({ record, thread }))),
      status: statuses.find(({ seq }) => seq === commit.seq),
    };
    const [all, left] = [did, own].map((rows) => rows.messages.length + rows.ledgers.length) as [number, number];
    const nothing = left === 0 && own.status === undefined;
    if (nothing && (all > 0 || !given(query.reason))) return [];
    return [entry(left === all && commit.seq >= whole ? commit : { ...commit, ...UNTOLD }, own)];
  });
  const last = commits.at(-1);
  const cursor = found.length > commits.length && last !== undefined ? writeCursor('timeline', [last.seq]) : undefined;
  return answer(connection, items, { cursor, cut: items.length < wanted.length || (last?.seq ?? whole) < whole, record });
}

/** What a commit says that belongs to what it did in threads that are not shown. */
const UNTOLD = { care_location: null, on_behalf_of: null };

/** The first commit of whose rows none is missing: those of the last one may go on behind the bound. */
function firstWhole(rows: readonly { readonly seq: number }[]): number {
  const last = rows.length > MOST_ROWS ? rows.at(-1) : undefined;
  return last === undefined ? 0 : last.seq + 1;
}

interface Range {
  readonly from: number;
  readonly to: number;
}

function messagesIn(connection: Connection, record: string, { from, to }: Range) {
  return connection.kysely
    .selectFrom('messages')
    .select(correctionIds(connection))
    .select(['thread', 'position', 'message', 'author_id', 'author_name', 'role', 'recorded_by', 'written_at', 'corrects', 'seq'])
    .where('record', '=', record)
    .where('seq', '>=', from)
    .where('seq', '<=', to)
    .orderBy('seq', 'desc')
    .limit(sql.lit(MOST_ROWS + 1))
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
    .limit(sql.lit(MOST_ROWS + 1))
    .execute();
}

function entry(
  { record, registrations, ...commit }: CommitRow,
  {
    messages,
    ledgers,
    status,
  }: {
    readonly messages: Awaited<ReturnType<typeof messagesIn>>;
    readonly ledgers: readonly LedgerVersionRow[];
    readonly status: StatusVersionRow | undefined;
  },
): TimelineEntry {
  return {
    record,
    commit: { ...commit, registrations: JSON.parse(registrations) as string[] },
    messages: messages
      .map(({ author_id, author_name, role, recorded_by, written_at, corrections, seq: _, ...message }) => ({
        ...message,
        author: { id: author_id, name: author_name, role },
        recordedBy: recorded_by,
        writtenAt: written_at,
        correctedBy: readIds(corrections),
      }))
      .sort((a, b) => (a.thread === b.thread ? a.position - b.position : a.thread < b.thread ? -1 : 1)),
    ledgers: ledgers.map(settings).sort((a, b) => (a.thread < b.thread ? -1 : 1)),
    ...(status === undefined ? {} : { status: settings(status) }),
  };
}

/** What a version says, apart from where it stands. */
function settings<T extends { record: string; seq: number }>({ record: _, seq: __, ...rest }: T): AsAnswered<Omit<T, 'record' | 'seq'>> {
  return asAnswered(rest);
}

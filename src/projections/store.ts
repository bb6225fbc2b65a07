/** Writing what changes in a record's rows, in one transaction with the commit that is then reached. */
import type { Changes } from './changes.js';
import type { Connection, Transaction } from './database.js';
import { deleteMessages, storeMessages } from './full-text.js';
import { type CommitRow, HISTORY_KEYS, type ProjectionRow, type RecordRow, type ThreadRow } from './tables.js';

/** The rows' own version: of an older one, watchers have all rows made anew. Raise it when a row says something else than before. */
export const PROJECTION_VERSION = 2;

/** A step of a record's projection. */
export interface Advance {
  readonly changes: Changes;
  /** What had been reached; null for nothing. */
  readonly from: string | null;
  /** Begins at the root: what there is of the record goes. */
  readonly anew: boolean;
  /**
   * Belongs to rows that are being made from the root on, and isn't the last: a former main may show what was
   * restricted since, so that of such rows nothing is answered.
   */
  readonly partial: boolean;
  /** Threads that main restricts above what is stored, an empty id for the whole record: not to be shown from the first moment on. */
  readonly hidden?: readonly string[];
}

/** The tables that say something of a record as long as it is held. */
export const WHILE_HELD = ['problems', 'hidden'] as const;

/** What is known of a record; undefined where it was never come to. */
export function stateOf({ kysely }: Pick<Connection, 'kysely'>, record: string): Promise<ProjectionRow | undefined> {
  return kysely.selectFrom('projections').selectAll().where('record', '=', record).executeTakeFirst();
}

/** Stores a step. False, and nothing is changed, where somebody else has projected the record meanwhile. `bulk`: into a database that is being built. */
export async function storeAdvance(
  transaction: Transaction,
  { changes, from, anew, partial, hidden = [] }: Advance,
  now: Date,
  bulk: boolean,
): Promise<boolean> {
  const { kysely } = transaction;
  const { record } = changes.record;
  const tip = changes.commits.at(-1);
  if (tip === undefined) return true;
  if (!bulk) {
    await transaction.lock(record);
    const state = await stateOf(transaction, record);
    if ((state?.reached ?? null) !== from) return false;
    if (anew && state !== undefined) await deleteHistory(transaction, record);
    else await kysely.deleteFrom('records').where('record', '=', record).execute();
    await kysely.deleteFrom('projections').where('record', '=', record).execute();
    for (const table of WHILE_HELD) await kysely.deleteFrom(table).where('record', '=', record).execute();
  } else if (!anew) {
    for (const table of ['records', 'projections', 'hidden'] as const)
      await kysely.deleteFrom(table).where('record', '=', record).execute();
  }
  await transaction.insert('records', [partial ? { ...changes.record, record_queryable: 0 } : changes.record]);
  await transaction.insert('commits', changes.commits);
  await transaction.insert('status_versions', changes.statusVersions);
  await transaction.insert('threads', changes.opened);
  for (const thread of changes.changed) await changeThread(transaction, thread);
  await transaction.insert('ledger_versions', changes.ledgerVersions);
  for (const { thread, participant, until_seq } of changes.participants.ended) {
    await kysely
      .updateTable('participants')
      .set({ until_seq })
      .where('record', '=', record)
      .where('thread', '=', thread)
      .where('participant', '=', participant)
      .where('until_seq', 'is', null)
      .execute();
  }
  await transaction.insert('participants', changes.participants.rows);
  await storeMessages(transaction, changes.messages, bulk);
  await transaction.insert(
    'hidden',
    hidden.map((thread) => ({ record, thread })),
  );
  await transaction.insert('projections', [reached(changes.record, tip, partial, now)]);
  return true;
}

function reached({ record, kind }: RecordRow, { id, seq }: CommitRow, partial: boolean, now: Date): ProjectionRow {
  return {
    record,
    kind,
    reached: id,
    seq,
    version: PROJECTION_VERSION,
    projected_at: now.getTime(),
    state: partial ? 'partial' : 'current',
    reason: partial ? 'it is being projected from its first commit on' : null,
    attempts: 0,
    next_try_at: null,
  };
}

async function changeThread({ kysely }: Transaction, { record, thread, opened_seq: _, ...row }: ThreadRow): Promise<void> {
  await kysely.updateTable('threads').set(row).where('record', '=', record).where('thread', '=', thread).execute();
}

/** Takes all rows of a record's history away. */
export async function deleteHistory(transaction: Transaction, record: string): Promise<void> {
  await deleteMessages(transaction, record);
  for (const table of Object.keys(HISTORY_KEYS) as (keyof typeof HISTORY_KEYS)[])
    if (table !== 'messages') await transaction.kysely.deleteFrom(table).where('record', '=', record).execute();
}

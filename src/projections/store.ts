/** Writing what changes in a record's rows, in one transaction with the commit that is then reached. */
import type { Changes } from './changes.js';
import type { Transaction } from './database.js';
import { deleteMessages, storeMessages } from './full-text.js';
import { HISTORY_KEYS, type ProjectionRow, type ThreadRow } from './tables.js';

/** The rows' own version: of an older one, watchers have all rows made anew. Raise it when a row says something else than before. */
export const PROJECTION_VERSION = 1;

/** A step of a record's projection. */
export interface Advance {
  readonly changes: Changes;
  /** What had been reached; null for nothing. */
  readonly from: string | null;
  /** Begins at the root: what there is of the record goes. */
  readonly anew: boolean;
}

/** Stores a step. False, and nothing is changed, where somebody else has projected the record meanwhile. `bulk`: into a database that is being built. */
export async function storeAdvance(transaction: Transaction, { changes, from, anew }: Advance, now: Date, bulk: boolean): Promise<boolean> {
  const { kysely } = transaction;
  const { record, kind } = changes.record;
  const tip = changes.commits.at(-1);
  if (tip === undefined) return true;
  if (!bulk) {
    await transaction.lock(record);
    const state = await kysely.selectFrom('projections').selectAll().where('record', '=', record).executeTakeFirst();
    if ((state?.reached ?? null) !== from) return false;
    if (anew && state !== undefined) await deleteHistory(transaction, record);
    else await kysely.deleteFrom('records').where('record', '=', record).execute();
    await kysely.deleteFrom('projections').where('record', '=', record).execute();
    await kysely.deleteFrom('problems').where('record', '=', record).execute();
  } else if (!anew) {
    for (const table of ['records', 'projections'] as const) await kysely.deleteFrom(table).where('record', '=', record).execute();
  }
  await transaction.insert('records', [changes.record]);
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
  await transaction.insert('projections', [reached(record, kind, tip.id, tip.seq, now)]);
  return true;
}

function reached(record: string, kind: string, id: string, seq: number, now: Date): ProjectionRow {
  return {
    record,
    kind,
    reached: id,
    seq,
    version: PROJECTION_VERSION,
    projected_at: now.getTime(),
    state: 'current',
    reason: null,
    attempts: 0,
    next_try_at: null,
  };
}

async function changeThread({ kysely }: Transaction, { record, thread, opened_seq: _, ...row }: ThreadRow): Promise<void> {
  await kysely.updateTable('threads').set(row).where('record', '=', record).where('thread', '=', thread).execute();
}

/** Takes all rows of a record's history away. */
async function deleteHistory(transaction: Transaction, record: string): Promise<void> {
  await deleteMessages(transaction, record);
  for (const table of Object.keys(HISTORY_KEYS) as (keyof typeof HISTORY_KEYS)[])
    if (table !== 'messages') await transaction.kysely.deleteFrom(table).where('record', '=', record).execute();
}

/** Rows as somebody would have projected them, for questions that no history of a sensible length raises. */

import { storeMessages } from '../../src/projections/full-text.js';
import { type Database, type MessageRow, PROJECTION_VERSION, type ThreadRow } from '../../src/projections/index.js';

export const RECORD = '7f4c2e9d-4b0a-4f3a-9a2c-0e9a6b5d1c88';

/** A thread's row; what matters may be said. */
export function threadRow(thread: string, said: Partial<ThreadRow> = {}): ThreadRow {
  const flags = { restricted: 0, allow_patient_participation: 0, allow_external_organisations: 0 } as const;
  const times = { created_at: 0, last_updated_at: 0, last_message_at: 0, messages: 0, opened_seq: 0, changed_seq: 0 };
  return { record: RECORD, thread, status: 'open', sensitivity: 'standard', ...flags, ...times, ...said };
}

/** A message's row, likewise. */
export function messageRow(thread: string, position: number, said: Partial<MessageRow> = {}): MessageRow {
  const message = `${thread} ${position}`;
  const author = { role: null, author_id: 'a', author_name: 'n', recorded_by: null };
  return { record: RECORD, thread, position, message, ...author, written_at: 0, timestamp: 't', corrects: null, body: '', seq: 0, ...said };
}

/** Stores a record with these; `commits`: so many, one unless said otherwise; `projected: false`: nothing says how far it is. */
export async function storeRecord(
  database: Database,
  {
    threads,
    messages,
    commits = 1,
    projected = true,
  }: {
    readonly threads: readonly ThreadRow[];
    readonly messages: readonly MessageRow[];
    readonly commits?: number;
    readonly projected?: boolean;
  },
): Promise<void> {
  const status = { lifecycle_state: 'active', record_open: 1, record_queryable: 1, record_modifiable: 1 } as const;
  const reached = { reached: 'c', seq: 0, version: PROJECTION_VERSION, projected_at: 0, state: 'current', reason: null } as const;
  await database.transaction(async (transaction) => {
    await transaction.insert('records', [{ record: RECORD, kind: 'coordination', clinical_id: null, ...status, last_activity_at: 0 }]);
    if (projected)
      await transaction.insert('projections', [{ record: RECORD, kind: 'coordination', ...reached, attempts: 0, next_try_at: null }]);
    await transaction.insert(
      'commits',
      Array.from({ length: commits }, (_, seq) => commitRow(seq)),
    );
    await transaction.insert('threads', threads);
    for (let at = 0; at < messages.length; at += 1000) await storeMessages(transaction, messages.slice(at, at + 1000), false);
  });
}

function commitRow(seq: number) {
  const nothing = {
    domain: null,
    action: null,
    summary: null,
    author_name: null,
    author_role: null,
    care_location: null,
    on_behalf_of: null,
  };
  const signer = { signer_name: null, registrations: '[]', participant_id: null, certificate: null, encoding: null };
  const times = { authored_at: null, committed_at: null, received_at: null };
  return { record: RECORD, seq, id: `c${seq}`, ...nothing, ...times, ...signer, verdict: 'accepted' as const };
}

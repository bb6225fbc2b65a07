import { sql } from 'kysely';
import type { Dialect, Step } from './types.js';

/** What queries go by, besides the keys: name → what it is on. */
const BOTH: Readonly<Record<string, string>> = {
  messages_of_commit: 'messages (record, seq)',
  messages_by_id: 'messages (message)',
  corrections: 'messages (record, thread, corrects) where corrects is not null',
  threads_by_id: 'threads (thread)',
  threads_by_time: 'threads (last_updated_at, record, thread)',
  threads_by_status: 'threads (status, last_updated_at, record, thread)',
  threads_of_record: 'threads (record, last_updated_at, thread)',
  participants_by_id: 'participants (participant, record, thread)',
  projections_by_state: 'projections (state, next_try_at)',
};

const OWN: Readonly<Record<Dialect, Readonly<Record<string, string>>>> = {
  sqlite: { messages_by_document: 'messages (document)' },
  postgres: {
    messages_by_time: 'messages (written_at)',
    // Of one record, and of one author, words are looked for in their newest messages first.
    messages_of_record: 'messages (record, written_at)',
    messages_of_author: 'messages (author_id, written_at)',
  },
};

/** By name: what each index is on. */
export function indexesOf(dialect: Dialect): Readonly<Record<string, string>> {
  return { ...BOTH, ...OWN[dialect] };
}

/** That of PostgreSQL's words is made by `004-pairs.ts`. */
export const indexes: Step = async (database, dialect) => {
  for (const [name, on] of Object.entries(indexesOf(dialect))) await sql.raw(`create index ${name} on ${on}`).execute(database);
};

import { type CreateTableBuilder, type Kysely, sql } from 'kysely';
import type { Dialect } from './types.js';

/** Columns by name: their type, `?` where they may be null. */
type Columns = Readonly<Record<string, 'text' | 'text?' | 'integer' | 'integer?' | 'bigint' | 'bigint?'>>;

const TABLES: Readonly<Record<string, { readonly columns: Columns; readonly key: readonly string[] }>> = {
  records: {
    columns: {
      record: 'text',
      kind: 'text',
      clinical_id: 'text?',
      lifecycle_state: 'text?',
      record_open: 'integer?',
      record_queryable: 'integer',
      record_modifiable: 'integer?',
      last_activity_at: 'bigint',
    },
    key: ['record'],
  },
  projections: {
    columns: {
      record: 'text',
      kind: 'text',
      reached: 'text?',
      seq: 'integer?',
      version: 'integer',
      projected_at: 'bigint',
      state: 'text',
      reason: 'text?',
      attempts: 'integer',
      next_try_at: 'bigint?',
    },
    key: ['record'],
  },
  commits: {
    columns: {
      record: 'text',
      seq: 'integer',
      id: 'text',
      domain: 'text?',
      action: 'text?',
      summary: 'text?',
      author_name: 'text?',
      author_role: 'text?',
      care_location: 'text?',
      on_behalf_of: 'text?',
      authored_at: 'bigint?',
      committed_at: 'bigint?',
      signer_name: 'text?',
      registrations: 'text',
      participant_id: 'text?',
      certificate: 'text?',
      encoding: 'text?',
      verdict: 'text',
      received_at: 'bigint?',
    },
    key: ['record', 'seq'],
  },
  threads: {
    columns: {
      record: 'text',
      thread: 'text',
      status: 'text',
      created_at: 'bigint',
      last_updated_at: 'bigint',
      last_message_at: 'bigint?',
      messages: 'integer',
      sensitivity: 'text',
      restricted: 'integer',
      allow_patient_participation: 'integer',
      allow_external_organisations: 'integer',
      opened_seq: 'integer',
      changed_seq: 'integer',
    },
    key: ['record', 'thread'],
  },
  participants: {
    columns: {
      record: 'text',
      thread: 'text',
      participant: 'text',
      from_seq: 'integer',
      until_seq: 'integer?',
      role: 'text',
      display_name: 'text',
      organisation: 'text?',
    },
    key: ['record', 'thread', 'participant', 'from_seq'],
  },
  messages: {
    columns: {
      record: 'text',
      thread: 'text',
      position: 'integer',
      message: 'text',
      role: 'text?',
      author_id: 'text',
      author_name: 'text',
      written_at: 'bigint',
      timestamp: 'text',
      corrects: 'text?',
      body: 'text',
      seq: 'integer',
      recorded_by: 'text?',
    },
    key: ['record', 'thread', 'position'],
  },
  ledger_versions: {
    columns: {
      record: 'text',
      thread: 'text',
      seq: 'integer',
      status: 'text',
      sensitivity: 'text',
      restricted: 'integer',
      allow_patient_participation: 'integer',
      allow_external_organisations: 'integer',
    },
    key: ['record', 'thread', 'seq'],
  },
  status_versions: {
    columns: {
      record: 'text',
      seq: 'integer',
      lifecycle_state: 'text',
      record_open: 'integer',
      record_queryable: 'integer',
      record_modifiable: 'integer',
    },
    key: ['record', 'seq'],
  },
  problems: {
    columns: {
      record: 'text',
      number: 'integer',
      id: 'text?',
      rule: 'text',
      severity: 'text',
      path: 'text?',
      line: 'integer?',
      message: 'text',
    },
    key: ['record', 'number'],
  },
};

/** The tables, and what full text needs of each database. Indexes besides keys: `indexes.ts`. */
export async function tables(database: Kysely<unknown>, dialect: Dialect): Promise<void> {
  for (const [name, { columns, key }] of Object.entries(TABLES)) {
    let table: CreateTableBuilder<string, string> = database.schema.createTable(name);
    for (const [column, given] of Object.entries(columns)) {
      const type = given.replace('?', '') as 'text' | 'integer' | 'bigint';
      // Ids and texts are compared byte by byte, whatever language the database was made for.
      const stored = type === 'text' && dialect === 'postgres' ? sql`text collate "C"` : type;
      table = table.addColumn(column, stored, (built) => (given.endsWith('?') ? built : built.notNull()));
    }
    if (name === 'messages')
      table =
        dialect === 'sqlite'
          ? table.addColumn('document', 'integer', (built) => built.notNull())
          : table.addColumn('words', sql`tsvector`, (built) => built.notNull());
    // Rows lie where their key is, and there is no second tree beside; those of messages can be long.
    if (dialect === 'sqlite' && name !== 'messages') table = table.modifyEnd(sql`without rowid`);
    await table.addPrimaryKeyConstraint(`${name}_key`, key as string[]).execute();
  }
  // Nothing of the text is kept twice: the index has words alone, and rows are deleted without them.
  // Words come separated by blanks, folded as `words.ts` does it; `ascii` takes every other character for a letter.
  if (dialect === 'sqlite')
    await sql`create virtual table words using fts5(body, ids, content='', contentless_delete=1, tokenize='ascii')`.execute(database);
}

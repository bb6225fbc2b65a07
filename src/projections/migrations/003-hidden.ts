import { sql } from 'kysely';
import type { Step } from './types.js';

/** Threads that are not shown while commits that restrict them are withheld. */
export const hidden: Step = async (database, dialect) => {
  const text = dialect === 'postgres' ? sql`text collate "C"` : 'text';
  const table = database.schema
    .createTable('hidden')
    .addColumn('record', text, (built) => built.notNull())
    .addColumn('thread', text, (built) => built.notNull())
    .addPrimaryKeyConstraint('hidden_key', ['record', 'thread'] as never);
  await (dialect === 'sqlite' ? table.modifyEnd(sql`without rowid`) : table).execute();
};

/** Making rows anew, record by record: those that there are answer until their own are made. */
import type { VprError } from '../errors.js';
import type { Uuid } from '../format/identifiers.js';
import { registeredRecords } from '../hosts/registry.js';
import type { Database } from '../projections/database.js';
import { type Outcome, type ProjectedHost, projectOne } from './project.js';

/**
 * Projects records from their roots, whatever was known of them; all that are
 * registered where none are named. Throws where the database fails; what was built until then is good.
 */
export async function* buildRecords(
  host: ProjectedHost,
  database: Database,
  records: readonly Uuid[],
  damaged: (error: VprError) => void,
): AsyncGenerator<{ readonly record: Uuid; readonly outcome: Outcome }> {
  const ids = records.length > 0 ? records : registeredIds(host, damaged);
  for (const record of ids) {
    await forget(database, record);
    yield { record, outcome: await projectOne(host, database, record, new Date()) };
  }
}

function* registeredIds({ paths }: ProjectedHost, damaged: (error: VprError) => void): Generator<Uuid> {
  for (const { id } of registeredRecords(paths.root, damaged)) yield id;
}

/** What was reached counts no more: the next projection begins at the root, and takes the rows that there are away. */
async function forget({ transaction }: Database, record: Uuid): Promise<void> {
  await transaction(async (inside) => {
    await inside.lock(record);
    await inside.kysely.updateTable('projections').set({ reached: null, seq: null }).where('record', '=', record).execute();
  });
}

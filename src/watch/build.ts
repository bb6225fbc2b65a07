/** Making rows anew: all of them beside those that answer meanwhile, or those of single records in their place. */
import { availableParallelism } from 'node:os';
import type { Uuid } from '../format/identifiers.js';
import { registeredRecords } from '../hosts/registry.js';
import { buildProjection } from '../projections/build.js';
import type { Database } from '../projections/database.js';
import { type PreparedRecord, storePrepared } from '../projections/many.js';
import { preparedByThreads } from './build-threads.js';
import { prepare } from './prepare.js';
import { type Outcome, type ProjectedHost, projectOne } from './project.js';
import { scanRecords } from './scan.js';
import { allStates } from './state.js';
import { type WatchOptions, watchOnce } from './watch.js';

/**
 * Builds a projection of all records, and puts it in the place of the one that
 * there is. Then whatever could not be built so, and what was pushed meanwhile, is
 * projected as a watcher does it. Throws where the database fails; what there was stays.
 */
export async function buildAll(options: WatchOptions, threads = availableParallelism()): Promise<void> {
  const none = () => {}; // what fails here is tried again by the watcher, which says so
  const records = threads > 1 ? preparedByThreads(options.paths, threads) : preparedHere(options);
  await buildProjection(options.database, (database) => storePrepared(database, records, none), {
    last: (database) => catchUp(options, database),
  });
  await watchOnce(options);
}

/** What was pushed meanwhile may restrict what is stored, and was shown so already: it is in the new rows before they answer. */
async function catchUp(host: ProjectedHost, database: Database): Promise<void> {
  const states = await allStates(database);
  for await (const { record, main } of scanRecords(host.paths.root, () => {})) {
    const state = states.get(record.id);
    if (state !== undefined && (main.kind !== 'commit' || main.id !== state.reached))
      await projectOne(host, database, record.id, new Date());
  }
}

async function* preparedHere(host: ProjectedHost): AsyncGenerator<PreparedRecord> {
  for (const record of registeredRecords(host.paths.root, () => {})) yield { record, now: new Date(), advances: prepare(host, record.id) };
}

/**
 * Projects records from their roots, whatever was known of them: the rows that
 * there are answer until their own are made, and where these can't be. Throws where the database fails.
 */
export async function* buildRecords(
  host: ProjectedHost,
  database: Database,
  records: readonly Uuid[],
): AsyncGenerator<{ readonly record: Uuid; readonly outcome: Outcome }> {
  for (const record of records) {
    yield { record, outcome: await projectOne(host, database, record, new Date(), true) };
  }
}

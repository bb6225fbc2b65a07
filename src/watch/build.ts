/** Making rows anew: all of them beside those that answer meanwhile, or those of single records in their place. */
import type { Uuid } from '../format/identifiers.js';
import { recordIdIn } from '../hosts/registry.js';
import { buildProjection } from '../projections/build.js';
import type { Database } from '../projections/database.js';
import { projectRecords } from '../projections/many.js';
import type { ProjectRequest } from '../projections/project.js';
import { judgeHistory } from './judged.js';
import { type Outcome, openRecord, type ProjectedHost, projectOne, requestOf } from './project.js';
import { scanRecords } from './scan.js';
import { type WatchOptions, watchOnce } from './watch.js';

/**
 * Builds a projection of all records, and puts it in the place of the one that
 * there is. Then whatever could not be built so, and what was pushed meanwhile, is
 * projected as a watcher does it. Throws where the database fails; what there was stays.
 */
export async function buildAll(options: WatchOptions): Promise<void> {
  const none = () => {}; // what fails here is tried again by the watcher, which says so
  await buildProjection(options.database, (database) => projectRecords(database, allRequests(options), none));
  await watchOnce(options);
}

/** What may be shown of every record that reads. Its objects are open until the next one is asked for. */
async function* allRequests(host: ProjectedHost): AsyncGenerator<ProjectRequest> {
  const policy = host.policy();
  const now = new Date();
  for await (const { record, main } of scanRecords(host.paths.root, () => {})) {
    if (main.kind !== 'commit' || recordIdIn(record.path) !== record.id) continue;
    const objects = openRecord(record, policy);
    try {
      const question = { paths: host.paths, record, objects, reached: undefined, main: main.id, host: policy, now };
      const judged = await judgeHistory(question).catch(() => undefined);
      if (judged?.to !== undefined) yield requestOf(question, judged, judged.to);
    } finally {
      await objects.close().catch(() => {});
    }
  }
}

/**
 * Projects records from their roots, whatever was known of them: the rows that
 * there are answer until their own are made. Throws where the database fails.
 */
export async function* buildRecords(
  host: ProjectedHost,
  database: Database,
  records: readonly Uuid[],
): AsyncGenerator<{ readonly record: Uuid; readonly outcome: Outcome }> {
  for (const record of records) {
    await forget(database, record);
    yield { record, outcome: await projectOne(host, database, record, new Date()) };
  }
}

/** What was reached counts no more: the next projection begins at the root, and takes the rows that there are away. */
async function forget({ transaction }: Database, record: Uuid): Promise<void> {
  await transaction(async (inside) => {
    await inside.lock(record);
    await inside.kysely.updateTable('projections').set({ reached: null, seq: null }).where('record', '=', record).execute();
  });
}

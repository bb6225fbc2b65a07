/** Making a record's rows once more, from its commits, and comparing: a row that nobody can explain is reported. */
import { VprError } from '../errors.js';
import type { Uuid } from '../format/identifiers.js';
import { readMain } from '../hosts/main-ref.js';
import { registeredRecord } from '../hosts/registry.js';
import { type Connection, type Database, databaseError, isDatabaseFailure } from '../projections/database.js';
import { inSnapshot } from '../projections/queries/snapshot.js';
import { PROJECTION_VERSION } from '../projections/store.js';
import type { ProjectionRow } from '../projections/tables.js';
import { MOST_DIFFERENCES, type RowDifference, verifyProjection } from '../projections/verify.js';
import { heldDifferences } from './check-held.js';
import { judgeHistory } from './judged.js';
import { errorFields } from './log.js';
import { withObjects } from './objects.js';
import { type ProjectedHost, requestOf } from './project.js';
import { stateOf } from './state.js';

export interface Checked {
  readonly record: Uuid;
  /** The commit that its rows stand on. */
  readonly reached: string | null;
  readonly good: boolean;
  /** SHA-256 over its rows, in hex; absent where they could not be made once more. */
  readonly digest?: string;
  /** Where it is not good, what kind of finding that is; `watch/differs`: its rows are not those that its commits make. */
  readonly code?: string;
  /** The same for people: a sentence without a full stop. */
  readonly why?: string;
  readonly differences: readonly RowDifference[];
}

/** Recomputes the rows of one record, into memory. What can't be recomputed is not good. Throws where the database fails. */
export function checkRecord(host: ProjectedHost, database: Database, id: Uuid, now: Date): Promise<Checked> {
  // As of one moment: main, which is read after that, has all that was projected until then.
  return inSnapshot(database, (snapshot) => checkNow(host, snapshot, id, now)).catch((error) => {
    throw isDatabaseFailure(error) ? databaseError(database.name, error) : error;
  });
}

async function checkNow(host: ProjectedHost, database: Connection, id: Uuid, now: Date): Promise<Checked> {
  const state = await stateOf(database, id);
  const reached = state?.reached ?? null;
  try {
    if (state !== undefined && state.version !== PROJECTION_VERSION) throw ofOtherVersion(state.version);
    if (state?.state === 'partial') throw new VprError('watch/partial', `${state.reason}: look again when that has ended`);
    const { good, digest, differences } = await recompute(host, database, id, state, now);
    if (state === undefined)
      return { record: id, reached, good: false, code: 'watch/not-projected', why: 'it has commits, and is not projected', differences };
    const checked = { record: id, reached, good, digest: digest.stored, differences };
    return good ? checked : { ...checked, code: 'watch/differs', why: 'its rows are not those that its commits make' };
  } catch (error) {
    if (isDatabaseFailure(error)) throw error; // of a transaction that has failed nothing more can be had
    return { record: id, reached, good: false, ...errorFields(error), differences: [] };
  }
}

function ofOtherVersion(version: number): VprError {
  const whose =
    version < PROJECTION_VERSION ? 'an older version of vpr: a watcher makes them anew' : 'a newer version of vpr: look with that';
  return new VprError('watch/version', `its rows were made by ${whose}`);
}

async function recompute(host: ProjectedHost, database: Connection, id: Uuid, state: ProjectionRow | undefined, now: Date) {
  const record = registeredRecord(host.paths.root, id);
  if (record === undefined) throw new VprError('watch/unregistered', 'it is not registered');
  const main = readMain(record.path);
  if (main.kind !== 'commit') throw new VprError('watch/main-gone', main.kind === 'none' ? 'main has no commit' : main.message);
  return withObjects(host, record, async (objects, policy) => {
    const question = { paths: host.paths, record, objects, reached: undefined, main: main.id, host: policy, now };
    const judged = await judgeHistory(question);
    const reached = state?.reached ?? null;
    if (reached !== null && !judged.ids.includes(reached)) {
      throw new VprError('watch/not-shown', `main has no commit ${reached} that may be shown`);
    }
    const rows = await verifyProjection(database, requestOf(question, judged, main.id));
    const held = await heldDifferences(database, question, judged, state);
    // First what is shown that should not be, or the other way round: of many differences not all are said.
    const differences = [...held, ...rows.differences].slice(0, MOST_DIFFERENCES);
    return { ...rows, good: differences.length === 0, differences };
  });
}

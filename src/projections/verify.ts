import type { Connection } from './database.js';
import { compareKeys, type DigestedRow, digestedRows, digestOf } from './digest.js';
import { openDatabase } from './open.js';
import { type ProjectRequest, projectRecord } from './project.js';
import { inSnapshot } from './queries/snapshot.js';
import { wordsDifferences } from './verify-words.js';

/** A row that is not as its record's commits make it. */
export interface RowDifference {
  readonly table: string;
  /** Its key, without the record. */
  readonly key: readonly (string | number)[];
  /** `unexplained`: no commit makes it; `missing`: commits make it, and it is not there; `different`: it says something else. */
  readonly kind: 'unexplained' | 'missing' | 'different';
}

/** What a look at one record's rows found. */
export interface ProjectionCheck {
  readonly record: string;
  /** The commit that the rows are of; null where there is none. */
  readonly commit: string | null;
  /** Nothing differs. */
  readonly good: boolean;
  readonly digest: { readonly stored: string; readonly recomputed: string };
  /** The first hundred. */
  readonly differences: readonly RowDifference[];
}

/** Differences of one record that are said. */
export const MOST_DIFFERENCES = 100;

/**
 * Recomputes a record's rows from Git, up to the commit that the projection has
 * reached, and compares; and looks for each message by its words. However many rows there
 * are, few are in memory: a temporary file has the others.
 *
 * @param request as for projecting; of the commit that was reached
 * @throws as `projectRecord` does
 */
export function verifyProjection(connection: Connection, request: Omit<ProjectRequest, 'to'>): Promise<ProjectionCheck> {
  return inSnapshot(connection, (snapshot) => verifyNow(snapshot, request));
}

async function verifyNow(database: Connection, request: Omit<ProjectRequest, 'to'>): Promise<ProjectionCheck> {
  const { id: record } = request.record;
  const state = await database.kysely.selectFrom('projections').select('reached').where('record', '=', record).executeTakeFirst();
  const commit = state?.reached ?? null;
  const fresh = await openDatabase('');
  try {
    if (commit !== null) await projectRecord(fresh, { ...request, to: commit });
    const digest = { stored: await digestOf(database, record), recomputed: await digestOf(fresh, record) };
    // Without a commit no row is to be there; that of the projection's state says just that.
    const differences =
      digest.stored === digest.recomputed ? [] : await differencesOf(rowsOf(database, record, commit), rowsOf(fresh, record, commit));
    for (const { key, kind } of await wordsDifferences(database, record)) add(differences, { table: 'words', key }, kind);
    return { record, commit, good: differences.length === 0, digest, differences };
  } finally {
    await fresh.close();
  }
}

async function* rowsOf(database: Connection, record: string, commit: string | null): AsyncGenerator<DigestedRow> {
  for await (const row of digestedRows(database, record)) if (commit !== null || row.table !== 'projections') yield row;
}

/** Both sides come in the order of their keys, so that no more is kept of each than the row that is looked at. */
async function differencesOf(stored: AsyncIterator<DigestedRow>, recomputed: AsyncIterator<DigestedRow>): Promise<RowDifference[]> {
  const differences: RowDifference[] = [];
  const missing: RowDifference[] = [];
  let [one, other] = [await next(stored), await next(recomputed)];
  while (one !== undefined || other !== undefined) {
    const order = one === undefined ? 1 : other === undefined ? -1 : compareKeys(one, other);
    if (one !== undefined && order < 0) add(differences, one, 'unexplained');
    else if (other !== undefined && order > 0) add(missing, other, 'missing');
    else if (one !== undefined && one.text !== other?.text) add(differences, one, 'different');
    if (order <= 0) one = await next(stored);
    if (order >= 0) other = await next(recomputed);
  }
  return [...differences, ...missing].slice(0, MOST_DIFFERENCES);
}

async function next(rows: AsyncIterator<DigestedRow>): Promise<DigestedRow | undefined> {
  const { done, value } = await rows.next();
  return done === true ? undefined : value;
}

function add(differences: RowDifference[], { table, key }: Pick<RowDifference, 'table' | 'key'>, kind: RowDifference['kind']): void {
  if (differences.length < MOST_DIFFERENCES) differences.push({ table, key, kind });
}

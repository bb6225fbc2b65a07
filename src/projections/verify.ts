import type { Connection } from './database.js';
import { type DigestedRow, digestedRows, digestOf } from './digest.js';
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
 * Recomputes a record's rows from Git, in memory, up to the commit that the
 * projection has reached, and compares; and looks for each message by its words.
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
  const fresh = await openDatabase(':memory:');
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

async function differencesOf(stored: AsyncIterable<DigestedRow>, recomputed: AsyncIterable<DigestedRow>): Promise<RowDifference[]> {
  const expected = new Map<string, DigestedRow>();
  for await (const row of recomputed) expected.set(nameOf(row), row);
  const differences: RowDifference[] = [];
  for await (const row of stored) {
    const other = expected.get(nameOf(row));
    expected.delete(nameOf(row));
    if (other === undefined) add(differences, row, 'unexplained');
    else if (other.text !== row.text) add(differences, row, 'different');
  }
  for (const row of expected.values()) add(differences, row, 'missing');
  return differences;
}

function add(differences: RowDifference[], { table, key }: Pick<RowDifference, 'table' | 'key'>, kind: RowDifference['kind']): void {
  if (differences.length < MOST_DIFFERENCES) differences.push({ table, key, kind });
}

function nameOf({ table, key }: DigestedRow): string {
  return JSON.stringify([table, ...key]);
}

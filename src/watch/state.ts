/** What the projection knows of how far each record has come, and what keeps one from going on. */
import type { RecordKind, Uuid } from '../format/identifiers.js';
import type { Connection, Database, Transaction } from '../projections/database.js';
import type { ProjectionRow } from '../projections/tables.js';
import type { WithheldProblem } from './judged.js';

/** Milliseconds until a record that failed once is tried again, and at most. */
const FIRST_DELAY = 5_000;
const LONGEST_DELAY = 60 * 60 * 1000;
const LONGEST_REASON = 500;

/** Why a record doesn't go on. */
export interface Obstacle {
  readonly state: 'set-aside' | 'withheld';
  /** A sentence without a full stop: ids and codes, nothing of what the record says. */
  readonly reason: string;
  readonly problems: readonly WithheldProblem[];
}

/** What is known of each record. */
export async function allStates({ kysely }: Connection): Promise<ReadonlyMap<Uuid, ProjectionRow>> {
  const rows = await kysely.selectFrom('projections').selectAll().execute();
  return new Map(rows.map((row) => [row.record, row]));
}

/** What is known of one; undefined where it was never come to. */
export function stateOf({ kysely }: Connection, record: Uuid): Promise<ProjectionRow | undefined> {
  return kysely.selectFrom('projections').selectAll().where('record', '=', record).executeTakeFirst();
}

/** Writes down that a record doesn't go on, and when it is tried again: each time after twice as long. Returns what is then known. */
export function hold(
  database: Database,
  record: { readonly kind: RecordKind; readonly id: Uuid },
  obstacle: Obstacle,
  now: number,
  version: number,
): Promise<ProjectionRow> {
  return database.transaction(async (inside) => {
    await inside.lock(record.id);
    const former = await stateOf(inside, record.id);
    const attempts = (former?.attempts ?? 0) + 1;
    const row: ProjectionRow = {
      ...(former ?? { record: record.id, kind: record.kind, reached: null, seq: null, version, projected_at: now }),
      state: obstacle.state,
      reason: obstacle.reason.slice(0, LONGEST_REASON),
      attempts,
      next_try_at: now + delayAfter(attempts),
    };
    await store(inside, row);
    await replaceProblems(inside, record.id, obstacle.problems);
    return row;
  });
}

/** Writes down that nothing keeps a record any more. */
export function release(database: Database, record: Uuid): Promise<void> {
  return database.transaction(async (inside) => {
    await inside.lock(record);
    const former = await stateOf(inside, record);
    if (former === undefined) return;
    await store(inside, { ...former, state: 'current', reason: null, attempts: 0, next_try_at: null });
    await replaceProblems(inside, record, []);
  });
}

/** Milliseconds. */
export function delayAfter(attempts: number): number {
  return Math.min(FIRST_DELAY * 2 ** (attempts - 1), LONGEST_DELAY);
}

async function store(inside: Transaction, row: ProjectionRow): Promise<void> {
  await inside.kysely.deleteFrom('projections').where('record', '=', row.record).execute();
  await inside.insert('projections', [row]);
}

async function replaceProblems(inside: Transaction, record: Uuid, problems: readonly WithheldProblem[]): Promise<void> {
  await inside.kysely.deleteFrom('problems').where('record', '=', record).execute();
  await inside.insert(
    'problems',
    problems.map(({ commit, rule, severity, path, line, message }, number) => ({
      record,
      number,
      id: commit ?? null,
      rule,
      severity,
      path: path ?? null,
      line: line ?? null,
      message,
    })),
  );
}

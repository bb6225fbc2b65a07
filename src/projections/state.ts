import type { RecordKind, Uuid } from '../format/identifiers.js';
import type { JudgedProblem } from '../problem.js';
import type { Database } from './database.js';
import { deleteHistory, PROJECTION_VERSION, stateOf } from './store.js';
import type { ProjectionRow } from './tables.js';
import { withoutNames, withoutThreads, withoutWords } from './withheld-words.js';

/** Why a record doesn't go on. */
export interface WhyHeld {
  readonly record: { readonly kind: RecordKind; readonly id: Uuid };
  /** `set-aside`: it could not be projected; `withheld`: main has commits that do not pass. */
  readonly state: 'set-aside' | 'withheld';
  /** One sentence; what it quotes is not kept, nor are ids of threads: every answer says it. */
  readonly reason: string;
  /** When it is to be tried again, in milliseconds since 1970. */
  readonly nextTryAt?: number;
  /** What was found in commits that do not pass; what they quote, and names of files, are not kept. */
  readonly problems?: readonly JudgedProblem[];
  /** Threads that main restricts above what was projected, an empty id for the whole record; absent: what is known of that stays. */
  readonly hidden?: readonly string[];
  /**
   * What was known of the record before anybody looked what main is; null: nothing. Where it is another by now, somebody else
   * may have seen a later main: what that restricts is kept as well. Absent: nobody else writes.
   */
  readonly since?: ProjectionRow | null;
  readonly now: Date;
}

const COMPARED = ['reached', 'state', 'version', 'projected_at', 'attempts', 'next_try_at'] as const;
/** Problems of one record that are kept. */
const MOST_PROBLEMS = 1000;

/**
 * Writes down why a record doesn't go on, until it is projected again: `projectRecord`
 * ends this. Answers stand on what was projected before, and say so. Each time counts as an attempt.
 */
export async function holdRecord(
  database: Database,
  { record: { kind, id: record }, state, reason, nextTryAt, problems = [], hidden, since, now }: WhyHeld,
): Promise<void> {
  await database.transaction(async (transaction) => {
    const { kysely } = transaction;
    await transaction.lock(record);
    const known = await stateOf(transaction, record);
    await kysely.deleteFrom('projections').where('record', '=', record).execute();
    // A part of a record is no former state of it: visible may be in it what was restricted since.
    if (known?.state === 'partial') await deleteHistory(transaction, record);
    const fresh = { record, kind, reached: null, seq: null, version: PROJECTION_VERSION, projected_at: now.getTime(), attempts: 0 };
    const row = known?.state === 'partial' ? { ...fresh, attempts: known.attempts } : { ...fresh, ...known };
    await transaction.insert('projections', [
      { ...row, state, reason: withoutThreads(withoutWords(reason)), attempts: row.attempts + 1, next_try_at: nextTryAt ?? null },
    ]);
    await kysely.deleteFrom('problems').where('record', '=', record).execute();
    await transaction.insert(
      'problems',
      problems.slice(0, MOST_PROBLEMS).map(({ commit, rule, severity, path, line, message }, number) => ({
        record,
        number,
        id: commit ?? null,
        rule,
        severity,
        path: path === undefined ? null : withoutNames(path),
        line: line ?? null,
        message: withoutWords(message),
      })),
    );
    if (hidden === undefined) return;
    const former = isSince(known, since) ? [] : await kysely.selectFrom('hidden').select('thread').where('record', '=', record).execute();
    await kysely.deleteFrom('hidden').where('record', '=', record).execute();
    await transaction.insert(
      'hidden',
      [...new Set([...former.map(({ thread }) => thread), ...hidden])].map((thread) => ({ record, thread })),
    );
  });
}

/** Whether nobody has written of a record since something was known of it: each who does counts as an attempt, or ends them. */
export function isSince(known: ProjectionRow | undefined, since: ProjectionRow | null | undefined): boolean {
  if (since === undefined) return true;
  return COMPARED.every((column) => known?.[column] === since?.[column]);
}

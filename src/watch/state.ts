/** What the projection knows of how far each record has come, and what keeps one from going on. */
import type { Uuid } from '../format/identifiers.js';
import type { Connection, Database } from '../projections/database.js';
import { holdRecord, type WhyHeld } from '../projections/state.js';
import { stateOf, WHILE_HELD } from '../projections/store.js';
import { HISTORY_KEYS, type ProjectionRow } from '../projections/tables.js';

export { stateOf };

/** Milliseconds until a record that failed once is tried again, and at most: as often as everything is looked at, unless settings say otherwise. */
const FIRST_DELAY = 5_000;
export const LONGEST_DELAY = 15 * 60 * 1000;
const LONGEST_REASON = 500;

/** What is known of each record. */
export async function allStates({ kysely }: Connection): Promise<ReadonlyMap<Uuid, ProjectionRow>> {
  const rows = await kysely.selectFrom('projections').selectAll().execute();
  return new Map(rows.map((row) => [row.record, row]));
}

/** Every record that any table names, whether or not anything is known of how it came there. */
export async function everyRecord({ kysely }: Connection): Promise<readonly Uuid[]> {
  const found = new Set<Uuid>();
  for (const table of ['projections', ...WHILE_HELD, ...(Object.keys(HISTORY_KEYS) as (keyof typeof HISTORY_KEYS)[])] as const) {
    const rows = await kysely
      .selectFrom(table as 'records')
      .select('record')
      .distinct()
      .execute();
    for (const { record } of rows) found.add(record);
  }
  return [...found].sort();
}

/** Writes down why a record doesn't go on, and returns when it is tried again, in milliseconds since 1970: each time after twice as long. */
export async function hold(database: Database, kept: Omit<WhyHeld, 'nextTryAt'>): Promise<number> {
  const attempts = ((await stateOf(database, kept.record.id))?.attempts ?? 0) + 1;
  const nextTryAt = kept.now.getTime() + delayAfter(attempts);
  await holdRecord(database, { ...kept, reason: kept.reason.slice(0, LONGEST_REASON), nextTryAt });
  return nextTryAt;
}

/** When a record that is held was last tried, in milliseconds since 1970; infinite where it isn't tried again by itself, and nothing tells. */
export function lastTried({ attempts, next_try_at }: ProjectionRow): number {
  return next_try_at === null ? Number.POSITIVE_INFINITY : next_try_at - delayAfter(attempts);
}

/** Milliseconds. */
function delayAfter(attempts: number): number {
  return Math.min(FIRST_DELAY * 2 ** (attempts - 1), LONGEST_DELAY);
}

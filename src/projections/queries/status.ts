import { sql } from 'kysely';
import type { Connection } from '../database.js';
import { PROJECTION_VERSION } from '../store.js';
import type { ProjectionRow } from '../tables.js';
import { type Asking, isHeld, limitOf } from './answer.js';
import { readCursor, writeCursor } from './cursor.js';

/** How the projection stands. */
export interface StatusAnswer {
  readonly authoritative: false;
  /** The version of rows that this program writes. */
  readonly version: number;
  /** Records that are up to date; `capped`: so many at least. */
  readonly current: { readonly value: number; readonly capped: boolean };
  /** Records that are held, by id: with why, and when the next try is. */
  readonly items: readonly ProjectionRow[];
  readonly cursor?: string;
}

const MOST_COUNTED = 10_000;

/** Which records are set aside or withheld. Throws `projections/cursor`, `projections/limit`. */
export async function status(connection: Connection, query: Asking = {}): Promise<StatusAnswer> {
  const { kysely } = connection;
  const limit = limitOf(query);
  const [after] = readCursor('status', query.cursor, ['']) ?? [''];
  const some = kysely
    .selectFrom('projections')
    .select('record')
    .where('state', '=', 'current')
    .limit(sql.lit(MOST_COUNTED + 1))
    .as('some');
  const { count } = await kysely
    .selectFrom(some)
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow();
  const rows = await kysely
    .selectFrom('projections')
    .selectAll()
    .where(isHeld)
    .where('record', '>', `${after}`)
    .orderBy('record')
    .limit(sql.lit(limit + 1))
    .execute();
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return {
    authoritative: false,
    version: PROJECTION_VERSION,
    current: { value: Math.min(count, MOST_COUNTED), capped: count > MOST_COUNTED },
    items,
    ...(rows.length > limit && last !== undefined ? { cursor: writeCursor('status', [last.record]) } : {}),
  };
}

/** Watchers that share a database leave to each other what one of them is at. */
import type { Uuid } from '../format/identifiers.js';
import type { Database } from '../projections/database.js';

/**
 * So long, in milliseconds, a record is left to another watcher. That may be on a machine that is gone, which the
 * database notices hours later; and two that do the same make the same rows.
 */
const LONGEST = 60_000;

/** Does the work on a record, unless another watcher is at it: then the record is to be looked at again a little later. */
export type Share = <T>(database: Database, record: Uuid, work: () => Promise<T>) => Promise<T | 'busy'>;

/** @param longest milliseconds after which it is done nevertheless */
export function sharing(longest = LONGEST): Share {
  const since = new Map<Uuid, number>();

  return async (database, record, work) => {
    const giveUp = await database.claim?.(record);
    if (database.claim !== undefined && giveUp === undefined) {
      const first = since.get(record) ?? performance.now();
      since.set(record, first);
      if (performance.now() - first < longest) return 'busy';
    }
    since.delete(record);
    try {
      return await work();
    } finally {
      await giveUp?.();
    }
  };
}

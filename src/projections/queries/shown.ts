/** Which threads may be shown to who asks. */
import type { Connection } from '../database.js';
import { among } from './among.js';
import { type Asking, visible } from './answer.js';

/** A thread, by its record and its id. */
export interface ThreadPlace {
  readonly record: string;
  readonly thread: string;
}

/** As one text, for sets. */
export function placeOf({ record, thread }: ThreadPlace): string {
  return `${record} ${thread}`;
}

/** Of some threads those that may be shown, by `placeOf`. What nothing says of which commit it is, is no answer: a row that was left over, or put there. */
export async function shownThreads(connection: Connection, places: readonly ThreadPlace[], asking: Asking): Promise<ReadonlySet<string>> {
  const threads = [...new Map(places.map((place) => [placeOf(place), [place.record, place.thread]])).values()];
  if (threads.length === 0) return new Set();
  const rows = await connection.kysely
    .selectFrom('threads')
    .innerJoin('records', 'records.record', 'threads.record')
    .innerJoin('projections', 'projections.record', 'threads.record')
    .select(['threads.record', 'threads.thread'])
    .where(among(connection, ['threads.record', 'threads.thread'], threads))
    .where((eb) => visible(eb, asking))
    .execute();
  return new Set(rows.map(placeOf));
}

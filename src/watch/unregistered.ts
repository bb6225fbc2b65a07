/**
 * Records that were projected, and that the host's registry has no more: their rows go on answering, and
 * say so, until the entry is restored, or all rows are made anew without them.
 */
import type { RecordKind, Uuid } from '../format/identifiers.js';
import { registeredRecord } from '../hosts/registry.js';
import type { Database } from '../projections/database.js';
import { holdRecord } from '../projections/state.js';
import type { ProjectionRow } from '../projections/tables.js';
import { given } from '../verify/given.js';

const CODE = 'watch/unregistered';
const WHY =
  "the host's registry does not have it any more: restore its entry, or have all rows made anew without it, by vpr projection build without a record";

/** An entry that is there and can't be read is one. */
export function isRegistered(root: string, record: string): boolean {
  try {
    return registeredRecord(root, record as Uuid) !== undefined;
  } catch {
    return true;
  }
}

/** It has been set aside for that, which need not be said again. */
export function isKnownAsUnregistered({ state, reason }: ProjectionRow): boolean {
  return state === 'set-aside' && reason?.startsWith(`${CODE}:`) === true;
}

/** Sets it aside, and hides some of it. It is not tried again by itself: the scan finds it where it is registered again. */
export async function setAsideUnregistered(database: Database, state: ProjectionRow, hidden: readonly string[] | undefined, now: Date) {
  const record = { kind: state.kind as RecordKind, id: state.record };
  await holdRecord(database, { record, state: 'set-aside', reason: `${CODE}: ${WHY}`, ...given({ hidden }), since: state, now });
  return { kind: 'set-aside', code: CODE, why: WHY } as const;
}

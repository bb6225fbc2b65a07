/** Which records have something to do, by a look at all of them. */
import type { Uuid } from '../format/identifiers.js';
import type { HostPaths } from '../hosts/paths.js';
import { PROJECTION_VERSION } from '../projections/store.js';
import type { ProjectionRow } from '../projections/tables.js';
import { errorFields, type Log } from './log.js';
import { hasMoved } from './restricted-now.js';
import { type Scanned, scanRecords } from './scan.js';
import { LONGEST_DELAY } from './state.js';
import { isKnownAsUnregistered, isRegistered } from './unregistered.js';

export interface ScanResult {
  readonly records: number;
  readonly due: readonly Uuid[];
  /** Those whose time has not come, and when it does, in milliseconds since 1970: the watcher that failed with them may have ended. */
  readonly later: ReadonlyMap<Uuid, number>;
}

export interface ScanOptions {
  readonly now: number;
  /** Those that failed are left for later, until it is their time. */
  readonly patient: boolean;
  /** Rows of another version are being made anew elsewhere: that alone makes no record due. */
  readonly rebuilding: boolean;
  readonly log: Log;
  /** What is odd is said once. */
  readonly said: Set<string>;
}

/** Compares main of every record with what is known of it. */
export async function scanForDue(
  paths: HostPaths,
  states: ReadonlyMap<Uuid, ProjectionRow>,
  { now, patient, rebuilding, log, said }: ScanOptions,
): Promise<ScanResult> {
  const sayOnce = (event: string, what: Readonly<Record<string, string>>): void => {
    const key = `${event} ${JSON.stringify(what)}`;
    if (!said.has(key)) log.warn(event, what);
    said.add(key);
  };
  const gone = new Map(states);
  const due: Uuid[] = [];
  const later = new Map<Uuid, number>();
  const add = (record: Uuid): void => {
    const at = states.get(record)?.next_try_at ?? 0;
    if (patient && at > now)
      later.set(record, Math.min(at, now + LONGEST_DELAY)); // whatever clock it goes by
    else due.push(record);
  };
  let records = 0;
  for await (const scanned of scanRecords(paths.root, (error) => sayOnce('a registration is damaged', errorFields(error)))) {
    const { id } = scanned.record;
    records += 1;
    gone.delete(id);
    if (scanned.note !== undefined) sayOnce('something is odd', { record: id, what: scanned.note });
    const state = states.get(id);
    if (isDue(scanned, rebuilding && state !== undefined ? { ...state, version: PROJECTION_VERSION } : state)) add(id);
  }
  // Those that have rows and no registration that reads: they are set aside, once where they have none at all, and looked at
  // again where main was moved, which may restrict what is shown.
  for (const [record, state] of gone) {
    if (isRegistered(paths.root, record)) add(record);
    else if (!isKnownAsUnregistered(state) || hasMoved({ paths }, state)) due.push(record);
  }
  return { records, due, later };
}

function isDue({ main }: Scanned, state: ProjectionRow | undefined): boolean {
  if (main.kind === 'fault') return true;
  if (main.kind === 'none') return state?.reached != null;
  return state?.reached !== main.id || state.state !== 'current' || state.version !== PROJECTION_VERSION;
}

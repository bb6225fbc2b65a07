/** Which records have something to do, by a look at all of them. */
import type { Uuid } from '../format/identifiers.js';
import type { HostPaths } from '../hosts/paths.js';
import { PROJECTION_VERSION } from '../projections/store.js';
import type { ProjectionRow } from '../projections/tables.js';
import { errorFields, type Log } from './log.js';
import { type Scanned, scanRecords } from './scan.js';
import { isKnownAsUnregistered, isRegistered } from './unregistered.js';

export interface ScanResult {
  readonly records: number;
  readonly due: readonly Uuid[];
}

export interface ScanOptions {
  readonly now: number;
  /** Leaves those alone that failed, until it is their time. */
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
  let records = 0;
  for await (const scanned of scanRecords(paths.root, (error) => sayOnce('a registration is damaged', errorFields(error)))) {
    const { id } = scanned.record;
    records += 1;
    gone.delete(id);
    if (scanned.note !== undefined) sayOnce('something is odd', { record: id, what: scanned.note });
    const state = states.get(id);
    if (isDue(scanned, rebuilding && state !== undefined ? { ...state, version: PROJECTION_VERSION } : state, patient ? now : undefined))
      due.push(id);
  }
  for (const [record, state] of gone) if (isGoneDue(paths, state, patient ? now : undefined)) due.push(record);
  return { records, due };
}

/** Of a record that has rows and no registration that reads: it is set aside, once where it has none at all. */
function isGoneDue({ root }: HostPaths, state: ProjectionRow, now: number | undefined): boolean {
  if (isRegistered(root, state.record)) return isDue({ main: DAMAGED }, state, now);
  return !isKnownAsUnregistered(state);
}

/** What can't be read of a registration says nothing of main. */
const DAMAGED = { kind: 'fault', code: 'registry', message: '' } as const;

/** @param now milliseconds; where absent, what failed is due whether or not its time has come */
export function isDue({ main }: Pick<Scanned, 'main'>, state: ProjectionRow | undefined, now: number | undefined): boolean {
  const early = now !== undefined && state !== undefined && state.state !== 'current' && (state.next_try_at ?? 0) > now;
  if (early) return false;
  if (main.kind === 'fault') return true;
  if (main.kind === 'none') return state?.reached != null;
  return state?.reached !== main.id || state.state !== 'current' || state.version !== PROJECTION_VERSION;
}

/** How far the projection of a host is, and what keeps records from going on. */
import { codeOf, VprError } from '../errors.js';
import type { Uuid } from '../format/identifiers.js';
import type { HostPaths } from '../hosts/paths.js';
import { namesIn } from '../hosts/registry.js';
import type { Database } from '../projections/database.js';
import { PROJECTION_VERSION } from '../projections/store.js';
import type { ProjectionRow } from '../projections/tables.js';
import { scanRecords } from './scan.js';
import { allStates } from './state.js';
import { isRegistered } from './unregistered.js';

/** A record that doesn't go on. */
export interface HeldRecord {
  readonly record: Uuid;
  readonly state: Exclude<ProjectionRow['state'], 'current'>;
  readonly reason: string;
  /** The commit that answers stand on; null: there are none. */
  readonly reached: string | null;
  readonly attempts: number;
  /** RFC 3339; null: with the next look at everything. */
  readonly nextTryAt: string | null;
}

export interface ProjectionStatus {
  readonly database: string;
  readonly records: number;
  /** Answers stand on what main is. */
  readonly current: number;
  /** Main is further than answers are. */
  readonly behind: number;
  /** Nothing was pushed yet. */
  readonly empty: number;
  /** Rows are of an older version of vpr, wherever main is: a watcher makes them anew. */
  readonly older: number;
  /** Rows are of a newer version of vpr: this one leaves them alone. */
  readonly newer: number;
  readonly held: readonly HeldRecord[];
  /** Held records beyond those listed. */
  readonly moreHeld: number;
  /** Projected, and not registered any more: held once a watcher has seen it. */
  readonly unregistered: readonly Uuid[];
  /** Damaged registrations. */
  readonly damaged: number;
  /** Files in the spool, and those that were put aside there. */
  readonly waiting: number;
  readonly bad: number;
}

/** Held records that are listed. */
const LISTED = 1000;

/** Looks at main of every record, and compares it with what the database says. */
export async function projectionStatus(paths: HostPaths, database: Database): Promise<ProjectionStatus> {
  const states = await allStates(database);
  const left = new Map(states);
  const held: HeldRecord[] = [];
  let [records, current, behind, empty, older, newer, damaged, moreHeld] = [0, 0, 0, 0, 0, 0, 0, 0];
  const note = (): void => {
    damaged += 1;
  };
  const isHeld = (state: ProjectionRow | undefined): boolean => {
    if (state === undefined || state.state === 'current') return false;
    if (held.length < LISTED) held.push(heldRecord(state, state.state));
    else moreHeld += 1;
    return true;
  };
  for await (const { record, main } of scanRecords(paths.root, note)) {
    const state = states.get(record.id);
    records += 1;
    left.delete(record.id);
    if (isHeld(state)) continue;
    const version = state?.version ?? PROJECTION_VERSION;
    if (version < PROJECTION_VERSION) older += 1;
    else if (version > PROJECTION_VERSION) newer += 1;
    else if (main.kind === 'none') empty += 1;
    else if (main.kind === 'commit' && main.id === state?.reached) current += 1;
    else behind += 1;
  }
  for (const state of left.values()) isHeld(state);
  return {
    database: database.name,
    ...{ records, current, behind, empty, older, newer, held, moreHeld, damaged },
    unregistered: [...left.keys()].filter((record) => !isRegistered(paths.root, record)),
    waiting: filesIn(paths.spool, /\.json$/),
    bad: filesIn(`${paths.spool}/bad`, /./),
  };
}

function filesIn(directory: string, shape: RegExp): number {
  try {
    return namesIn(directory, shape).length;
  } catch (cause) {
    const help = ['run it as the account that owns the repositories'];
    throw new VprError('spool/unreadable', `the spool cannot be read, ${directory}: ${codeOf(cause) ?? 'unknown'}`, { cause, help });
  }
}

function heldRecord({ record, reason, reached, attempts, next_try_at }: ProjectionRow, state: HeldRecord['state']): HeldRecord {
  const nextTryAt = next_try_at === null ? null : new Date(next_try_at).toISOString();
  return { record, state, reason: reason ?? '', reached, attempts, nextTryAt };
}

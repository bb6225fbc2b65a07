import type { Read } from './fault.js';
import type { CoordinationStatus } from './generated/types.js';
import { readTyped } from './schema.js';
import { fileOf } from './yaml-write.js';

export type { CoordinationState, CoordinationStatus, LifecycleState } from './generated/types.js';

/** Reads COORDINATION_STATUS.yaml (FORMAT.md §3). Ids are kept as written: compare them by `parseUuid`. */
export function readStatus(bytes: Uint8Array): Read<CoordinationStatus> {
  return readTyped<CoordinationStatus>(bytes, 'coordination-status');
}

/** Writes COORDINATION_STATUS.yaml as FORMAT.md §3 shows it, its comments included. */
export function renderStatus({ coordination_id, clinical_id, status }: CoordinationStatus): Uint8Array {
  const states = [
    [`lifecycle_state: ${status.lifecycle_state}`, 'active | suspended | closed'],
    [`record_open: ${status.record_open}`, 'accepts new threads and other new artefacts'],
    [`record_queryable: ${status.record_queryable}`, 'may appear in projections and queries'],
    [`record_modifiable: ${status.record_modifiable}`, 'accepts any change at all'],
  ];
  const lines = [
    `coordination_id: ${JSON.stringify(coordination_id)}`,
    `clinical_id: ${JSON.stringify(clinical_id)}`,
    'status:',
    ...states.map(([line = '', comment = '']) => `  ${line.padEnd(30)} # ${comment}`),
  ];
  return fileOf(lines);
}

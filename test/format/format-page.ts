/** Blocks of FORMAT.md, copied here as they stand, so that the tests need nothing of what a user doesn't have. */
import { Buffer } from 'node:buffer';

export const STATUS_EXAMPLE = `coordination_id: "7f4c2e9d-4b0a-4f3a-9a2c-0e9a6b5d1c88"
clinical_id: "a4f91c6d-3b2e-4c5f-9d7a-1e8b6c0a9f12"
status:
  lifecycle_state: active        # active | suspended | closed
  record_open: true              # accepts new threads and other new artefacts
  record_queryable: true         # may appear in projections and queries
  record_modifiable: true        # accepts any change at all
`;

export const LEDGER_EXAMPLE = `communication_id: 20260111T143522.045Z-550e8400-e29b-41d4-a716-446655440000
status: open                     # open | closed | archived
created_at: 2026-01-11T14:35:22.045Z
last_updated_at: 2026-01-11T15:10:04.912Z
participants:
  - participant_id: 4f8c2a1d-9e3b-4a7c-8f1e-6b0d2c5a9f12
    role: clinician
    display_name: Dr Jane Smith
    organisation: Example NHS Trust      # optional
visibility:
  sensitivity: standard          # standard | confidential | restricted
  restricted: false
policies:
  allow_patient_participation: true
  allow_external_organisations: true
`;

export const MESSAGE_EXAMPLE = `coordination:update: Added message to thread

Author-Name: Dr Jane Smith
Author-Role: Clinician
Author-Registration: GMC 1234567
Care-Location: Oxford University Hospitals
`;

/** How VPR's own program writes a ledger: sequences without indentation, nanoseconds. */
export const VPR_LEDGER = `communication_id: 20261123T043628.553Z-10ae27d6-0ab9-4b28-ac14-0726fc981aa9
status: open
created_at: 2026-11-23T04:36:28.553715555Z
last_updated_at: 2026-11-23T04:36:28.633157544Z
participants:
- participant_id: cd613e30-d8f1-4adf-91b7-584a2265b1f5
  display_name: Dr Jane Smith
  role: clinician
- participant_id: 35bf992d-c9e9-4616-a12e-7696a6cecc1b
  display_name: Ada Jones
  role: patient
visibility:
  sensitivity: standard
  restricted: false
policies:
  allow_patient_participation: true
  allow_external_organisations: true
`;

export const bytes = (text: string): Uint8Array => Buffer.from(text, 'utf8');
export const text = (of: Uint8Array): string => Buffer.from(of).toString('utf8');

/** Messages of the faults of a reading that must have failed, in order. */
export function faultsOf(reading: { ok: true } | { ok: false; faults: readonly { message: string }[] }): string[] {
  return reading.ok ? ['(it was read)'] : reading.faults.map(({ message }) => message);
}

/** The value of a reading that must have succeeded. */
export function valueOf<T>(reading: { ok: true; value: T } | { ok: false; faults: readonly { message: string }[] }): T {
  if (reading.ok) return reading.value;
  throw new Error(faultsOf(reading).join('; '));
}

import { type Fault, type Read, read } from './fault.js';
import type { Ledger } from './generated/types.js';
import { parseUuid } from './identifiers.js';
import { readTypedDocument } from './schema.js';
import type { YamlDocument } from './yaml-node.js';
import { lineOf, placeOf } from './yaml-place.js';
import { blockLines, fileOf } from './yaml-write.js';

export type {
  Ledger,
  Participant,
  ParticipantRole,
  Sensitivity,
  ThreadPolicies,
  ThreadStatus,
  Visibility,
} from './generated/types.js';

/**
 * Reads ledger.yaml (FORMAT.md §3): its schema, and that participant ids are
 * unique, two spellings of one id being equal. Values are kept as written:
 * compare ids by `parseUuid` and times by `parseInstant`.
 */
export function readLedger(bytes: Uint8Array): Read<Ledger> {
  const reading = readTypedDocument<Ledger>(bytes, 'ledger');
  if (!reading.ok) return reading;
  const { value, document } = reading.value;
  const faults = duplicates(value, document);
  return faults.length === 0 ? read(value) : { ok: false, faults };
}

const MAX_DUPLICATES = 3;

function duplicates({ participants }: Ledger, document: YamlDocument): Fault[] {
  const faults: Fault[] = [];
  const first = new Map<string | undefined, number>();
  for (const [index, { participant_id }] of participants.entries()) {
    const id = parseUuid(participant_id);
    const other = first.get(id);
    const path = ['participants', index, 'participant_id'];
    if (other === undefined) first.set(id, index);
    else if (faults.length < MAX_DUPLICATES) {
      faults.push({ message: `${placeOf(path)}: is the id of participants[${other}] too`, line: lineOf(document, path) });
    }
  }
  return faults;
}

/** The column in which FORMAT.md's example has its comments. */
const COMMENT_COLUMN = 33;
const COMMENTS: readonly (readonly [RegExp, string])[] = [
  [/^status: /, 'open | closed | archived'],
  [/^ {2}sensitivity: /, 'standard | confidential | restricted'],
];

/** Writes ledger.yaml as FORMAT.md §3 shows it: for a new thread. An existing one is edited (`editYaml`). */
export function renderLedger(ledger: Ledger): Uint8Array {
  const { communication_id, status, created_at, last_updated_at, participants, visibility, policies } = ledger;
  const ordered = {
    communication_id,
    status,
    created_at,
    last_updated_at,
    participants: participants.map(({ participant_id, role, display_name, organisation }) => ({
      participant_id,
      role,
      display_name,
      organisation,
    })),
    visibility: { sensitivity: visibility.sensitivity, restricted: visibility.restricted },
    policies: {
      allow_patient_participation: policies.allow_patient_participation,
      allow_external_organisations: policies.allow_external_organisations,
    },
  };
  return fileOf(blockLines(ordered, 0).map(commented));
}

function commented(line: string): string {
  const comment = COMMENTS.find(([pattern]) => pattern.test(line))?.[1];
  return comment === undefined ? line : `${line.padEnd(COMMENT_COLUMN)}# ${comment}`;
}

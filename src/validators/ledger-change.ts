import { differs, valueOf } from '../format/documents.js';
import { parseUuid } from '../format/identifiers.js';
import { parseInstant } from '../format/instant.js';
import type { Ledger } from '../format/ledger.js';
import type { ThreadStep } from '../format/thread-steps.js';
import { readYaml } from '../format/yaml.js';
import { nodeAt } from '../format/yaml-place.js';

export type Participant = Ledger['participants'][number];

/** The ledger's entry for a participant id, in either spelling. */
export function participant(ledger: Ledger | undefined, id: string): Participant | undefined {
  const wanted = parseUuid(id);
  return ledger?.participants.find((entry) => parseUuid(entry.participant_id) === wanted);
}

/**
 * Whether the ledger says something else than before, apart from
 * `last_updated_at`; a new ledger does. Spelling doesn't count.
 */
export function saysOtherThings({ ledger }: ThreadStep): boolean {
  const before = valueOf(ledger.before);
  const after = valueOf(ledger.after);
  if (before === undefined || after === undefined) return differs(ledger);
  if (sameButTime(before, after)) return false;
  return meaning(before) !== meaning(after);
}

/**
 * Whether bytes of the ledger changed apart from the value of
 * `last_updated_at`: comments and spelling count, since they are text that
 * somebody wrote into the record.
 */
export function changesOtherBytes({ ledger }: ThreadStep): boolean {
  if (!differs(ledger)) return false;
  const formerly = valueOf(ledger.before);
  const now = valueOf(ledger.after);
  if (formerly !== undefined && now !== undefined && sameButTime(formerly, now)) return false;
  const before = withoutTime(ledger.before?.bytes);
  return before === undefined || before !== withoutTime(ledger.after?.bytes);
}

/** Whether one was read from the other by `readLedgerTime`, which holds where nothing but the time differs. */
function sameButTime(before: Ledger, after: Ledger): boolean {
  return before.participants === after.participants;
}

function meaning(ledger: Ledger): string {
  return JSON.stringify([
    ledger.communication_id,
    ledger.status,
    String(parseInstant(ledger.created_at)),
    ledger.participants.map((entry) => [parseUuid(entry.participant_id), entry.role, entry.display_name, entry.organisation ?? null]),
    ledger.visibility.sensitivity,
    ledger.visibility.restricted,
    ledger.policies.allow_patient_participation,
    ledger.policies.allow_external_organisations,
  ]);
}

/** The text without the value of `last_updated_at`, its quotes kept; undefined where it is no plain or quoted scalar. */
function withoutTime(bytes: Uint8Array | undefined): string | undefined {
  const reading = bytes === undefined ? undefined : readYaml(bytes);
  if (reading?.ok !== true) return undefined;
  const { text, root } = reading.value;
  const node = nodeAt(root, ['last_updated_at']);
  if (node?.kind !== 'scalar') return undefined;
  const quote = node.style === 'plain' ? 0 : 1;
  return text.slice(0, node.start + quote) + text.slice(node.end - quote);
}

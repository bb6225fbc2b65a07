import { parseUuid } from '../format/identifiers.js';
import { parseInstant } from '../format/instant.js';
import type { Ledger } from '../format/ledger.js';
import { differs, valueOf } from './documents.js';
import type { ThreadStep } from './threads.js';

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
  const before = withoutTime(ledger.before?.bytes, formerly);
  const after = withoutTime(ledger.after?.bytes, now);
  return before === undefined || after === undefined || before !== after;
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

const TIME_LINE = /^(last_updated_at:[ ]+["']?)([^\s"']+)(.*)$/gm;

/** The text with the value of `last_updated_at` taken out; undefined where it isn't plainly on one line. */
function withoutTime(bytes: Uint8Array | undefined, ledger: Ledger | undefined): string | undefined {
  if (bytes === undefined || ledger === undefined) return undefined;
  const text = Buffer.from(bytes).toString('latin1');
  const lines = [...text.matchAll(TIME_LINE)];
  if (lines.length !== 1 || lines[0]?.[2] !== ledger.last_updated_at) return undefined;
  return text.replace(TIME_LINE, '$1$3');
}

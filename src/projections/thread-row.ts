import { VprError } from '../errors.js';
import { parseInstant } from '../format/instant.js';
import type { Ledger } from '../format/ledger.js';
import { remember } from '../format/remember.js';
import type { Thread } from '../format/thread.js';
import type { Flag, LedgerVersionRow, ThreadRow } from './tables.js';

/** A thread's row as a commit leaves it. */
export function threadRow(
  record: string,
  thread: string,
  ledger: Ledger,
  { messages }: Thread,
  { changed, opened }: { readonly changed: number; readonly opened: number },
): ThreadRow {
  const last = messages.at(-1);
  const { seq: _, ...said } = ledgerVersion(record, thread, ledger, changed);
  return {
    ...said,
    created_at: millisecondsOf(ledger.created_at),
    last_updated_at: millisecondsOf(ledger.last_updated_at),
    last_message_at: last === undefined ? null : millisecondsOf(last.timestamp),
    messages: messages.length,
    opened_seq: opened,
    changed_seq: changed,
  };
}

/** What a ledger says of its thread, apart from who takes part and when it was last changed. */
export function ledgerVersion(record: string, thread: string, { status, visibility, policies }: Ledger, seq: number): LedgerVersionRow {
  return {
    record,
    thread,
    seq,
    status,
    sensitivity: visibility.sensitivity,
    restricted: flag(visibility.restricted),
    allow_patient_participation: flag(policies.allow_patient_participation),
    allow_external_organisations: flag(policies.allow_external_organisations),
  };
}

const COMPARED = ['status', 'sensitivity', 'restricted', 'allow_patient_participation', 'allow_external_organisations'] as const;

export function sameVersion(one: LedgerVersionRow, other: LedgerVersionRow): boolean {
  return COMPARED.every((column) => one[column] === other[column]);
}

/** A message's time is mostly its thread's and its ledger's as well. */
const times = remember<number>(100);

/** A time of a file in milliseconds since 1970, what is finer cut off. Readers have made sure that it is one. */
export function millisecondsOf(time: string): number {
  return times(time, () => readMilliseconds(time));
}

function readMilliseconds(time: string): number {
  const instant = parseInstant(time);
  if (instant === undefined) throw new VprError('projections/unreadable', 'a time is no RFC 3339 time');
  // BigInt division goes towards zero: times before 1970 would move forward.
  const rest = ((instant % 1_000_000n) + 1_000_000n) % 1_000_000n;
  return Number((instant - rest) / 1_000_000n);
}

export function flag(value: boolean): Flag {
  return value ? 1 : 0;
}

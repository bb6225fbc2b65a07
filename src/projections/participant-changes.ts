import { parseUuid } from '../format/identifiers.js';
import type { Ledger } from '../format/ledger.js';
import type { ParticipantRow } from './tables.js';

type Entry = Ledger['participants'][number];

/** Entries of ledgers that came and went. */
export interface ParticipantChanges {
  readonly rows: readonly ParticipantRow[];
  /** Entries that were there before and have ended; which ones, and when. */
  readonly ended: readonly (Pick<ParticipantRow, 'record' | 'thread' | 'participant'> & { readonly until_seq: number })[];
}

/** Gathers what changes among the participants of threads. */
export function participantChanges() {
  const rows: ParticipantRow[] = [];
  const open = new Map<string, ParticipantRow>();
  const ended: ParticipantChanges['ended'][number][] = [];
  return {
    /** Whether anything changed. */
    add(place: Pick<ParticipantRow, 'record' | 'thread'>, before: Ledger | undefined, after: Ledger, seq: number): boolean {
      if (before?.participants === after.participants) return false; // the same reading: nothing but the time is new
      let changed = false;
      const [former, now] = [byId(before), byId(after)];
      for (const [participant, entry] of former) {
        if (same(entry, now.get(participant))) continue;
        changed = true;
        const row = open.get(`${place.thread} ${participant}`);
        if (row === undefined) ended.push({ ...place, participant, until_seq: seq });
        else row.until_seq = seq;
      }
      for (const [participant, entry] of now) {
        if (same(entry, former.get(participant))) continue;
        const { role, display_name, organisation = null } = entry;
        const row = { ...place, participant, from_seq: seq, until_seq: null, role, display_name, organisation };
        changed = true;
        rows.push(row);
        open.set(`${place.thread} ${participant}`, row);
      }
      return changed;
    },
    changes: (): ParticipantChanges => ({ rows, ended }),
  };
}

function byId(ledger: Ledger | undefined): ReadonlyMap<string, Entry> {
  return new Map((ledger?.participants ?? []).map((entry) => [parseUuid(entry.participant_id) ?? '', entry]));
}

function same(one: Entry, other: Entry | undefined): boolean {
  return one.role === other?.role && one.display_name === other.display_name && one.organisation === other.organisation;
}

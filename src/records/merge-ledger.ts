/** Both sides' changes of one ledger, value by value: what the merge driver of a clone does. */
import { editYaml, formatInstant, instantOf, type Ledger, parseInstant, parseUuid, readLedger, type YamlEdit } from '../format/index.js';

const MILLISECOND = 1_000_000n;
/** How far the times are spread that clones write which rebase at once. */
const SPREAD = 100n * MILLISECOND;

type Participant = Ledger['participants'][number];

/** Keys of a ledger with one value each. */
const SINGLE = [
  ['communication_id'],
  ['status'],
  ['created_at'],
  ['visibility', 'sensitivity'],
  ['visibility', 'restricted'],
  ['policies', 'allow_patient_participation'],
  ['policies', 'allow_external_organisations'],
] as const;

/**
 * `ours` (what the host has) with what `theirs` (the commit being rebased)
 * changed since `base`; `last_updated_at` moves past ours. Undefined where both
 * changed one value differently, where theirs changed more than values
 * (comments, spelling), or where a side does not read. `now` in nanoseconds.
 */
export function mergeLedgers(
  base: Uint8Array,
  ours: Uint8Array,
  theirs: Uint8Array,
  now: bigint = instantOf(new Date()),
): Uint8Array | undefined {
  const [former, here, there] = [readLedger(base), readLedger(ours), readLedger(theirs)];
  if (!former.ok || !here.ok || !there.ok) return undefined;
  const own = editsBetween(former.value, former.value, there.value);
  const edits = editsBetween(former.value, here.value, there.value);
  const time = laterTime(here.value.last_updated_at, there.value.last_updated_at, now);
  if (own === undefined || edits === undefined || time === undefined) return undefined;
  if (Buffer.compare(edited(base, own, there.value.last_updated_at), theirs) !== 0) return undefined;
  const merged = edited(ours, edits, time);
  return readLedger(merged).ok ? merged : undefined;
}

/**
 * The three versions with one and the same `last_updated_at`, the later one,
 * so that a textual merge has nothing to say about it. Undefined where a side does not read.
 */
export function alignTimes(
  base: Uint8Array,
  ours: Uint8Array,
  theirs: Uint8Array,
  now: bigint = instantOf(new Date()),
): readonly [Uint8Array, Uint8Array, Uint8Array] | undefined {
  const [former, here, there] = [readLedger(base), readLedger(ours), readLedger(theirs)];
  const time = here.ok && there.ok ? laterTime(here.value.last_updated_at, there.value.last_updated_at, now) : undefined;
  if (!former.ok || time === undefined) return undefined;
  return [edited(base, [], time), edited(ours, [], time), edited(theirs, [], time)];
}

function edited(bytes: Uint8Array, edits: readonly YamlEdit[], time: string): Uint8Array {
  return editYaml(bytes, [...edits, { path: ['last_updated_at'], value: time }]);
}

/** What makes of `here` what theirs made of `base`, time apart; undefined where both changed one thing differently. */
function editsBetween(base: Ledger, here: Ledger, theirs: Ledger): YamlEdit[] | undefined {
  const single = SINGLE.map((path) => mergeValue(path, base, here, theirs));
  const participants = mergeParticipants(base.participants, here.participants, theirs.participants);
  if (participants === undefined || single.includes('conflict')) return undefined;
  return [...single.filter((edit) => typeof edit === 'object'), ...participants];
}

/**
 * Theirs where it is later than ours. Otherwise now, or a millisecond after
 * ours, so that the rebased commit moves it forward (FORMAT §3), and a little
 * more, by what theirs was: two clones that rebase on the same commit must not
 * write the same ledger, because git takes what is the same on both sides
 * without asking anybody, and the time would stand still.
 */
function laterTime(ours: string, theirs: string, now: bigint): string | undefined {
  const [here, there] = [parseInstant(ours), parseInstant(theirs)];
  if (here === undefined || there === undefined) return undefined;
  if (there > here) return theirs;
  const next = here + MILLISECOND;
  return formatInstant((now > next ? now : next) + (there % SPREAD));
}

function mergeValue(path: (typeof SINGLE)[number], base: Ledger, ours: Ledger, theirs: Ledger): YamlEdit | 'conflict' | undefined {
  const [former, here, there] = [valueAt(base, path), valueAt(ours, path), valueAt(theirs, path)];
  if (there === former || there === here) return undefined;
  return here === former ? { path: [...path], value: there } : 'conflict';
}

function valueAt(ledger: Ledger, path: readonly string[]): unknown {
  return path.reduce<unknown>((value, key) => (value as Record<string, unknown>)[key], ledger);
}

function mergeParticipants(
  base: readonly Participant[],
  ours: readonly Participant[],
  theirs: readonly Participant[],
): YamlEdit[] | undefined {
  const edits: YamlEdit[] = [];
  const removed: YamlEdit[] = [];
  let end = ours.length;
  const ids = new Set([...base, ...theirs].map(idOf));
  for (const id of ids) {
    const of = (participants: readonly Participant[]) => participants.find((participant) => idOf(participant) === id);
    const [former, here, there] = [of(base), of(ours), of(theirs)];
    if (same(there, former) || same(there, here)) continue;
    if (!same(here, former)) return undefined;
    const index = ours.findIndex((participant) => idOf(participant) === id);
    if (there === undefined) removed.unshift({ path: ['participants', index], value: undefined });
    else if (index < 0) edits.push({ path: ['participants', end++], value: there });
    else edits.push({ path: ['participants', index], value: there });
  }
  return [...edits, ...removed.sort((a, b) => Number(b.path[1]) - Number(a.path[1]))];
}

/** A participant's id in its one canonical spelling. */
function idOf({ participant_id: id }: Participant): string {
  return parseUuid(id) ?? id;
}

/** Whether two states of one participant say the same. */
function same(a: Participant | undefined, b: Participant | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return a.role === b.role && a.display_name === b.display_name && a.organisation === b.organisation;
}

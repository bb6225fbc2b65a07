/** From a host's journal to the moment each commit of a history was received. */
import type { ObjectId } from '../format/push.js';
import { isZero } from '../format/push.js';
import type { Journal, Receipt } from '../hosts/journal-read.js';

/** What a journal says of a history, and where it can't be right. */
export interface Receipts {
  /** When the commit at an index of the history was received, in milliseconds; NaN where no entry that counts has it. */
  readonly times: Float64Array;
  /** Entries that count: main contains what they name. */
  readonly counted: number;
  /** Entries that name what main lacks, though a later one counts: pushes that git refused after they had been written down. */
  readonly passedOver: number;
  /** Entries that don't, and that another one begins at: main stood there, and was set back. */
  readonly lost: number;
  /** Entries after all that count: main has less than the host says it had accepted, and had stood at one of them. */
  readonly beyond: number;
  /** The same, where all of them begin at what main is: git may have refused each, and none shows that main had moved. */
  readonly unfinished: number;
  /** Entries whose own commits contradict them: what they begin at is not below what they end at. */
  readonly contradictory: number;
  /** Commits that are said to have been received before the one below them, by more than the skew. */
  readonly backwards: number;
}

export interface HistoryIds {
  /** Oldest first. */
  readonly ids: readonly ObjectId[];
  /** The commit below the first of them; absent: from the root on. */
  readonly from?: ObjectId | undefined;
  /** Commits of main above the last of them, oldest first. */
  readonly later: readonly ObjectId[];
  /** `ids` begin at the root. */
  readonly whole: boolean;
  readonly skewMs: number;
}

/**
 * Matches a journal with a history. A commit was received with the first
 * entry of the file that has it: later ones can't change what an earlier run
 * has gone by. One pass from the newest commit down. Times are said by the
 * entries alone that end at one of `ids`, or of `later`.
 */
export function receiptsOf({ receipts }: Pick<Journal, 'receipts'>, history: HistoryIds): Receipts {
  const { ids, later, from, whole, skewMs } = history;
  const commits = new Set([...ids, ...later]);
  const byNew = entriesOf(receipts, commits);
  const bad = new Set<number>();
  let found = sweep(receipts, byNew, bad, ids, later);
  for (const index of found.open) {
    if (!whole || isZero(receipts[index]?.old ?? '')) continue;
    bad.add(index);
  }
  if (bad.size > 0) found = sweep(receipts, byNew, bad, ids, later);

  const { after, ...others } = uncounted(receipts, { ...found, bad, commits, whole, from });
  const isUnfinished = mayBeRefused(after, later.at(-1) ?? ids.at(-1) ?? from);
  return {
    times: found.times,
    counted: found.counted.size,
    ...others,
    ...(isUnfinished ? { beyond: 0, unfinished: after.length } : { beyond: after.length, unfinished: 0 }),
    contradictory: bad.size,
    backwards: backwards(found.times, skewMs),
  };
}

interface Uncounted {
  readonly counted: ReadonlySet<number>;
  readonly bad: ReadonlySet<number>;
  readonly commits: ReadonlySet<ObjectId>;
  readonly whole: boolean;
  readonly from: ObjectId | undefined;
}

/** Entries that don't count, told apart by what stands before and after them. */
function uncounted(receipts: readonly Receipt[], { counted, bad, commits, whole, from }: Uncounted) {
  const last = Math.max(largest(counted), from === undefined ? -1 : receipts.findLastIndex((receipt) => receipt.new === from));
  const begun = new Set([...counted].map((index) => receipts[index]?.old));
  // What main was when a later push came, git had not refused.
  const stood = new Set(receipts.map(({ old }) => old));
  const after: Receipt[] = [];
  let lost = 0;
  let passedOver = 0;
  for (const [index, receipt] of receipts.entries()) {
    if (counted.has(index) || bad.has(index)) continue;
    // Of a part of a history nothing can be said of entries before it.
    if (index <= last || begun.has(receipt.old)) {
      // A push that git refused after all and that came again is there twice: main has what both name.
      if (!whole || commits.has(receipt.new)) continue;
      if (stood.has(receipt.new)) lost += 1;
      else passedOver += 1;
    } else if (whole || last >= 0) after.push(receipt);
  }
  return { after, lost, passedOver };
}

/**
 * Whether git may have refused each of these pushes after the hook had written it down (another hook, a lock): all begin at what
 * main is; undefined: at nothing. What one begins at main had been when it came, so that a push that others follow was not refused.
 */
export function mayBeRefused(receipts: readonly Receipt[], main: ObjectId | undefined): boolean {
  return receipts.every(({ old }) => (main === undefined ? isZero(old) : old === main));
}

/** Whether a journal went on from a commit, push by push: nothing was set back, or refused, since main was there. */
export function goesOnFrom({ receipts }: Journal, tip: ObjectId): boolean {
  let at = receipts.findLastIndex((receipt) => receipt.new === tip);
  if (at < 0) return false;
  while (at + 1 < receipts.length && receipts[at + 1]?.old === receipts[at]?.new) at += 1;
  return at + 1 === receipts.length;
}

/** Where entries stand in the file that end at one of these commits; of two for one push, the first. */
function entriesOf(receipts: readonly Receipt[], commits: ReadonlySet<ObjectId>): ReadonlyMap<ObjectId, readonly number[]> {
  const byNew = new Map<ObjectId, number[]>();
  for (const [index, { old, new: fresh }] of receipts.entries()) {
    if (!commits.has(fresh)) continue;
    const same = byNew.get(fresh) ?? [];
    if (same.length === 0) byNew.set(fresh, same);
    if (!same.some((other) => receipts[other]?.old === old)) same.push(index);
  }
  return byNew;
}

interface Sweep {
  readonly times: Float64Array;
  readonly counted: ReadonlySet<number>;
  /** Entries whose beginning was not met. */
  readonly open: readonly number[];
}

function sweep(
  receipts: readonly Receipt[],
  byNew: ReadonlyMap<ObjectId, readonly number[]>,
  bad: ReadonlySet<number>,
  ids: readonly ObjectId[],
  later: readonly ObjectId[],
): Sweep {
  const times = new Float64Array(ids.length).fill(Number.NaN);
  const counted = new Set<number>();
  let open: number[] = [];
  const pass = (id: ObjectId): void => {
    if (open.length > 0) open = open.filter((index) => receipts[index]?.old !== id);
    for (const index of byNew.get(id) ?? []) {
      if (bad.has(index)) continue;
      counted.add(index);
      open.push(index);
    }
  };
  for (let i = later.length - 1; i >= 0; i--) pass(later[i] ?? '');
  for (let i = ids.length - 1; i >= 0; i--) {
    pass(ids[i] ?? '');
    let first: number | undefined;
    for (const index of open) if (first === undefined || index < first) first = index;
    const receipt = first === undefined ? undefined : receipts[first];
    if (receipt !== undefined) times[i] = receipt.time;
  }
  return { times, counted, open };
}

function backwards(times: Float64Array, skewMs: number): number {
  let count = 0;
  let latest = Number.NEGATIVE_INFINITY;
  for (const time of times) {
    if (Number.isNaN(time)) continue;
    if (time < latest - skewMs) count += 1;
    else latest = time;
  }
  return count;
}

function largest(indices: ReadonlySet<number>): number {
  let most = -1;
  for (const index of indices) if (index > most) most = index;
  return most;
}

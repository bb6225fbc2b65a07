import { VprError } from '../errors.js';
import type { RecordKind, Uuid } from '../format/identifiers.js';
import { DEFAULT_POLICY } from '../format/policy.js';
import type { History, ObjectId, ObjectSource } from '../format/push.js';
import { type PushLimits, readHistory } from '../git/push.js';
import { type Gatherer, gatherChanges } from './changes.js';
import type { Database } from './database.js';
import { isSince, type WhyHeld } from './state.js';
import { type Advance, PROJECTION_VERSION, stateOf, storeAdvance, WHILE_HELD } from './store.js';
import type { CommitRow, ProjectionRow } from './tables.js';

/** A record to be projected. */
export interface ProjectRequest {
  readonly record: { readonly kind: RecordKind; readonly id: Uuid };
  /** The record's repository. */
  readonly source: ObjectSource;
  /** The commit to be reached: main's, whose commits have all been accepted or judged good. */
  readonly to: ObjectId;
  readonly verdictOf: (commit: ObjectId) => CommitRow['verdict'];
  /** When the host received a commit, in milliseconds since 1970: from its journal. */
  readonly receivedAt: (commit: ObjectId) => number | undefined;
  readonly now: Date;
  /** The history up to `to`, from what was reached or from the root on, where it has been walked already. */
  readonly history?: History;
  /** What is read of a commit at most; the defaults of `vpr.yaml` unless given. However many commits there are, all are read. */
  readonly limits?: PushLimits;
  /** What main restricts above `to`, where that is not main itself: as `Advance` has it. */
  readonly hidden?: readonly string[];
  /** What was known of the record before `to` was chosen, as `WhyHeld` has it: what somebody else has held since stays held. */
  readonly since?: WhyHeld['since'];
  /** From the root on, whatever was reached: the rows that there are answer until the new ones are stored. */
  readonly anew?: boolean;
}

/** What was done. */
export interface Projected {
  /** Commits whose rows were stored. */
  readonly commits: number;
  /** The rows were made anew from the root: it was asked for, main doesn't descend from what had been reached, or the projection's version is another. */
  readonly anew: boolean;
}

/** A step that is ready to be stored. */
export interface PreparedAdvance extends Advance {
  readonly commits: number;
  /** How much of the largest step it is, in commits or in text: at most about 1, since the last commit of one may go beyond it. */
  readonly share: number;
}

/** So much is stored in one transaction at most: a long history in pieces, each of which is a projection of a former main. */
const MOST_COMMITS = 1000;
const MOST_CHARACTERS = 8 * 1024 * 1024;
/** Others that project the same record make us begin again; so often. */
const MOST_ATTEMPTS = 20;

/**
 * Projects a record's commits up to one: from what had been reached, in order.
 * Rows and the commit reached are stored in one transaction, so that after a
 * crash at any moment the next call goes on where it should. Any number of
 * processes may do so at once.
 *
 * @throws VprError `projections/history` (main's commits are not all there), `projections/unreadable`,
 * `projections/database`, and what the source throws
 */
export async function projectRecord(database: Database, request: ProjectRequest): Promise<Projected> {
  let commits = 0;
  let anew = false;
  for (let attempt = 1; attempt <= MOST_ATTEMPTS; attempt += 1) {
    let raced = false;
    for await (const advance of advances(database, request)) {
      raced = !(await database.transaction((transaction) => storeAdvance(transaction, advance, request.now, false)));
      if (raced) break;
      commits += advance.commits;
      anew ||= advance.anew && advance.from !== null;
    }
    if (!raced) {
      if (commits === 0) await releaseRecord(database, request);
      return { commits, anew };
    }
  }
  throw new VprError('projections/busy', `the record ${request.record.id} was projected by somebody else each time it was tried`);
}

/** Writes down that nothing holds a record any more, where there was nothing left to project. */
export async function releaseRecord(
  database: Database,
  { record: { id }, to, since }: Pick<ProjectRequest, 'record' | 'to' | 'since'>,
): Promise<void> {
  const kept = await stateOf(database, id);
  if (kept === undefined || kept.state === 'current' || kept.state === 'partial') return;
  await database.transaction(async (transaction) => {
    const { kysely, lock } = transaction;
    await lock(id);
    if (!isSince(await stateOf(transaction, id), since)) return;
    const current = { state: 'current', reason: null, attempts: 0, next_try_at: null } as const;
    const released = kysely.updateTable('projections').set(current).where('record', '=', id).where('reached', '=', to);
    if ((await released.executeTakeFirst()).numUpdatedRows === 0n) return; // somebody else has gone on meanwhile, and knows better
    for (const table of WHILE_HELD) await kysely.deleteFrom(table).where('record', '=', id).execute();
  });
}

/** What is to be stored, in order: nothing where the commit has been reached. */
export async function* advances(database: Pick<Database, 'kysely'>, request: ProjectRequest): AsyncGenerator<PreparedAdvance> {
  yield* advancesFrom(await stateOf(database, request.record.id), request);
}

/** The same, where what was reached is known; undefined: nothing. Needs no database. */
export async function* advancesFrom(state: ProjectionRow | undefined, request: ProjectRequest): AsyncGenerator<PreparedAdvance> {
  const { record, to } = request;
  const reached = state?.reached ?? null;
  const fits = state?.version === PROJECTION_VERSION && request.anew !== true;
  const partial = state?.state === 'partial';
  if (reached === to && fits && !partial) return;
  const onward = reached !== null && reached !== to && fits ? await historyOf(request, reached) : undefined;
  const continues = onward?.end.kind === 'old';
  const history = onward !== undefined && continues ? onward : whole(await historyOf(request, undefined), record.id);
  const start = { from: reached, anew: !continues, seq: continues ? (state?.seq ?? -1) + 1 : 0 };
  yield* inPieces(history, request, { ...start, partial: !continues || partial });
}

async function historyOf({ history, source, to, limits }: ProjectRequest, old: ObjectId | undefined): Promise<History> {
  if (history?.new === to && history.old === old) return history;
  const range = old === undefined ? { new: to } : { old, new: to };
  return readHistory(source, range, { ...(limits ?? DEFAULT_POLICY.limits), commitsPerPush: Number.MAX_SAFE_INTEGER });
}

async function* inPieces(
  history: History,
  { record, verdictOf, receivedAt, hidden = [] }: ProjectRequest,
  start: { readonly from: string | null; readonly anew: boolean; readonly partial: boolean; readonly seq: number },
): AsyncGenerator<PreparedAdvance> {
  const gatherer = gatherChanges(record, start.seq);
  let { from, anew } = start;
  let last: ObjectId | undefined;
  const take = (partial: boolean): PreparedAdvance => {
    const size = gatherer.size();
    const advance = { changes: gatherer.take(), from, anew, partial, commits: size.commits, share: shareOf(size), hidden };
    from = last ?? null;
    anew = false;
    return advance;
  };
  for await (const pushed of history.commits()) {
    if (shareOf(gatherer.size()) >= 1) yield take(start.partial);
    gatherer.add(pushed, { verdict: verdictOf(pushed.id), received_at: receivedAt(pushed.id) ?? null });
    last = pushed.id;
  }
  if (gatherer.size().commits > 0) yield take(false);
}

function shareOf({ commits, characters }: ReturnType<Gatherer['size']>): number {
  return Math.max(commits / MOST_COMMITS, characters / MOST_CHARACTERS);
}

function whole(history: History, record: Uuid): History {
  const { end } = history;
  if (end.kind === 'root') return history;
  const about = 'id' in end ? ` (${end.id})` : '';
  throw new VprError('projections/history', `the history of the record ${record} cannot be read to its root: ${end.kind}${about}`, {
    help: ['git fsck --full'],
  });
}

import { type Expression, type ExpressionBuilder, type SqlBool, sql } from 'kysely';
import { VprError } from '../../errors.js';
import type { Connection } from '../database.js';
import { HELD_STATES, type ProjectionRow, type Tables } from '../tables.js';
import { among } from './among.js';

/** What part of an answer stands on: a record as of a commit. Git may have gone on since. */
export interface Standing {
  readonly record: string;
  readonly commit: string;
  readonly seq: number;
  /** When its rows were stored, in milliseconds since 1970. */
  readonly projectedAt: number;
  /** Main is further, or can't be told: what is above the commit is withheld, the record is set aside, or being projected from its root on. */
  readonly held?: { readonly state: Exclude<ProjectionRow['state'], 'current'>; readonly reason: string };
}

/** What every query gives. */
export interface Answer<T> {
  /** A database says it: the record is what Git has. */
  readonly authoritative: false;
  /** Of each record that anything is said of. */
  readonly standing: readonly Standing[];
  readonly items: readonly T[];
  /** Where to go on; absent where there is nothing more. */
  readonly cursor?: string;
  /** The page is not full though there may be more: looking stopped at the bound on one query's work. */
  readonly cut: boolean;
  /**
   * Of an answer about no single record: how many records of the host are held, and so may say more, or something
   * else, than what is answered. Absent where none is.
   */
  readonly held?: { readonly records: number; readonly capped: boolean };
}

/** What every query can be asked. */
export interface Asking {
  /** At most so many items, 1 to 200; 20 unless said otherwise. */
  readonly limit?: number;
  /** From a former answer. */
  readonly cursor?: string;
  /** Why what is restricted, or not to be queried, is wanted: then it is shown. The caller logs who asked and this. */
  readonly reason?: string;
  /** Archived threads as well. */
  readonly archived?: boolean;
}

/** Held records that are counted. */
const MOST_HELD = 100;
const USUAL = 20;
const MOST = 200;

/** That a record is held. The states are said in the statement itself: a database plans for how rare they are. */
export const isHeld = sql<SqlBool>`state in (${sql.join(HELD_STATES.map((state) => sql.lit(state)))})`;

/** How many items are wanted. Throws `projections/limit`. */
export function limitOf({ limit = USUAL }: Asking): number {
  if (Number.isInteger(limit) && limit >= 1 && limit <= MOST) return limit;
  throw new VprError('projections/limit', `a page has 1 to ${MOST} items, not ${limit}`);
}

/** An answer, with what it stands on: also the one record that was asked about, where nothing is said of it. */
export async function answer<T extends { readonly record: string }>(
  connection: Connection,
  items: readonly T[],
  more: { readonly cursor?: string | undefined; readonly cut?: boolean; readonly record?: string | undefined } = {},
): Promise<Answer<T>> {
  const asked = more.record === undefined ? [] : [more.record];
  const standing = await standingOf(connection, [...new Set([...asked, ...items.map(({ record }) => record)])]);
  const held = more.record === undefined ? await heldIn(connection) : {};
  const cursor = more.cursor === undefined ? {} : { cursor: more.cursor };
  return { authoritative: false, standing, items, ...cursor, cut: more.cut ?? false, ...held };
}

async function heldIn({ kysely }: Connection): Promise<Pick<Answer<unknown>, 'held'>> {
  const rows = await kysely
    .selectFrom('projections')
    .select('record')
    .where(isHeld)
    .limit(sql.lit(MOST_HELD + 1))
    .execute();
  return rows.length === 0 ? {} : { held: { records: Math.min(rows.length, MOST_HELD), capped: rows.length > MOST_HELD } };
}

export async function standingOf(connection: Connection, records: readonly string[]): Promise<Standing[]> {
  if (records.length === 0) return [];
  const one = records.map((record) => [record]);
  const rows = await connection.kysely
    .selectFrom('projections')
    .select(['record', 'reached', 'seq', 'projected_at', 'state', 'reason'])
    .where(among(connection, ['record'], one))
    .execute();
  return rows.map(({ record, reached, seq, projected_at, state, reason }) => ({
    record,
    commit: reached ?? '',
    seq: seq ?? -1,
    projectedAt: projected_at,
    ...(state === 'current' ? {} : { held: { state, reason: reason ?? '' } }),
  }));
}

/** What decides whether a thread may be shown, by the tables that have been joined. */
export function visible(eb: ExpressionBuilder<Tables, 'records' | 'threads'>, { reason, archived }: Asking): Expression<SqlBool> {
  const conditions = archived === true ? [] : [eb('threads.status', '<>', 'archived')];
  if (given(reason)) return eb.and(conditions);
  return eb.and([
    ...conditions,
    eb('records.record_queryable', '=', 1),
    eb('threads.restricted', '=', 0),
    eb('threads.sensitivity', '<>', 'restricted'),
    eb.not(
      eb.exists(
        eb
          .selectFrom('hidden')
          .select('hidden.record')
          .whereRef('hidden.record', '=', 'threads.record')
          .where((hidden) => hidden.or([hidden('hidden.thread', '=', ''), hidden('hidden.thread', '=', hidden.ref('threads.thread'))])),
      ),
    ),
  ]);
}

/** Whether somebody says why. */
export function given(reason: string | undefined): boolean {
  return reason !== undefined && reason.trim() !== '';
}

/**
 * Makes sure that a record may be spoken of.
 *
 * @throws VprError `projections/unknown`, `projections/nothing-yet` (set aside or withheld before anything was projected, or being projected), `projections/not-queryable`
 */
export async function needRecord({ kysely }: Connection, record: string, { reason }: Asking): Promise<void> {
  const row = await kysely
    .selectFrom('projections')
    .leftJoin('records', 'records.record', 'projections.record')
    .leftJoin('hidden', (join) => join.onRef('hidden.record', '=', 'projections.record').on('hidden.thread', '=', ''))
    .select(['projections.state', 'projections.reason', 'records.record_queryable', 'hidden.thread as hidden'])
    .where('projections.record', '=', record)
    .executeTakeFirst();
  if (row === undefined || (row.record_queryable === null && row.state === 'current'))
    throw new VprError('projections/unknown', `the projection has no record ${record}`, {
      help: ['ids of records: vpr host list DIR', 'where it was just pushed, or nobody watches: vpr watch DIR --once'],
    });
  if (row.record_queryable === null || (row.state === 'partial' && !given(reason)))
    throw new VprError('projections/nothing-yet', `nothing of the record ${record} is projected, it is ${row.state}: ${row.reason ?? ''}`, {
      help: ['vpr projection status DIR'],
    });
  if ((row.record_queryable !== 1 || row.hidden !== null) && !given(reason))
    throw new VprError('projections/not-queryable', `the record ${record} is marked as not to be queried`, {
      help: ['say why it is needed: --reason TEXT'],
    });
}

/**
 * PostgreSQL's index of words has no order. So the newest messages are looked
 * through, then stretches of time by the index, each longer than the one before,
 * until there are as many as wanted: of a word that is everywhere no more is read
 * than of a seldom one. That is not left to the planner, which knows of few words how frequent they are.
 */
import { type RawBuilder, sql } from 'kysely';
import type { Connection } from '../database.js';
import { STRETCH } from '../migrations/004-pairs.js';
import { pairsOf, UNKNOWN_PAIRS, UNPLACED } from '../postgres-words.js';
import { type Place, passedBy } from './cursor.js';
import type { Key, Sought } from './sought.js';

/** The newest messages that are looked through for each that is wanted: more would take longer than the index. */
const NEWEST = 4;
/** The next stretch is to have so many times what is still wanted, and is at most so many times as long as all before. */
const MARGIN = 2;
const FURTHER = 20;
/** Of what is seldom enough to be looked for in more than these (a hundred days), all are read at once. */
const MOST_STRETCHES = 64;
const MILLISECONDS = 2 ** STRETCH;

const ORDER = sql.raw('order by at desc, record desc, thread desc, position desc');
const KEY = sql.raw('record, thread, position, at');

/** The newest behind a place, `limit` at most, in order. */
export async function keysInPostgres({ kysely }: Connection, sought: Sought, after: Place | undefined, limit: number): Promise<Key[]> {
  const read = async (keys: RawBuilder<Key>) => (await keys.execute(kysely)).rows;
  const passed = passedBy(after);
  const wanted = passed + limit;
  const page = () => found.slice(passed, wanted);
  // These stand in the statements, since plans depend on them; powers of two, so that there are few different ones.
  const most = 2 ** Math.ceil(Math.log2(wanted));
  const size = NEWEST * most;
  const candidates = sql`select record, thread, position, author_id, written_at as at, words from messages`;
  const fitting = sql.join(conditions(sought, after), sql` and `);
  const newest = sql`select * from (${candidates}) candidates where ${fitting} ${ORDER} limit ${sql.lit(size)}`;
  const fits = sql`words @@ ${wordsOf(sought)}::tsquery`;
  const found = await read(sql<Key>`select ${KEY} from (${newest}) newest where ${fits} ${ORDER} limit ${sql.lit(most)}`);
  if (found.length >= wanted) return page();
  const { rows: times } = await sql<{ at: number }>`select at from (${newest}) newest ${ORDER}`.execute(kysely);
  if (times.length < size) return page();

  // Of messages of the last time some may not have been looked at. How dense they are is told by the older half of them: the
  // newest may be of a clock that is wrong.
  let until = times.at(-1)?.at ?? 0;
  let length = 2 * ((times[size / 2]?.at ?? 0) - until);
  while (found.at(-1)?.at === until) found.pop();
  for (let done = false; !done && found.length < wanted; ) {
    const further = length * Math.min(FURTHER, (MARGIN * wanted) / (found.length + 1));
    const stretches = stretchesOf(until - further, until);
    const from = (stretches[0] ?? 0) * MILLISECONDS;
    done = stretches.length > MOST_STRETCHES || (sought.since !== undefined && from <= sought.since);
    const inStretch = sql`array[written_at >> ${sql.lit(STRETCH)}] && ${stretches}::bigint[]`;
    const indexed = inIndex(sought, stretches.length > MOST_STRETCHES ? [] : [inStretch]);
    // Without the offset PostgreSQL would look for the other conditions by other indexes as well, and read more.
    const stretch = sql`${candidates} where ${indexed} offset 0`;
    const rest = sql.join([fits, sql`at <= ${until}`, ...conditions(sought, after)], sql` and `);
    found.push(...(await read(sql<Key>`select ${KEY} from (${stretch}) found where ${rest} ${ORDER} limit ${sql.lit(most)}`)));
    length += until - from;
    until = from - 1;
  }
  return page();
}

/** The numbers of the stretches between two times, in ascending order; no more than can be told to be too many. */
function stretchesOf(from: number, to: number): number[] {
  const last = Math.floor(to / MILLISECONDS);
  const first = Math.max(Math.floor(from / MILLISECONDS), last - MOST_STRETCHES);
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

/** All that is asked for besides words. */
function conditions({ record, author, since, until }: Sought, after: Place | undefined): RawBuilder<unknown>[] {
  const all: RawBuilder<unknown>[] = [sql`true`];
  if (record !== undefined) all.push(sql`record = ${record}`);
  if (author !== undefined) all.push(sql`author_id = ${author}`);
  if (since !== undefined) all.push(sql`at >= ${since}::bigint`);
  if (until !== undefined) all.push(sql`at < ${until}::bigint`);
  if (after !== undefined)
    all.push(sql`(at, record, thread, position) < (${after[0]}::bigint, ${after[1]}, ${after[2]}, ${after[3]}::integer)`);
  return all;
}

function wordsOf({ terms }: Sought): string {
  return terms.map(together).join(' & ');
}

/** Words that stand together: also in a message of which that is not known, if it has them all. */
function together(term: readonly string[]): string {
  const [near, apart] = [' <-> ', ' & '].map((operator) => term.map((word) => `'${word}'`).join(operator));
  return term.length === 1 ? `${apart}` : `((${near}) | ('${UNPLACED}' & ${apart}))`;
}

/**
 * What the index is asked for. Words that stand together are looked for by their pairs alone, of which there are few; all
 * of them for themselves where a message's pairs are not known.
 */
function inIndex({ terms, record, author }: Sought, more: readonly RawBuilder<unknown>[]): RawBuilder<unknown> {
  const ids = [record, author].filter((id) => id !== undefined);
  const others = [...(ids.length === 0 ? [] : [sql`array[record, author_id] @> ${ids}::text[]`]), ...more];
  const pairs = terms.flatMap(pairsOf);
  const all = [hasWords(terms.flat()), ...others];
  if (pairs.length === 0) return sql.join(all, sql` and `);
  const alone = terms.filter(({ length }) => length === 1).flat();
  const known = [sql`pairs @> ${pairs}::integer[]`, ...(alone.length === 0 ? [] : [hasWords(alone)]), ...others];
  const unknown = [sql`pairs @> ${[UNKNOWN_PAIRS]}::integer[]`, ...all];
  return sql`((${sql.join(known, sql` and `)}) or (${sql.join(unknown, sql` and `)}))`;
}

function hasWords(words: readonly string[]): RawBuilder<unknown> {
  return sql`words @@ ${words.map((word) => `'${word}'`).join(' & ')}::tsquery`;
}

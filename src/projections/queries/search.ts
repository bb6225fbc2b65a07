import { VprError } from '../../errors.js';
import { parseUuid } from '../../format/identifiers.js';
import type { Connection } from '../database.js';
import { wordsOf } from '../words.js';
import { among } from './among.js';
import { type Answer, type Asking, answer, limitOf, needRecord } from './answer.js';
import { correctionIds, readIds } from './corrected-by.js';
import { type Place, reachable, readCursor, TIME, writeCursor } from './cursor.js';
import { countHits, type Hit, hitsAfter, placeBehind, placeLike } from './hits.js';
import { type Snippet, snippetOf } from './snippet.js';
import type { Sought } from './sought.js';
import { readTerms, type Terms } from './terms.js';

/** What to search for. */
export interface SearchQuery extends Asking {
  /** Words, and "words that stand together": messages that have all of them. */
  readonly text: string;
  /** Ids in either spelling. */
  readonly record?: string;
  readonly author?: string;
  /** Written from then on, and before then, in milliseconds since 1970. */
  readonly since?: number;
  readonly until?: number;
  /** Best first, of the newest that are found; otherwise newest first. One page alone. */
  readonly ranked?: boolean;
  /** Count as well. */
  readonly count?: boolean;
}

/** A message that has what was searched for. */
export interface FoundMessage {
  readonly record: string;
  readonly thread: string;
  readonly position: number;
  readonly message: string;
  readonly author: { readonly id: string; readonly name: string; readonly role: string | null };
  readonly recordedBy: string | null;
  readonly writtenAt: number;
  readonly corrects: string | null;
  /** The messages that correct it, oldest first; twenty at most. What it says may not hold any more. */
  readonly correctedBy: readonly string[];
  /** The commit that brought it. */
  readonly commit: string;
  readonly snippet: Snippet;
}

export interface SearchAnswer extends Answer<FoundMessage> {
  /** How many there are that may be shown; `capped`: so many at least. */
  readonly count?: { readonly value: number; readonly capped: boolean };
}

/** So many hits are looked at by one query. */
const MOST_LOOKS = 1000;
/** So many are counted: as many as the largest page has. */
const MOST_COUNTED = 200;
/** So many more than are wanted at first: some may not be shown. */
const MARGIN = 5;
/** Of so many of the newest the best are found: a larger page is cut. */
const RANKED = 50;
/** Of a message so many characters decide its rank. */
const MOST_RANKED = 16 * 1024;

/** Searches messages. Throws `projections/words`, `projections/cursor`, `projections/limit`, `projections/id`, `projections/time`, and as `needRecord` does. */
export async function search(connection: Connection, query: SearchQuery): Promise<SearchAnswer> {
  const sought = await soughtBy(connection, query);
  const limit = limitOf(query);
  const after = readCursor('search', query.cursor, placeLike(connection));
  const wanted = query.ranked === true ? RANKED : limit;
  const { hits, more, cut } = await visibleHits(connection, sought, query, after, wanted);
  const rows = await messagesOf(connection, hits);
  const found = query.ranked === true ? bestFirst(rows, sought.terms) : rows;
  const items = found.slice(0, limit).map(({ body, ...row }): FoundMessage => ({ ...row, snippet: snippetOf(body, sought.terms) }));
  const cursor = more === undefined || query.ranked === true ? undefined : writeCursor('search', more);
  const all = after === undefined && more === undefined && !cut;
  const count =
    query.count === true ? { count: all ? { value: hits.length, capped: false } : await countOf(connection, sought, query) } : {};
  const short = query.ranked === true && more !== undefined && items.length < limit;
  return { ...(await answer(connection, items, { cursor, cut: cut || short, record: sought.record })), ...count };
}

async function soughtBy(connection: Connection, { text, record, author, since, until, reason }: SearchQuery): Promise<Sought> {
  const ids = { ...(record === undefined ? {} : { record: idOf(record) }), ...(author === undefined ? {} : { author: idOf(author) }) };
  const times = { ...(since === undefined ? {} : { since: timeOf(since) }), ...(until === undefined ? {} : { until: timeOf(until) }) };
  const terms = readTerms(text);
  if (ids.record !== undefined) await needRecord(connection, ids.record, reason === undefined ? {} : { reason });
  return { terms, ...ids, ...times };
}

/** A time that databases take: messages have whole milliseconds. Throws `projections/time`. */
function timeOf(milliseconds: number): number {
  if (!Number.isNaN(milliseconds)) return Math.min(Math.max(Math.ceil(milliseconds), -TIME), TIME);
  throw new VprError('projections/time', 'a time is not a number of milliseconds');
}

/** An id in its canonical spelling. Throws `projections/id`. */
export function idOf(text: string): string {
  const id = parseUuid(text);
  if (id !== undefined) return id;
  throw new VprError('projections/id', 'an id is not a UUID', { help: ['32 lowercase hex digits, or the same with hyphens'] });
}

interface Looked {
  readonly hits: readonly Hit[];
  /** Behind what to go on; absent where nothing follows. */
  readonly more?: Place;
  readonly cut: boolean;
}

/** Hits that may be shown: looks at so many at a time, more each time, up to the bound. */
async function visibleHits(
  connection: Connection,
  sought: Sought,
  asking: Asking,
  after: Place | undefined,
  wanted: number,
): Promise<Looked> {
  const hits: Hit[] = [];
  let last = after;
  let told = after;
  let looks = 0;
  for (let batch = wanted + MARGIN; looks < MOST_LOOKS; batch *= 4) {
    const size = Math.min(batch, MOST_LOOKS - looks);
    const found = await hitsAfter(connection, sought, asking, last, size);
    for (const hit of found) {
      if (hit.shown) {
        if (hits.length === wanted) return { hits, ...reachable(hits.at(-1)?.place), cut: false };
        hits.push(hit);
      }
      last = hit.place;
      told = placeBehind(connection, told, hit);
    }
    looks += found.length;
    if (found.length < size) return { hits, cut: false };
  }
  if (hits.length === wanted) return { hits, ...reachable(hits.at(-1)?.place), cut: false };
  return { hits, ...reachable(told), cut: true };
}

type FoundRow = Omit<FoundMessage, 'snippet'> & { readonly body: string };

async function messagesOf(connection: Connection, hits: readonly Hit[]): Promise<FoundRow[]> {
  if (hits.length === 0) return [];
  const rows = await connection.kysely
    .selectFrom('messages')
    .innerJoin('commits', (join) => join.onRef('commits.record', '=', 'messages.record').onRef('commits.seq', '=', 'messages.seq'))
    .select([
      'messages.record',
      'thread',
      'position',
      'message',
      'author_id',
      'messages.author_name',
      'role',
      'recorded_by',
      'written_at',
      'corrects',
      'body',
      'commits.id',
    ])
    .select(correctionIds(connection))
    .where(
      among(
        connection,
        ['messages.record', 'messages.thread', 'messages.position'],
        hits.map(({ record, thread, position }) => [record, thread, position]),
      ),
    )
    .execute();
  const placeOf = ({ record, thread, position }: Pick<Hit, 'record' | 'thread' | 'position'>) => `${record} ${thread} ${position}`;
  const byPlace = new Map(rows.map((row) => [placeOf(row), row]));
  return hits.flatMap((hit) => {
    const row = byPlace.get(placeOf(hit));
    if (row === undefined) return [];
    const { author_id, author_name, role, recorded_by, written_at, corrections, id, ...said } = row;
    const author = { id: author_id, name: author_name, role };
    return [{ ...said, author, recordedBy: recorded_by, writtenAt: written_at, correctedBy: readIds(corrections), commit: id }];
  });
}

async function countOf(connection: Connection, sought: Sought, asking: Asking): Promise<{ value: number; capped: boolean }> {
  const { looked, value } = await countHits(connection, sought, asking, MOST_COUNTED + 1);
  return { value: Math.min(value, MOST_COUNTED), capped: looked > MOST_COUNTED };
}

function bestFirst(rows: readonly FoundRow[], terms: Terms): FoundRow[] {
  const scored = rows.map((row) => ({ row, score: scoreOf(row.body, terms) }));
  return scored.sort((a, b) => b.score - a.score || b.row.writtenAt - a.row.writtenAt).map(({ row }) => row);
}

/** How often and how densely the words stand in a message: each further one counts less. */
function scoreOf(body: string, terms: Terms): number {
  const counts = new Map(terms.flat().map((word) => [word, 0]));
  const text = body.slice(0, MOST_RANKED);
  let length = 1;
  for (const word of wordsOf(text)) {
    length += 1;
    const count = counts.get(word);
    if (count !== undefined) counts.set(word, count + 1);
  }
  const weight = [...counts.values()].reduce((sum, count) => sum + count / (count + 1 + length / 50), 0);
  return weight / counts.size;
}

/** What a search finds, page by page, is what going through all messages finds: on both databases, whatever is asked. */
import { sql } from 'kysely';
import t from 'tap';
import { openDatabase, type SearchQuery, search } from '../../src/projections/index.js';
import { readTerms } from '../../src/projections/queries/terms.js';
import { wordsOf } from '../../src/projections/words.js';
import { seeded } from '../support/random.js';
import { onEachDatabase } from './databases.js';
import { messageRow, RECORD, storeRecord, threadRow } from './rows.js';

const DAY = 86_400_000;
const NOW = Date.UTC(2026, 0, 1);
const LAST = Date.UTC(9999, 11, 31);
const WORDS = ['a', 'b', 'c', 'x-ray', '1.5', 'Ärger', '血', '圧', '血圧', 'ß', 'ไทย', 'é', `${'x'.repeat(63)}é`];
const random = seeded(5);

/** Of one moment, of a few, spread over years, before 1970, and at the end of time; some with more words than PostgreSQL has places. */
const MESSAGES = Array.from({ length: 600 }, (_, index) => {
  const written_at = random.pick([NOW, NOW - random.int(3), NOW - random.int(3000) * DAY, -random.int(9000) * DAY, LAST]);
  const body = Array.from({ length: random.int(150) === 0 ? 17_000 : 1 + random.int(8) }, () => random.pick(WORDS)).join(
    random.pick([' ', '\n', ', ']),
  );
  return messageRow(random.pick(['t', 'hidden']), index, {
    body,
    written_at,
    author_id: random.pick([RECORD, '1f4c2e9d-4b0a-4f3a-9a2c-0e9a6b5d1c88']),
  });
});
const THREADS = [threadRow('t'), threadRow('hidden', { restricted: 1 })];
const TEXTS = MESSAGES.map(({ body }) => ` ${wordsOf(body).join(' ')} `);

function question(): SearchQuery {
  const term = () => `"${Array.from({ length: 1 + random.int(3) }, () => random.pick(WORDS)).join(' ')}"`;
  const some = <T>(value: T) => (random.int(3) === 0 ? value : {});
  return {
    text: Array.from({ length: 1 + random.int(2) }, term).join(' '),
    limit: random.pick([1, 7, 50, 200]),
    ...some({ reason: 'r' }),
    ...some({ record: RECORD }),
    ...some({ author: RECORD }),
    ...some({ since: NOW - random.int(9) * 1000 * DAY - random.int(2) }),
    ...some({ until: random.pick([NOW, NOW - 1000 * DAY, LAST, LAST + 1]) }),
  };
}
const QUESTIONS = Array.from({ length: 60 }, question);

onEachDatabase(t, async (t, { name, fresh }) => {
  const database = await openDatabase(fresh());
  t.teardown(() => database.close());
  await storeRecord(database, { threads: THREADS, messages: MESSAGES });
  // Some are from before it was known which words follow one another.
  if (name === 'PostgreSQL') await sql`update messages set pairs = '{0}' where position % 3 = 0`.execute(database.kysely);
  for (const asked of QUESTIONS) {
    const { reason, author, since = Number.NEGATIVE_INFINITY, until = Number.POSITIVE_INFINITY } = asked;
    const terms = readTerms(asked.text);
    const fits = (text: string) => terms.every((term) => text.includes(` ${term.join(' ')} `));
    const expected = MESSAGES.filter(
      ({ thread, author_id, written_at }, index) =>
        fits(TEXTS[index] ?? '') &&
        (reason !== undefined || thread === 't') &&
        (author === undefined || author === author_id) &&
        written_at >= since &&
        written_at < until,
    ).map(({ position }) => position);
    const found: number[] = [];
    let cursor: string | undefined;
    do {
      const page = await search(database, { ...asked, ...(cursor === undefined ? {} : { cursor }) });
      found.push(...page.items.map(({ position }) => position));
      cursor = page.cursor;
    } while (cursor !== undefined);
    const long = new Set(name === 'PostgreSQL' ? MESSAGES.filter(({ body }) => body.length > 30_000).map(({ position }) => position) : []);
    const certain = (positions: readonly number[]) => positions.filter((position) => !long.has(position)).sort((a, b) => a - b);
    t.strictSame(certain(found), certain(expected), `${name} ${JSON.stringify(asked)}`);
    t.strictSame(
      [...long].filter((position) => expected.includes(position) && !found.includes(position)),
      [],
      'too much rather than too little',
    );
  }
});

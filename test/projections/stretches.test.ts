/** Searches of many messages, spread unevenly over years, find what going through all of them finds, on both databases. */
import t from 'tap';
import { openDatabase, search } from '../../src/projections/index.js';
import type { Place } from '../../src/projections/queries/cursor.js';
import { type Hit, hitsAfter } from '../../src/projections/queries/hits.js';
import type { Sought } from '../../src/projections/queries/sought.js';
import { wordsOf } from '../../src/projections/words.js';
import { seeded } from '../support/random.js';
import { onEachDatabase } from './databases.js';
import { messageRow, RECORD, storeRecord, threadRow } from './rows.js';

const DAY = 86_400_000;
const NOW = Date.UTC(2026, 0, 1);
const THREADS = ['t', 'u', 'v'];
const random = seeded(11);

/** Words from frequent to seldom, such as are old alone, and such as stand together in few of the messages that have both. */
function bodyOf(index: number, age: number): string {
  const words = ['all'];
  for (const [word, among] of Object.entries({ half: 2, tenth: 10, hundredth: 100, seldom: 1000 }))
    if (random.int(among) === 0) words.push(word);
  if (index === 1234) words.push('once');
  if (age > 1500 * DAY) words.push('old');
  words.push(...(random.int(30) === 0 ? ['blood', 'pressure'] : ['pressure', random.pick(['blood', 'of blood', 'x'])]));
  return words.join(' ');
}

/** Many lately, few before; some of one moment; one of a clock that is wrong, and one from before 1970. */
const MESSAGES = Array.from({ length: 4000 }, (_, index) => {
  const age = index < 1500 ? random.int(3 * DAY) : index < 1900 ? 40 * DAY : random.int(3000 * DAY);
  const written_at = index === 0 ? NOW + 20_000 * DAY : index === 1 ? -5 * DAY : NOW - age;
  const said = { body: bodyOf(index, age), written_at, author_id: random.pick(['a', 'a', 'a', 'b']) };
  return messageRow(THREADS[index % THREADS.length] ?? '', index, said);
});

const SOUGHT: readonly Sought[] = [
  ...['all', 'half', 'tenth', 'hundredth', 'seldom', 'once', 'old', 'never'].map((word) => ({ terms: [[word]] })),
  { terms: [['hundredth'], ['old']] },
  { terms: [['blood', 'pressure']] },
  { terms: [['pressure', 'of', 'blood'], ['tenth']] },
  { terms: [['pressure', 'pressure']] },
];
const MORE: readonly Partial<Sought>[] = [
  {},
  { author: 'b' },
  { author: 'nobody' },
  { record: RECORD, author: 'a' },
  { until: NOW - 40 * DAY },
  { since: NOW - 1000 * DAY, until: NOW - DAY },
  { since: NOW - 40 * DAY, until: NOW - 40 * DAY + 1 },
  { since: -10 * DAY },
];

function expected({ terms, author, since = Number.NEGATIVE_INFINITY, until = Number.POSITIVE_INFINITY }: Sought): number[] {
  const fits = (body: string) => terms.every((term) => ` ${wordsOf(body).join(' ')} `.includes(` ${term.join(' ')} `));
  return MESSAGES.filter(
    ({ body, author_id, written_at }) =>
      fits(body) && (author === undefined || author === author_id) && written_at >= since && written_at < until,
  ).map(({ position }) => position);
}

onEachDatabase(t, async (t, { name, fresh }) => {
  const database = await openDatabase(fresh());
  t.teardown(() => database.close());
  await storeRecord(database, { threads: THREADS.map((thread) => threadRow(thread)), messages: MESSAGES });
  const timeOf = new Map(MESSAGES.map(({ position, written_at }) => [position, written_at]));
  for (const what of SOUGHT)
    for (const more of MORE) {
      const sought = { ...what, ...more };
      const said = `${name} ${JSON.stringify(sought)}`;
      const found: Hit[] = [];
      const limit = random.pick([7, 25, 201, 1000]);
      for (let after: Place | undefined, page: Hit[] = []; found.length === 0 || page.length === limit; after = page.at(-1)?.place) {
        page = await hitsAfter(database, sought, {}, after, limit);
        found.push(...page);
        if (page.length === 0) break;
      }
      const times = found.map(({ position }) => timeOf.get(position) ?? 0);
      t.ok(
        times.every((time, index) => index === 0 || time <= (times[index - 1] ?? 0)),
        `${said}: newest first`,
      );
      t.strictSame(found.map(({ position }) => position).sort(byNumber), expected(sought).sort(byNumber), said);
    }
});

onEachDatabase(t, async (t, { fresh }) => {
  const database = await openDatabase(fresh());
  t.teardown(() => database.close());
  const left = Array.from({ length: 100 }, (_, index) =>
    messageRow('t', index, { record: 'left over', body: 'x', written_at: 9 + (index % 9) }),
  );
  const messages = [...left, ...Array.from({ length: 30 }, (_, index) => messageRow('t', index, { body: 'x', written_at: index % 5 }))];
  await storeRecord(database, { threads: [threadRow('t')], messages });
  const { items, count } = await search(database, { text: 'x', limit: 30, count: true, reason: 'r', archived: true });
  t.equal(items.filter(({ record }) => record === RECORD).length, 30, 'rows that nothing says the commit of keep nothing from being found');
  t.equal(items.length, 30, 'and are not shown');
  t.strictSame(count, { value: 30, capped: false });
});

function byNumber(a: number, b: number): number {
  return a - b;
}

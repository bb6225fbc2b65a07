/** Words are the same however often they are made, and each word of a text finds it, on both databases. */
import fc from 'fast-check';
import t from 'tap';
import type { Transaction } from '../../src/projections/database.js';
import { storeMessages } from '../../src/projections/full-text.js';
import { openDatabase } from '../../src/projections/index.js';
import { hitsAfter } from '../../src/projections/queries/hits.js';
import { snippetOf } from '../../src/projections/queries/snippet.js';
import { readTerms } from '../../src/projections/queries/terms.js';
import { asWords, placesOfWords, wordsOf } from '../../src/projections/words.js';
import { onEachDatabase } from './databases.js';

const RECORD = '7f4c2e9d-4b0a-4f3a-9a2c-0e9a6b5d1c88';
/** Text as readers let it through: no control characters but LF and TAB, no lone surrogates. */
const text = fc
  .oneof(fc.string({ unit: 'grapheme', maxLength: 60 }), fc.string({ unit: 'binary', maxLength: 60 }), fc.lorem({ maxCount: 9 }))
  .map((value) => value.replace(/[\p{Cc}\p{Cs}]/gu, ' '));

t.test('folding', (t) => {
  t.strictSame(wordsOf('Naïve FAÇADE x-ray_2 120/80 Straße ΟΔΟΣ İ'), [
    'naive',
    'facade',
    'x',
    'ray',
    '2',
    '120',
    '80',
    'strasse',
    'οδοσ',
    'i',
  ]);
  t.strictSame(wordsOf('血圧 high'), ['血', '圧', 'high']);
  t.equal(wordsOf(`${'a'.repeat(100)} b`)[0]?.length, 64);
  t.ok(wordsOf('word '.repeat(200_000)).length < 60_000, 'a text without an end is searched at its beginning');
  fc.assert(fc.property(text, (value) => t.strictSame(wordsOf(wordsOf(value).join(' ')), wordsOf(value)) !== false));
  for (let first = 0; first < 0x110000; first += 1024) {
    const some = Array.from({ length: 1024 }, (_, index) => String.fromCodePoint(first + index)).join(' ');
    const words = wordsOf(some.replace(/\p{Cs}/gu, ' '));
    t.strictSame(wordsOf(words.join(' ')), words, `folded once for all: U+${first.toString(16)} and on`);
  }
  const long = fc
    .array(fc.tuple(fc.nat(80), fc.nat(2)), { maxLength: 6 })
    .map((parts) => parts.map(([x, y]) => 'x9Z'.repeat(40).slice(0, x) + '-. '.slice(0, y)).join(''));
  fc.assert(fc.property(long, (value) => (asWords(value) === value) === !/[A-Za-z0-9]{65}/.test(value)));
  fc.assert(fc.property(text, (value) => [...placesOfWords(value)].every(({ start, end }) => start < end && end <= value.length)));
  t.end();
});

t.test('what is asked for', (t) => {
  t.strictSame(readTerms('a "b c" x-ray "d'), [['a'], ['b', 'c'], ['x', 'ray'], ['d']]);
  const long = `${'The patient is well. '.repeat(40)}Blood pressure is 120/80.`;
  const { text: shown, found, before, after } = snippetOf(long, readTerms('PRESSURE'));
  t.strictSame([before, after, found.map(([start, end]) => shown.slice(start, end))], [true, false, ['pressure']]);
  t.strictSame(/[\ud800-\udbff](?![\udc00-\udfff])/.test(snippetOf('🙂'.repeat(200), [['x']]).text), false);
  t.end();
});

onEachDatabase(t, async (t, { name, fresh }) => {
  const database = await openDatabase(fresh());
  t.teardown(() => database.close());
  const bodies = fc.sample(text, { numRuns: 150, seed: 5 });
  bodies.push('x'.repeat(3000), 'many words '.repeat(50_000), 'of one moment', 'of one moment');
  const row = {
    record: RECORD,
    message: 'm',
    role: null,
    author_id: 'a',
    author_name: 'n',
    timestamp: 't',
    corrects: null,
    seq: 0,
    recorded_by: null,
  };
  const rows = bodies.map((body, position) => ({ ...row, thread: 't', position, body, written_at: Math.floor(position / 7) - 3 }));
  await database.transaction(({ insert }) => storeBeside(insert));
  for (let at = 0; at < rows.length; at += 20)
    await database.transaction((transaction) => storeMessages(transaction, rows.slice(at, at + 20), false));
  for (const { body, position } of rows) {
    const words = wordsOf(body).slice(0, 20);
    for (const terms of words.length === 0 ? [] : [words.map((word) => [word]), [words]]) {
      const hits = await hitsAfter(database, { terms, record: RECORD, author: 'a' }, {}, undefined, 1000);
      if (!hits.some((hit) => hit.position === position)) t.fail(`the words of message ${position} don't find it`);
    }
  }
  const all = await hitsAfter(database, { terms: [['moment']] }, {}, undefined, 1000);
  t.equal(all.length, 2);
  const none = await hitsAfter(database, { terms: [['moment']], author: 'b' }, {}, undefined, 1000);
  t.strictSame(none, []);
  if (name === 'SQLite')
    t.ok(
      bodies.some((body) => asWords(body) === body && body !== ''),
      'some go to the tokenizer as they are',
    );
});

/** What decides whether messages may be shown. */
async function storeBeside(insert: Transaction['insert']): Promise<void> {
  const flags = { restricted: 0, allow_patient_participation: 0, allow_external_organisations: 0 } as const;
  const times = { created_at: 0, last_updated_at: 0, last_message_at: 0, messages: 0, opened_seq: 0, changed_seq: 0 };
  const record = {
    record: RECORD,
    kind: 'coordination',
    clinical_id: null,
    lifecycle_state: null,
    record_open: 1,
    record_queryable: 1,
  } as const;
  await insert('records', [{ ...record, record_modifiable: 1, last_activity_at: 0 }]);
  const reached = {
    reached: 'c',
    seq: 0,
    version: 1,
    projected_at: 0,
    state: 'current',
    reason: null,
    attempts: 0,
    next_try_at: null,
  } as const;
  await insert('projections', [{ record: RECORD, kind: 'coordination', ...reached }]);
  await insert('threads', [{ record: RECORD, thread: 't', status: 'open', sensitivity: 'standard', ...flags, ...times }]);
}

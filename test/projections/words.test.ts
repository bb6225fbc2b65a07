/** Words are the same however often they are made, and each word of a text finds it, on both databases. */
import fc from 'fast-check';
import t from 'tap';
import { storeMessages } from '../../src/projections/full-text.js';
import { openDatabase, search } from '../../src/projections/index.js';
import { hitsAfter } from '../../src/projections/queries/hits.js';
import { snippetOf } from '../../src/projections/queries/snippet.js';
import { readTerms } from '../../src/projections/queries/terms.js';
import { wordsDifferences } from '../../src/projections/verify-words.js';
import { asWords, placesOfWords, wordsOf } from '../../src/projections/words.js';
import { onEachDatabase } from './databases.js';
import { messageRow, RECORD, storeRecord, threadRow } from './rows.js';

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
  t.equal(wordsOf('word '.repeat(200_000)).length, 200_000, 'a long text is searched to its end');
  t.strictSame(wordsOf('war\u00adfarin peni\u200bcillin a\u3164b \u2066ltr\u2069 mg\u200d'), ['warfarin', 'penicillin', 'ab', 'ltr', 'mg']);
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
  const unseen = 'Take war\u00adfarin, 血\u200b圧.';
  t.strictSame(
    snippetOf(unseen, readTerms('warfarin 血圧')).found.map(([start, end]) => unseen.slice(start, end)),
    ['war\u00adfarin', '血\u200b', '圧'],
    'what is shown is what stands there',
  );
  t.equal(readTerms('患者は昨夜から激しい胸の痛みを訴えている模様です')[0]?.length, 24, 'a sentence without blanks');
  for (const many of ['a '.repeat(21), '血'.repeat(65), `${'血'.repeat(45)} ${'a '.repeat(20)}`])
    t.throws(() => readTerms(many), { code: 'projections/words' });
  t.equal(readTerms(`${'血'.repeat(44)} ${'a '.repeat(20)}`).flat().length, 64);
  t.strictSame(/[\ud800-\udbff](?![\udc00-\udfff])/.test(snippetOf('🙂'.repeat(200), [['x']]).text), false);
  t.end();
});

onEachDatabase(t, async (t, { name, fresh }) => {
  const database = await openDatabase(fresh());
  t.teardown(() => database.close());
  const bodies = fc.sample(text, { numRuns: 150, seed: 5 });
  bodies.push('x'.repeat(3000), 'many words '.repeat(50_000), 'of one moment', 'of one moment');
  const rows = bodies.map((body, position) => messageRow('t', position, { body, written_at: Math.floor(position / 7) - 3 }));
  await storeRecord(database, { threads: [threadRow('t')], messages: [] });
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

onEachDatabase(t, async (t, { name, fresh }) => {
  const database = await openDatabase(fresh());
  t.teardown(() => database.close());
  const distinct = Array.from({ length: 120_000 }, (_, index) => `w${index.toString(36)}`).join(' ');
  const bodies = [
    `${'filler '.repeat(17_000)} chest x-ray 血圧 1.5 mg`,
    `${'chest pain, '.repeat(300)} chest x-ray`,
    'ray x chest',
    `${distinct} the very end`,
    `${'many words '.repeat(60_000)} the last words`,
  ];
  await storeRecord(database, { threads: [threadRow('t')], messages: bodies.map((body, position) => messageRow('t', position, { body })) });
  const found = async (text: string) => (await search(database, { text })).items.map(({ position }) => position).sort();
  t.strictSame(await found('"chest x-ray"'), [0, 1], 'words that stand together far behind, or often');
  t.strictSame(await found('血圧 1.5'), [0]);
  t.strictSame(await found('"the last words"'), [4], 'behind more than 256 KiB');
  // Where PostgreSQL does not know where words stand, it takes them to stand together.
  t.strictSame(await found('"mg chest"'), name === 'SQLite' ? [] : [0]);
  t.strictSame(await found('"x chest"'), name === 'SQLite' ? [2] : [2, 0, 1].sort());
  t.strictSame(await found('very'), name === 'SQLite' ? [3] : [], 'PostgreSQL keeps no more than 1 MB of one message');
  t.strictSame(await found('w1'), [3]);
  t.strictSame(await wordsDifferences(database, RECORD), []);
});

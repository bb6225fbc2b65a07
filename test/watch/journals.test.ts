/** What a watcher looks up in a journal says of its commits what the whole journal says, whatever is in the file. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import t from 'tap';
import { readJournal, readReceipts } from '../../src/hosts/journal-read.js';
import { receiptsOf } from '../../src/verify/receipts.js';
import { temporary } from '../records/support.js';
import { RECORD_ID } from '../support/texts.js';

const ANY_TIME = new Date(8.64e15);
const OTHER = '11111111-2222-4333-8444-555555555555';

const idOf = (number: number): string => number.toString(16).padStart(40, '0');
const lineOf = (value: object): string => `${JSON.stringify({ record: RECORD_ID, verdict: 'accepted', ...value })}\n`;

const id = fc.integer({ min: 0, max: 25 }).map(idOf);
const time = fc.integer({ min: 0, max: 1_000_000 }).map((seconds) => new Date(1_780_000_000_000 + seconds * 1000).toISOString());
const entry = fc
  .record({
    time: fc.oneof({ weight: 9, arbitrary: time }, { weight: 1, arbitrary: fc.constant('yesterday') }),
    record: fc.constantFrom(RECORD_ID, RECORD_ID, RECORD_ID, OTHER),
    old: id,
    new: id,
    verdict: fc.constantFrom('accepted', 'accepted', 'accepted', 'refused'),
  })
  .map(lineOf);
const text = fc.oneof(
  { weight: 12, arbitrary: entry },
  { weight: 2, arbitrary: entry.map((line) => line.replace('"new":"0', '"new" : "\\u0030')) },
  { weight: 1, arbitrary: entry.map((line) => line.replace('{', `{"pad":"${'x'.repeat(70_000)}",`)) },
  { weight: 1, arbitrary: entry.map((line) => line.replace('{', `{"pad":"${'x'.repeat(300_000)}",`)) },
  { weight: 1, arbitrary: fc.constantFrom('\n', '{\n', '{"torn', '\\\n', '\r\n') },
);

t.test('the times of commits', (t) => {
  const path = join(temporary(t), 'own.jsonl');
  let known = 0;
  fc.assert(
    fc.property(
      fc.array(text, { maxLength: 40, size: 'max' }),
      fc.uniqueArray(fc.integer({ min: 1, max: 25 }).map(idOf), { minLength: 1, maxLength: 25 }),
      fc.boolean(),
      (texts, ids, whole) => {
        writeFileSync(path, texts.join(''));
        const history = { ids, later: [], whole, from: whole ? undefined : idOf(0), skewMs: 0 };
        const found = receiptsOf({ receipts: readReceipts(path, RECORD_ID, ids) }, history).times;
        const expected = receiptsOf(readJournal(path, RECORD_ID, { now: ANY_TIME }), history).times;
        if (`${found}` !== `${expected}`) throw new Error(`${found} is not ${expected}`);
        known += expected.filter((one) => !Number.isNaN(one)).length;
      },
    ),
    { numRuns: 400 },
  );
  t.ok(known > 500, `${known} times seen`);
  t.end();
});

t.test('a line as long as any may be counts, and a longer one does not', (t) => {
  const path = join(temporary(t), 'own.jsonl');
  const short = lineOf({ time: '2026-06-01T11:00:00Z', old: idOf(0), new: idOf(1) });
  const times = [0, 1].map((more) => {
    const long = short.replace('{', `{"pad":"${'x'.repeat(256 * 1024 - short.length - '"pad":"",'.length + more)}",`);
    writeFileSync(path, `${long}${short.replace('11:00', '12:00')}`);
    const whole = readJournal(path, RECORD_ID, { now: ANY_TIME }).receipts;
    t.strictSame(readReceipts(path, RECORD_ID, [idOf(1)]), whole);
    return whole.length;
  });
  t.strictSame(times, [2, 1]);
  t.end();
});

t.test('of a long journal the entries about other commits are not taken apart', (t) => {
  const path = join(temporary(t), 'own.jsonl');
  const numbers = Array.from({ length: 20_000 }, (_, number) => number);
  const lines = numbers.map((number) => lineOf({ time: '2026-06-01T11:00:00.000Z', old: idOf(number), new: idOf(number + 1) }));
  writeFileSync(path, lines.join(''));
  const parsed = t.capture(JSON, 'parse', JSON.parse);
  const found = readReceipts(path, RECORD_ID, [idOf(20_000)]);
  const calls = parsed().length;
  t.strictSame(found, [{ old: idOf(19_999), new: idOf(20_000), time: Date.parse('2026-06-01T11:00:00Z') }]);
  t.ok(calls < 1000, `${calls} of 20,000 were`);
  t.end();
});

t.test('a journal that is gone is said to be', (t) => {
  t.throws(() => readReceipts(join(temporary(t), 'none.jsonl'), RECORD_ID, [idOf(1)]), { code: 'journal/unreadable' });
  t.end();
});

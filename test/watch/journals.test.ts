/** A journal that is remembered reads as one that isn't, whatever becomes of the file in between. */
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import t from 'tap';
import { readJournal } from '../../src/hosts/journal-read.js';
import { rememberJournals } from '../../src/watch/journals.js';
import { temporary } from '../records/support.js';
import { RECORD_ID } from '../support/texts.js';

const NOW = new Date('2026-06-01T12:00:00Z');
const OTHER = '11111111-2222-4333-8444-555555555555';

const id = fc.integer({ min: 0, max: 5 }).map((digit) => String(digit).repeat(40));
const time = fc.constantFrom('2026-06-01T11:59:59Z', '2026-06-01T12:00:00Z', '2026-06-01T12:00:01Z', 'yesterday');
const entry = fc
  .record({ time, record: fc.constantFrom(RECORD_ID, RECORD_ID, OTHER), old: id, new: id, verdict: fc.constantFrom('accepted', 'refused') })
  .map((value) => `${JSON.stringify(value)}\n`);
const text = fc.oneof(
  { weight: 8, arbitrary: entry },
  { weight: 1, arbitrary: fc.constantFrom('\n', '{\n', '{"torn', `${'x'.repeat(300_000)}\n`) },
);

/** What may become of a journal between two readings: seconds that pass, and a change of the file. */
const change = fc.oneof(
  { weight: 6, arbitrary: text.map((added) => (path: string) => appendFileSync(path, added)) },
  { weight: 1, arbitrary: fc.array(text).map((all) => (path: string) => writeFileSync(path, all.join(''))) },
  {
    weight: 1,
    arbitrary: fc.nat().map((place) => (path: string) => {
      const bytes = readFileSync(path);
      writeFileSync(path, bytes.subarray(0, place % (bytes.length + 1)));
    }),
  },
  {
    weight: 1,
    arbitrary: fc.nat().map((place) => (path: string) => {
      const bytes = readFileSync(path);
      if (bytes.length > 0) bytes[place % bytes.length] = 0x31;
      writeFileSync(path, bytes);
    }),
  },
);

t.test('what is remembered is what is read', (t) => {
  const path = join(temporary(t), 'own.jsonl');
  let receipts = 0;
  fc.assert(
    fc.property(fc.array(fc.tuple(change, fc.integer({ min: -2, max: 2 })), { minLength: 1, maxLength: 20 }), (changes) => {
      writeFileSync(path, '');
      const remembered = rememberJournals(1024 * 1024);
      for (const [make, seconds] of changes) {
        make(path);
        const now = new Date(NOW.getTime() + seconds * 1000);
        const found = remembered(path, RECORD_ID, now);
        const read = readJournal(path, RECORD_ID, { now });
        if (!isDeepStrictEqual(found, read)) throw new Error(`${JSON.stringify(found)} is not ${JSON.stringify(read)}`);
        receipts += found.receipts.length;
      }
    }),
    { numRuns: 200 },
  );
  t.ok(receipts > 100, `${receipts} receipts seen`);
  t.end();
});

t.test('a line that is far too long, and has not ended, is no whole line', (t) => {
  const path = join(temporary(t), 'own.jsonl');
  const remembered = rememberJournals(1024 * 1024);
  const line = `${JSON.stringify({ time: '2026-06-01T11:00:00Z', record: RECORD_ID, old: '0'.repeat(40), new: '1'.repeat(40), verdict: 'accepted' })}\n`;
  const reads = [line, 'x'.repeat(300_000), line, line].map((text) => {
    appendFileSync(path, text);
    const found = remembered(path, RECORD_ID, NOW);
    t.strictSame(found, readJournal(path, RECORD_ID, { now: NOW }));
    return [found.receipts.length, found.unreadable, found.torn, found.bytes];
  });
  t.strictSame(reads, [
    [1, 0, false, line.length],
    [1, 0, true, line.length],
    [1, 1, false, 2 * line.length + 300_000],
    [2, 1, false, 3 * line.length + 300_000],
  ]);
  t.end();
});

t.test('a journal that is gone is said to be, and nothing of it is remembered', (t) => {
  const remembered = rememberJournals(1024 * 1024);
  t.throws(() => remembered(join(temporary(t), 'none.jsonl'), RECORD_ID, NOW), { code: 'journal/unreadable' });
  t.end();
});

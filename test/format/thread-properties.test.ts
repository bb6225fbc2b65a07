import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import t from 'tap';
import { appendMessages, readThread, renderThread, type ThreadLayout } from '../../src/format/thread.js';
import { isAppend } from '../../src/format/thread-append.js';
import { anyMessages, MESSAGE_1, MESSAGE_2, PLAIN, values } from './thread-samples.js';

const LAYOUTS: readonly ThreadLayout[] = [1, 2];
const MAX_FAULTS = 5;

function reading(bytes: Uint8Array) {
  const thread = readThread(bytes);
  if (!thread.ok) throw new Error(JSON.stringify(thread.faults));
  return thread.value;
}

for (const layout of LAYOUTS) {
  t.test(`layout ${layout}: reading what was written gives it again`, async (t) => {
    fc.assert(
      fc.property(anyMessages(layout), (messages) => {
        const bytes = renderThread(layout, messages);
        const thread = reading(bytes);
        t.same(values(thread), messages);
        const text = Buffer.from(bytes);
        return thread.messages.every(({ start, end, line }) => {
          const head = text.subarray(start).toString();
          const whole = head.startsWith(layout === 1 ? '## Message\n' : '**Message ID:** ') && text[end] === 0x0a;
          return whole && text.subarray(0, start).toString().split('\n').length === line;
        });
      }),
      { numRuns: 400 },
    );
  });

  t.test(`layout ${layout}: appending keeps the bytes, the layout, and the former messages where they are`, async () => {
    const two = fc.tuple(anyMessages(layout), anyMessages(layout, { minLength: 1, maxLength: 3 }), fc.boolean());
    fc.assert(
      fc.property(two, ([first, second, newline]) => {
        const rendered = Buffer.from(renderThread(layout, first));
        const old = layout === 1 || newline ? rendered : rendered.subarray(0, -1);
        const thread = reading(old);
        const now = appendMessages(old, thread, second);
        const both = reading(now);
        const append = isAppend(old, now);
        return (
          Buffer.compare(now, renderThread(layout, [...first, ...second])) === 0 &&
          both.layout === layout &&
          JSON.stringify(both.messages.slice(0, first.length)) === JSON.stringify(thread.messages) &&
          append.ok &&
          append.value.appended.length === second.length
        );
      }),
      { numRuns: 200 },
    );
  });
}

t.test('messages on the line of the dashes, as VPR wrote them', async (t) => {
  fc.assert(
    fc.property(anyMessages(2, { minLength: 1, maxLength: 5 }), (messages) => {
      const parts = messages.map((message) =>
        Buffer.from(renderThread(2, [message]))
          .toString()
          .slice('# Thread\n\n'.length, -1),
      );
      t.same(values(reading(Buffer.from(`# Thread\n\n${parts.join('')}`))), messages);
    }),
    { numRuns: 200 },
  );
});

t.test('whatever the bytes, reading answers with a thread or a few faults on lines that are there', async () => {
  const pieces = [
    '# Messages\n',
    '# Thread\n',
    '\n',
    '---',
    '---\n',
    '\\',
    '## Message\n',
    MESSAGE_1,
    MESSAGE_2,
    '**ID:** `x`  \n',
    ' ',
    '\r\n',
    'x',
  ];
  const soup = fc.array(fc.constantFrom(...pieces), { maxLength: 20 }).map((parts) => Buffer.from(parts.join('')));
  const start = fc.constantFrom('# Messages\n', '# Thread\n');
  const started = fc.tuple(start, soup).map(([title, rest]) => Buffer.concat([Buffer.from(title), rest]));
  const thread = fc.constantFrom(...LAYOUTS).chain((layout) => anyMessages(layout).map((messages) => renderThread(layout, messages)));
  const changed = fc.tuple(thread, fc.nat(), fc.nat({ max: 3 }), fc.uint8Array({ maxLength: 3 })).map(([bytes, at, cut, put]) => {
    const place = at % (bytes.length + 1);
    return Buffer.concat([bytes.subarray(0, place), put, bytes.subarray(place + cut)]);
  });
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array({ maxLength: 500 }), soup, started, changed), (bytes) => {
      const lines = bytes.filter((byte) => byte === 0x0a).length + 1;
      const result = readThread(bytes);
      if (result.ok) return true;
      const { faults } = result;
      return faults.length >= 1 && faults.length <= MAX_FAULTS && faults.every(({ line = 0 }) => line >= 1 && line <= lines);
    }),
    { numRuns: 3000 },
  );
});

t.test('what a fault says holds nothing of the text', async () => {
  const secret = 'Zyx';
  const thread = Buffer.from(renderThread(1, [{ ...PLAIN, authorName: secret, body: `${secret}\n\n${secret}` }])).toString();
  fc.assert(
    fc.property(
      fc.nat({ max: thread.length }),
      fc.nat({ max: 40 }),
      fc.constantFrom('', '\n', ':**', `**${secret}:** `, '---\n'),
      (at, cut, put) => {
        const result = readThread(Buffer.from(thread.slice(0, at) + put + thread.slice(at + cut)));
        return result.ok || result.faults.every(({ message, help = [] }) => ![message, ...help].join().includes(secret));
      },
    ),
    { numRuns: 1000 },
  );
});

t.test('large files of one kind of thing are answered', async (t) => {
  const size = 1024 * 1024;
  const heads = [MESSAGE_1, MESSAGE_2].map(
    (text, index) => `${index === 0 ? '# Messages' : '# Thread'}\n\n${text.slice(0, text.indexOf('\n\nPatient') + 2)}`,
  );
  for (const unit of ['x', '\\', ' ', '\n', '\\\n', '-', '---\n', '\\---\n', '\\#\n', '`\\`\\`', '\\`\\`\\`', '#', '漢', '**A:** b\n']) {
    const filling = unit.repeat(size / Buffer.byteLength(unit));
    t.equal(readThread(Buffer.from(filling)).ok, false, JSON.stringify(unit));
    readThread(Buffer.from(`${heads[0]}a\n${filling}\n`));
    readThread(Buffer.from(`${heads[1]}a\\\n${filling}\n\n---\n`));
    readThread(Buffer.from(`${heads[0]?.slice(0, -1)}${filling}`));
  }
});

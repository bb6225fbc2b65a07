/** Reading a file from the version before it says what reading it whole says, or nothing. */
import fc from 'fast-check';
import t from 'tap';
import { readLedger } from '../../src/format/ledger.js';
import { readLedgerTime } from '../../src/format/ledger-time.js';
import { appendMessages, readThread, renderThread } from '../../src/format/thread.js';
import { readThreadAfter } from '../../src/format/thread-after.js';
import { bytes, LEDGER_EXAMPLE, VPR_LEDGER, valueOf } from './format-page.js';
import { anyBody, anyMessages, MESSAGE_1 } from './thread-samples.js';

const TIME = '2026-02-03T04:05:06.789Z';
const LEDGERS = [
  LEDGER_EXAMPLE,
  VPR_LEDGER,
  LEDGER_EXAMPLE.replace(/^(last_updated_at: )(.*)$/m, '$1"$2"'),
  LEDGER_EXAMPLE.replace(/^(last_updated_at: .*)$/m, '$1  # when'),
  LEDGER_EXAMPLE.replace(/^last_updated_at: .*\n/m, '').replace(/$/, `last_updated_at: ${TIME}\n`),
  LEDGER_EXAMPLE.replace(/^last_updated_at/m, '"last_updated_at"'),
  LEDGER_EXAMPLE.replace(/^last_updated_at/m, '"last_updated\\x5fat"').replace('Dr Jane Smith', `"Dr\n\nlast_updated_at: ${TIME}\n"`),
  LEDGER_EXAMPLE.replace('Dr Jane Smith', 'Dr last_updated_at Smith'),
  `# last_updated_at: ${TIME}\n${LEDGER_EXAMPLE}`,
];

t.test('a ledger whose time alone moved', async (t) => {
  const now = LEDGER_EXAMPLE.replace(/^(last_updated_at: ).*$/m, `$1${TIME}`);
  const former = valueOf(readLedger(bytes(LEDGER_EXAMPLE)));
  t.same(readLedgerTime(bytes(LEDGER_EXAMPLE), former, bytes(now)), valueOf(readLedger(bytes(now))));
});

t.test('a ledger edited in any way', async (t) => {
  const times = fc.constantFrom(
    TIME,
    `${TIME} `,
    `${TIME} # x`,
    '2026-02-30T04:05:06Z',
    '2026',
    '-',
    `${TIME}\n  more`,
    `"${TIME}"`,
    '2026-02-03t04:05:06+00:00',
  );
  const anyEdit = fc.oneof(
    fc.record({ find: fc.constant(/^(last_updated_at: )(.*)$/m), put: times.map((time) => `$1${time}`) }),
    fc.record({
      find: fc.constantFrom(/open/, /at: /, /\n/, /Smith/, /^last_/m, /Z$/m),
      put: fc.constantFrom('', 'closed', ' ', '\n', '\\', 'x: ', `\nlast_updated_at: ${TIME}\n`),
    }),
  );
  let told = 0;
  fc.assert(
    fc.property(fc.constantFrom(...LEDGERS), fc.array(anyEdit, { minLength: 1, maxLength: 2 }), (text, edits) => {
      const reading = readLedger(bytes(text));
      if (!reading.ok) return true;
      const now = edits.reduce((edited, { find, put }) => edited.replace(find, put), text);
      const after = readLedgerTime(bytes(text), reading.value, bytes(now));
      if (after === undefined) return true;
      told += 1;
      const whole = readLedger(bytes(now));
      t.same({ ok: true, value: after }, whole);
      return whole.ok;
    }),
    { numRuns: 2000 },
  );
  t.ok(told > 20, 'the short way is taken');
});

t.test('a thread with messages after its last', async (t) => {
  fc.assert(
    fc.property(anyMessages(1), anyMessages(1), (former, appended) => {
      if (former.length === 0 || appended.length === 0) return true;
      const old = renderThread(1, former);
      const thread = valueOf(readThread(old));
      const now = appendMessages(old, thread, appended);
      t.same(readThreadAfter(old, thread, now), valueOf(readThread(now)));
      return true;
    }),
  );
});

t.test('a thread with anything at all after its last message', async (t) => {
  const pieces = fc.constantFrom(
    '\n',
    ' \n',
    '---',
    '---\n',
    '\\---\n',
    '\n---\n\n',
    '## Message\n',
    MESSAGE_1,
    MESSAGE_1.slice(0, -1),
    'text\n',
    '\u00e9\n',
    '\\',
  );
  const anyRest = fc.oneof(
    fc.array(pieces, { maxLength: 6 }).map((parts) => parts.join('')),
    anyBody,
    fc.array(pieces, { maxLength: 4 }).map((parts) => `\n---\n\n${MESSAGE_1}${parts.join('')}`),
  );
  let told = 0;
  fc.assert(
    fc.property(anyMessages(1), anyRest, fc.uint8Array({ maxLength: 2 }), (former, rest, odd) => {
      const old = renderThread(1, former);
      const now = Buffer.concat([old, Buffer.from(rest), odd]);
      const thread = valueOf(readThread(old));
      const after = readThreadAfter(old, thread, now);
      if (after === undefined) return true;
      told += 1;
      t.same({ ok: true, value: after }, readThread(now));
      return true;
    }),
    { numRuns: 500 },
  );
  t.ok(told > 5, 'the short way is taken');
});

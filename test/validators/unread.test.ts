/** What a commit brings is judged, or refused: nothing passes because it wasn't looked at. */
import t from 'tap';
import type { Policy } from '../../src/format/policy.js';
import { makePeople } from '../support/people.js';
import { type Scenario, scenario } from '../support/scenario.js';
import { ledgerText, messageText } from '../support/texts.js';

const LIMIT = 4000;
const people = await makePeople();

function withPolicy(change: Partial<Policy>): Scenario {
  return scenario({ ...people, policy: { ...people.policy, ...change } });
}

/** The two files of new threads: of the last, `thread.md` is what is given. */
function threads(count: number, last: (thread: string) => string): Record<string, string> {
  const time = new Date(Date.now() - 60_000).toISOString();
  const { jane, tom } = people.people;
  const files: Record<string, string> = {};
  for (let made = 0; made < count; made += 1) {
    const id = `20260101T000000.000Z-550e8400-e29b-41d4-a716-44665544000${made}`;
    const text = `# Messages\n\n${messageText({ body: 'x'.repeat(LIMIT - 1000) }, jane, time)}`;
    files[`communications/${id}/ledger.yaml`] = ledgerText(id, [jane, tom], time);
    files[`communications/${id}/thread.md`] = made === count - 1 ? last(text) : text;
  }
  return files;
}

t.test('files that are too large together are refused, not passed over', async (t) => {
  const limits = { ...people.policy.limits, threadBytes: LIMIT, yamlBytes: 1000 };
  const few = await withPolicy({ limits })
    .commit({ files: threads(4, (text) => text) })
    .judge();
  t.same(few.problems, [], 'within the bounds each of them is read');
  const many = await withPolicy({ limits })
    .commit({ files: threads(7, () => 'no thread at all\n'.repeat(200)) })
    .judge();
  t.equal(many.accepted, false);
  t.same([...new Set(many.problems.map(({ rule }) => rule))], ['tree/limits']);
  t.match(many.problems[0]?.message, /have more than 20000 bytes together/);
});

t.test('a host of short threads still takes the ledgers that it allows', async (t) => {
  const record = withPolicy({ limits: { ...people.policy.limits, threadBytes: 1000 } });
  const long = (yaml: string) => `${yaml}#${'x'.repeat(200_000)}\n`;
  const { problems } = await record
    .commit({ files: { [`${record.thread}/ledger.yaml`]: (yaml) => long(record.touched()(yaml)) } })
    .append()
    .judge();
  t.same(problems, []);
});

t.test('a file of exactly the limit is read, and of one byte more it is not', async (t) => {
  const text = scenario(people);
  const size = Buffer.byteLength(text.formerLedger) + 100;
  const limits = { ...people.policy.limits, yamlBytes: size };
  for (const [bytes, rules] of [
    [size, []],
    [size + 1, ['tree/limits']],
  ] as const) {
    const padded = (yaml: string) => `${yaml}#${'x'.repeat(bytes - Buffer.byteLength(yaml) - 2)}\n`;
    const record = withPolicy({ limits });
    const verdict = await record.commit({ files: { [`${record.thread}/ledger.yaml`]: (yaml) => padded(record.touched()(yaml)) } }).judge();
    t.same(
      verdict.problems.map(({ rule }) => rule),
      rules,
      `${bytes} of ${size}`,
    );
  }
});

t.test('of a thread that is too large nothing else is said: it was not read', async (t) => {
  const record = withPolicy({ limits: { ...people.policy.limits, threadBytes: LIMIT } }).append({ body: 'x'.repeat(LIMIT) });
  const { problems, accepted } = await record.judge();
  t.equal(accepted, false);
  t.match(problems, [{ rule: 'tree/limits', message: /^has \d+ bytes; this host takes 4000 here$/ }]);
  t.equal(problems.length, 1);
});

t.test('what is no file is refused even where the host allows any mode', async (t) => {
  const record = withPolicy({ rules: { 'tree/modes': 'off' } });
  const files = threads(1, (text) => text);
  const thread = Object.keys(files).find((path) => path.endsWith('thread.md')) ?? '';
  const verdict = await record.commit({ files, modes: { [thread]: '160000' } }).judge();
  t.equal(verdict.accepted, false);
  t.match(verdict.problems, [{ rule: 'tree/layout', path: thread, message: 'the file has no readable content' }]);
});

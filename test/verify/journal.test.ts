/** When commits were received: by the host's journal, whatever state it is in. */
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import t from 'tap';
import type { ObjectId } from '../../src/format/push.js';
import { journalFile, type Receipt, readJournal } from '../../src/hosts/journal-read.js';
import { hostPaths, shardedPath } from '../../src/hosts/paths.js';
import { receiptsOf } from '../../src/verify/receipts.js';
import { gitLine, ZERO } from '../e2e/support.js';
import { makePeople } from '../support/people.js';
import { RECORD_ID } from '../support/texts.js';
import { pushedRecord, verify } from './support.js';

const people = await makePeople();
const world = await pushedRecord(
  t,
  people,
  (record) => record.append().append(),
  (record) => record.append(),
);
const { directory, host, client, trust, tips } = world;
const [first = '', second = '', third = ''] = tips;
const own = shardedPath(hostPaths(host.directory).journal, RECORD_ID, '.jsonl');
const lines = readFileSync(own, 'utf8').split('\n').slice(0, -1);

/** A journal of these lines, and what verify says by it. */
async function by(text: string, more: Parameters<typeof verify>[0] = {}) {
  const journal = join(directory, 'changed.jsonl');
  writeFileSync(journal, text);
  return verify({ in: client, trust, journal, ...more });
}
const whole = (entries: readonly string[]) => entries.map((line) => `${line}\n`).join('');
const changed = (line = '', change: Record<string, unknown> = {}) => JSON.stringify({ ...JSON.parse(line), ...change });

t.test('each commit counts from the push that brought it', async (t) => {
  for (const journal of [host.directory, hostPaths(host.directory).journal, own]) {
    const commits = join(directory, 'commits.jsonl');
    const found = await verify({ in: client, trust, journal, commits });
    t.match(found, {
      good: true,
      record: { history: { counts: { receivedByHost: 5 }, receipts: { counted: 3, beyond: 0, passedOver: 0 } } },
    });
    t.notMatch(found.text, 'when commits were received');
    const received = readFileSync(commits, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    const times = lines.map((line) => JSON.parse(line).time);
    t.same(
      received.map(({ received, receivedBy }) => [received, receivedBy]),
      [times[0], times[0], times[1], times[1], times[2]].map((time) => [time, 'host']),
    );
  }
  const without = await verify({ in: client, trust });
  t.match(without, { good: true, record: { history: { counts: { receivedByHost: 0 } } } });
  t.match(without.text, /not checked: when commits were received: judged by their committer's date, which is only the signer's word/);
});

t.test('a range in the middle of a push has its times as well', async (t) => {
  const middle = await gitLine(client, 'rev-parse', `${second}~1`);
  const found = await verify({ in: client, trust, journal: own, range: `${first}..${middle}` });
  t.match(found, { good: true, record: { history: { counts: { receivedByHost: 1 } } } });
});

t.test('torn, foreign and unreadable lines are passed over, and said', async (t) => {
  const foreign = changed(lines[0], { record: '11111111-2222-4333-8444-555555555555' });
  const junk = [
    '',
    '{',
    'null',
    '[]',
    '{"time":"yesterday"}',
    changed(lines[0], { time: '2999-01-01T00:00:00Z' }),
    changed(lines[0], { verdict: 'refused' }),
    'x'.repeat(300_000),
  ];
  const found = await by(`${whole([foreign, ...junk, ...lines])}{"time":"2026-`);
  t.match(found, { good: true });
  t.match(found.text, 'not checked: 1 line of the journal is about other records');
  t.match(found.text, `not checked: ${junk.length} lines of the journal are no entries`);
  t.match(found.text, 'not checked: the last line of the journal has no end');
});

t.test('a push of what main was already says nothing', async (t) => {
  const still = (id: ObjectId) => changed(lines[2], { old: id, new: id, commits: 0 });
  const found = await by(whole([lines[0] ?? '', still(first), ...lines.slice(1), still(third)]));
  t.match(found, { good: true, record: { history: { receipts: { counted: 3, contradictory: 0, beyond: 0, passedOver: 0 } } } });
  t.match(await by(whole([...lines.slice(0, 2), still(third)])), { good: false, gaps: ['not-in-journal'] }, 'nor when a commit came');
});

t.test('a commit that no entry has is not good, and judged by its own date', async (t) => {
  t.match(await by(whole(lines.slice(0, 2))), {
    good: false,
    gaps: ['not-in-journal'],
    record: { history: { firstUncovered: third, counts: { receivedByHost: 4 } } },
  });
  t.match(await by(''), { good: false, gaps: ['not-in-journal'] });
  const torn = whole(lines);
  t.match(await by(torn.slice(0, -2)), { good: false, gaps: ['not-in-journal'] });
  await t.rejects(verify({ in: client, trust, journal: join(directory, 'none') }), {
    code: 'journal/unreadable',
    help: [/ID\.jsonl/],
  });
  await t.rejects(verify({ in: client, trust, journal: join(directory, 'cache') }), { code: 'journal/missing' });
});

t.test('main that was set back is noticed', async (t) => {
  const back = join(directory, 'back');
  await gitLine(directory, 'clone', '--quiet', '--bare', client, back);
  await gitLine(back, 'update-ref', 'refs/heads/main', second);
  t.match(await verify({ in: back, trust }), { good: true }, 'which nothing in it shows');
  t.match(await verify({ in: back, trust, journal: own }), { good: false, gaps: ['unfinished'] }, 'by one push: git may have refused it');
  await gitLine(back, 'update-ref', 'refs/heads/main', first);
  t.match(await verify({ in: back, trust, journal: own }), { good: false, gaps: ['set-back'] }, 'by two: the second began at the first');
  t.match(await verify({ in: client, trust, journal: own, range: second }), { good: true }, 'an older commit by choice is another thing');
});

t.test('main that was set back and written on is noticed, also by a run that remembers what was good before', async (t) => {
  const [one, two, last] = ['1', '2', '3'].map((digit) => digit.repeat(40));
  const lost = [changed(lines[2], { old: second, new: one }), changed(lines[2], { old: one, new: two })];
  const before = [lines[0] ?? '', lines[1] ?? ''];
  const old = join(directory, 'older');
  await gitLine(directory, 'clone', '--quiet', '--bare', client, old);
  await gitLine(old, 'update-ref', 'refs/heads/main', second);
  t.match(await by(whole(before), { in: old, cache: true }), { good: true, record: { cached: undefined } });
  await gitLine(old, 'update-ref', 'refs/heads/main', await gitLine(client, 'rev-parse', 'main'));
  const after = await by(whole([...before, ...lost, lines[2] ?? '']), { in: old, cache: true });
  t.match(after, { good: false, gaps: ['set-back'], record: { cached: undefined, history: { receipts: { lost: 1, passedOver: 1 } } } });
  t.match(await by(whole([...before, lines[2] ?? '']), { in: old, cache: true }), { good: true, record: { cached: { tip: second } } });
  t.match(
    await by(whole([...before, changed(lines[2], { new: last }), lines[2] ?? ''])),
    { good: true },
    'of one alone git may have refused it',
  );
});

t.test('an entry that git did not follow is passed over, where another came in its place', async (t) => {
  const failed = changed(lines[2], { new: 'c0ffee'.padEnd(40, '0') });
  const found = await by(whole([lines[0] ?? '', lines[1] ?? '', failed, lines[2] ?? '']));
  t.match(found, { good: true, record: { history: { receipts: { passedOver: 1 } } } });
  t.match(found.text, /not checked: 1 entry of the journal names a commit that main does not have/);
});

t.test('contradictory entries are not good', async (t) => {
  const lie = changed(lines[1], { old: 'c0ffee'.padEnd(40, '0') });
  t.match(await by(whole([lines[0] ?? '', lie, lines[2] ?? ''])), { good: false, gaps: ['not-in-journal', 'journal-contradictory'] });
  const before = changed(lines[2], { time: new Date(Date.parse(JSON.parse(lines[0] ?? '').time) - 3600_000).toISOString() });
  t.match(await by(whole([lines[0] ?? '', lines[1] ?? '', before])), { good: false });
  t.ok((await by(whole([lines[0] ?? '', lines[1] ?? '', before]))).gaps.includes('journal-backwards'));
});

t.test('a look as of an earlier time takes what came later for the future', async (t) => {
  const time = JSON.parse(lines[1] ?? '').time;
  const found = await verify({ in: client, trust, journal: own, at: time });
  t.match(found, { good: false }, 'the third push had not come');
  t.match(await verify({ in: client, trust, journal: own, range: second, at: time }), { good: true });
  await t.rejects(verify({ in: client, trust, at: '2999-01-01T00:00:00Z' }), { code: 'verify/at' });
  await t.rejects(verify({ in: client, trust, at: 'yesterday' }), { code: 'verify/at' });
});

t.test('the clock of the host may be ahead of that of who looks, by as much as the host allows', async (t) => {
  const ahead = (minutes: number) => changed(lines[2], { time: new Date(Date.now() + minutes * 60_000).toISOString() });
  const journal = (minutes: number) => whole([...lines.slice(0, 2), ahead(minutes)]);
  t.match(await by(journal(4)), { good: true, record: { history: { counts: { receivedByHost: 5 } } } });
  t.match(await by(journal(6)), { good: false, gaps: ['not-in-journal'] });
});

t.test('receipts are those of the first entry that has a commit', async (t) => {
  const id = (n: number): ObjectId => String(n).padStart(40, '0');
  const ids = [1, 2, 3, 4].map(id);
  const match = (receipts: readonly Receipt[], history: Partial<Parameters<typeof receiptsOf>[1]> = {}) => {
    const journal = { receipts, foreign: 0, unreadable: 0, torn: false, bytes: 0, digest: '' };
    const { times, ...rest } = receiptsOf(journal, { ids, later: [], whole: true, skewMs: 10, ...history });
    return { times: [...times], ...rest };
  };
  const entry = (old: number, fresh: number, time: number): Receipt => ({ old: old === 0 ? ZERO : id(old), new: id(fresh), time });
  const calm = { beyond: 0, unfinished: 0, passedOver: 0, lost: 0, contradictory: 0, backwards: 0 };
  t.same(match([entry(0, 2, 100), entry(2, 4, 200)]), { times: [100, 100, 200, 200], counted: 2, ...calm });
  t.same(
    match([entry(0, 2, 100), entry(0, 4, 200)]),
    { times: [100, 100, 200, 200], counted: 2, ...calm },
    'written down, not finished, pushed again with more',
  );
  t.same(match([entry(0, 4, 100), entry(0, 4, 200)]), { times: [100, 100, 100, 100], counted: 1, ...calm }, 'twice');
  t.match(
    match([entry(0, 4, 100), entry(0, 4, 200), entry(4, 5, 300)]),
    { passedOver: 0, lost: 0, beyond: 0, unfinished: 1 },
    'twice, which main has',
  );
  t.match(match([entry(0, 2, 100), entry(2, 8, 200), entry(8, 9, 300), entry(2, 4, 400)]), { lost: 1, passedOver: 1 }, 'set back');
  t.match(match([entry(2, 8, 200), entry(8, 9, 300), entry(2, 4, 400)], { whole: false }), { lost: 0, passedOver: 0 });
  t.same(match([entry(0, 2, 100), entry(3, 4, 200)]).times.map(Number.isNaN), [false, false, true, false], 'a hole');
  t.match(match([entry(0, 4, 100), entry(4, 5, 200), entry(5, 6, 300)]), { beyond: 2, counted: 1 });
  t.match(match([entry(0, 2, 100), entry(2, 4, 50)]), { backwards: 2 });
  t.match(match([entry(0, 2, 100), entry(2, 4, 95)]), { backwards: 0 }, 'a clock that was set right');
  t.match(
    match([entry(2, 6, 300)], { later: [5, 6].map(id) }).times.map(Number.isNaN),
    [true, true, false, false],
    'a push that goes on above',
  );
  t.match(match([entry(9, 2, 100), entry(2, 4, 200)]), { contradictory: 1 });
  t.match(
    match([entry(9, 2, 100), entry(2, 4, 200)], { whole: false }),
    { contradictory: 0 },
    'of a part nothing can be said of what is below it',
  );
});

t.test('a journal read in pieces has the digest of what was there before', async (t) => {
  const { createHash } = await import('node:crypto');
  const now = new Date();
  const path = journalFile(host.directory, RECORD_ID);
  t.equal(dirname(path), dirname(own));
  const bytes = readFileSync(path);
  const sha = (part: Uint8Array) => createHash('sha256').update(part).digest('hex');
  for (const mark of [0, 1, (lines[0]?.length ?? 0) + 1, bytes.length - 1, bytes.length]) {
    t.match(readJournal(path, RECORD_ID, { now, mark }), {
      bytes: bytes.length,
      digest: sha(bytes),
      digestAtMark: sha(bytes.subarray(0, mark)),
    });
  }
  t.equal(readJournal(path, RECORD_ID, { now, mark: bytes.length + 1 }).digestAtMark, undefined);
});

/** Commits that came past the hook: judged when they are found, and shown only where they pass. */
import { appendFileSync, chmodSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import type { ObjectId } from '../../src/format/push.js';
import { openDirect } from '../../src/git/direct.js';
import { gitEnvironment } from '../../src/git/env.js';
import { loadHostPolicy } from '../../src/hooks/receive-policy.js';
import { hostPaths, shardedPath } from '../../src/hosts/paths.js';
import { recordOf } from '../../src/hosts/registry.js';
import { type Judged, judgeHistory } from '../../src/watch/judged.js';
import { makePeople } from '../support/people.js';
import { type PushedRecord, pushedRecord } from '../verify/support.js';
import { slip } from './support.js';

const people = await makePeople();
const strangers = await makePeople();

async function judged({ host }: PushedRecord, main: ObjectId, reached?: ObjectId, now = new Date()): Promise<Judged> {
  const paths = hostPaths(host.directory);
  const record = recordOf(host.directory, host.repository);
  if (record === undefined) throw new Error('not registered');
  const objects = openDirect(host.repository, gitEnvironment());
  try {
    return await judgeHistory({ paths, record, objects, reached, main, host: loadHostPolicy(paths.policy), now });
  } finally {
    await objects.close();
  }
}

const shown = ({ to, setBack, problems }: Judged) => [to, setBack, problems];

function journal({ host }: PushedRecord): string {
  return shardedPath(hostPaths(host.directory).journal, host.record, '.jsonl');
}

const pushed = (test: Test) =>
  pushedRecord(
    test,
    people,
    (record) => record.append(),
    (record) => record.append({ by: 'tom' }),
  );

t.test('what the hook has accepted is not judged again', async (t) => {
  const all = await pushed(t);
  const main = all.tips.at(-1) ?? '';
  const whole = await judged(all, main);
  t.same(shown(whole), [main, false, []]);
  t.equal(whole.received.size, 4, 'the root and the first thread came in one push');
  const later = await judged(all, main, all.tips[0]);
  t.same(shown(later), [main, false, []]);
  t.strictSame([...later.received], [...whole.received].slice(2), 'part by part it is the same as at once');
  // Nobody is trusted any more: the journal speaks for itself.
  writeFileSync(hostPaths(all.host.directory).policy, 'version: 1\n');
  t.same(shown(await judged(all, main)), [main, false, []]);
  const same = await judged(all, main, main);
  t.match([same.to, same.received.size], [main, 0]);
});

t.test('a clock that is behind that of the machine which received a commit', async (t) => {
  const all = await pushed(t);
  const main = all.tips.at(-1) ?? '';
  const { skewMs } = loadHostPolicy(hostPaths(all.host.directory).policy).policy;
  const behind = await judged(all, main, undefined, new Date(Date.now() - skewMs / 2));
  t.same(shown(behind), [main, false, []]);
  t.strictSame([...behind.received], [...(await judged(all, main)).received], 'it was received, and when');
  const set = await judged(all, main, undefined, new Date(Date.now() - skewMs - 86_400_000));
  t.same(shown(set), [main, false, []]);
  t.strictSame([...set.received], [...behind.received], 'nor does a clock that was ahead, and is set right, make other rows');
});

t.test('good commits that came past the hook pass, without a time of receipt', async (t) => {
  const all = await pushed(t);
  const main = slip(all, (record) => record.append().append({ by: 'tom' }));
  const found = await judged(all, main, all.tips.at(-1));
  t.same(shown(found), [main, false, []]);
  t.equal(found.received.size, 0);
  t.equal((await judged(all, main)).received.size, 4);
});

t.test('bad ones are withheld, with all that stands on them, and what is below them is not', async (t) => {
  const all = await pushed(t);
  const good = slip(all, (record) => record.append());
  const bad = slip(all, (record) => record.commit({ files: { 'notes.txt': 'x\n' } }));
  const main = slip(all, (record) => record.append());
  for (const reached of [undefined, all.tips.at(-1), good]) {
    const found = await judged(all, main, reached);
    t.equal(found.to, good, `from ${reached}`);
    t.match(found.problems, [{ rule: 'tree/layout', commit: bad, severity: 'error', path: 'notes.txt' }]);
  }
  // Somebody pushes on top of it: the hook judges what is pushed, and no more.
  appendFileSync(
    journal(all),
    `${JSON.stringify({ time: new Date().toISOString(), record: all.host.record, old: bad, new: main, verdict: 'accepted' })}\n`,
  );
  const onTop = await judged(all, main);
  t.equal(onTop.to, good);
  t.ok(onTop.received.has(main) && !onTop.received.has(bad));
});

t.test('a stranger in every commit: nothing may be shown', async (t) => {
  const all = await pushed(t);
  rmSync(journal(all));
  t.same(shown(await judged(all, all.tips.at(-1) ?? '')), [all.tips.at(-1), false, []], 'without a journal all is judged, and passes');
  const other = await pushedRecord(t, strangers, (record) => record.append());
  rmSync(journal(other));
  writeFileSync(hostPaths(other.host.directory).policy, readFileSync(hostPaths(all.host.directory).policy));
  for (const name of ['gmc', 'org'])
    writeFileSync(join(other.host.directory, `${name}.crt`), readFileSync(join(all.host.directory, `${name}.crt`)));
  const found = await judged(other, other.tips.at(-1) ?? '');
  t.equal(found.to, undefined);
  t.ok(found.problems.some(({ rule }) => rule === 'commit/signer'));
  t.ok(found.problems.length <= 100);
});

t.test('main was set back, or rewritten', async (t) => {
  const all = await pushed(t);
  const [first = '', , last = ''] = all.tips;
  t.same(shown(await judged(all, first, last)), [first, true, []]);
  const short = await pushedRecord(t, people);
  const rewritten = slip(short, (record) => record.rewrite().append());
  const found = await judged(short, rewritten, short.tips[0]);
  t.same([found.setBack, found.problems], [true, []]);
  t.equal(found.to, rewritten, 'every commit of it passes by itself: said, and shown');
  const worse = slip(all, (record) => record.rewrite());
  t.match(await judged(all, worse, last), { setBack: true, problems: [{ rule: 'ledger/identity' }, { rule: 'thread/append-only' }] });
});

t.test('what cannot be read to the end is thrown, never taken for good', async (t) => {
  const all = await pushed(t);
  const main = slip(all, (record) => record.append());
  const object = join(all.host.repository, 'objects', main.slice(0, 2), main.slice(2));
  chmodSync(object, 0o644);
  const bytes = readFileSync(object);
  writeFileSync(object, bytes.subarray(0, 20));
  await t.rejects(judged(all, main, all.tips.at(-1)), { code: 'watch/not-whole' }, 'half an object');
  rmSync(object);
  await t.rejects(judged(all, main), { code: 'watch/not-whole', message: /is missing/ });
  writeFileSync(object, bytes);
  t.match(await judged(all, main), { to: main });
  const participants = hostPaths(all.host.directory).participants;
  const jane = shardedPath(participants, people.people.jane.id, '.jsonl');
  writeFileSync(jane, 'x\n');
  await t.rejects(judged(all, main), 'what the host knows is damaged');
  rmSync(jane);
  const tree = (await objectsOf(all, main)).tree;
  rmSync(join(all.host.repository, 'objects', tree.slice(0, 2), tree.slice(2)));
  t.match(await judged(all, main), { to: all.tips.at(-1), problems: [{ rule: /^verify\// }] }, 'a tree is missing');
});

async function objectsOf({ host }: PushedRecord, id: ObjectId): Promise<{ tree: ObjectId }> {
  const objects = openDirect(host.repository, gitEnvironment());
  const commit = await objects.read(id);
  await objects.close();
  return {
    tree: Buffer.from(commit?.bytes ?? [])
      .toString('latin1')
      .slice(5, 45),
  };
}

/** What is not there is incomplete, and accuses nobody: of a commit that lacks objects its own words and its signature are judged. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { render } from '../../src/cli/verify-output.js';
import type { GitObject, ObjectId } from '../../src/format/push.js';
import type { CommitReport } from '../../src/verify/types.js';
import { gitLine, makeClient, writeObjects } from '../e2e/support.js';
import { makePeople } from '../support/people.js';
import { seeded } from '../support/random.js';
import { pushedRecord, rulesIn, verify } from './support.js';
import { parseXml, type XmlElement } from './support-xml.js';

const people = await makePeople();
const { directory, host, client, trust, tips, record } = await pushedRecord(
  t,
  people,
  (record) => record.append(),
  (record) => record.append({ by: 'tom' }),
  (record) => record.commit({ files: { '.gitignore': 'files/\n' } }),
);
const tip = tips.at(-1) ?? '';
const reached = new Set((await gitLine(client, 'rev-list', '--objects', '--no-object-names', tip)).split('\n'));
const objects = new Map([...record.made().objects].filter(([id]) => reached.has(id)));
const commits = (await gitLine(client, 'rev-list', '--reverse', tip)).split('\n');

let made = 0;
async function look(
  without: ReadonlySet<ObjectId>,
  only: 'everything' | 'signatures' = 'everything',
  to = tip,
  stored: ReadonlyMap<ObjectId, GitObject> = objects,
) {
  made += 1;
  const path = makeClient(join(directory, `lacking-${made}`));
  writeObjects(
    path,
    [...stored].filter(([id]) => !without.has(id)),
  );
  writeFileSync(join(path, 'refs/heads/main'), `${to}\n`);
  const lines = join(path, 'commits');
  const found = await verify({ in: path, trust, commits: lines, ...(only === 'signatures' ? { only } : {}) });
  const told = readFileSync(lines, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as CommitReport);
  const lacking = told.filter(({ lacksObjects }) => lacksObjects).map(({ commit }) => commit);
  return { ...found, lacking, rules: rulesIn(found), judged: found.record?.history?.verdict.commits.judged };
}

/** Everything that a commit changes, on both sides, by git's own word. */
async function changedBy(commit: ObjectId): Promise<string> {
  const trees = await gitLine(client, 'log', '-2', '--format=%T', commit);
  return `${trees}\n${await gitLine(client, 'diff-tree', '-r', '-t', '--root', '--no-abbrev', commit)}`;
}

const changes = await Promise.all(commits.map(changedBy));

t.test('each object of a history, gone by itself', async (t) => {
  for (const [id, { type }] of objects) {
    const found = await look(new Set([id]));
    t.match(found, { good: false, rules: [], record: { history: { missing: { ids: [id] } } } }, `${type} ${id}: ${found.text}`);
    t.notMatch(found.text, /refused|problem [^f]/);
    const place = commits.indexOf(id);
    if (type === 'commit') {
      t.equal(found.judged, commits.length - place - 1, 'what is above a commit is judged');
      t.strictSame(found.lacking, commits.slice(place + 1, place + 2), 'the lowest of it as far as it can be');
    } else {
      t.equal(found.judged, commits.length);
      const whose = commits.filter((_, i) => changes[i]?.includes(id));
      t.ok(whose.length > 0 && whose.every((commit) => found.lacking.includes(commit)), `${type} ${id} is missed where it is changed`);
      const without = `${commits.length - found.lacking.length} of ${commits.length} commits judged`;
      t.match(found.text, `incomplete: ${without}, and no problem found in what could be checked`);
    }
  }
});

t.test('many of them, by chance, and signatures alone', async (t) => {
  const random = seeded(30);
  for (let i = 0; i < 60; i += 1) {
    const without = new Set([...objects.keys()].filter(() => random.int(4) === 0));
    if (without.size === 0) continue;
    t.match(await look(without), { good: false, rules: [] }, [...without].join());
    t.match(await look(without, 'signatures'), { rules: [] }, [...without].join());
  }
  const blobs = new Set([...objects].filter(([, { type }]) => type === 'blob').map(([id]) => id));
  t.match(await look(blobs, 'signatures'), { good: false, lacking: commits.slice(0, 1), judged: commits.length }, "the root's status file");
});

t.test('clones that lack objects on purpose', async (t) => {
  await gitLine(host.repository, 'config', 'uploadpack.allowFilter', 'true');
  for (const [how, gaps, lacking] of [
    ['--filter=blob:none', ['partial', 'missing', 'lacking'], commits.length],
    ['--filter=tree:0', ['partial', 'missing', 'lacking'], commits.length],
    ['--depth=1', ['shallow', 'missing', 'lacking'], 1],
    ['--depth=3', ['shallow', 'missing', 'lacking'], 1],
  ] as const) {
    const path = join(directory, `clone${how}`);
    await gitLine(directory, 'clone', '--quiet', '--bare', how, `file://${host.repository}`, path);
    const found = await verify({ in: path, trust });
    t.match(found, { good: false, gaps, record: { history: { counts: { lacking }, verdict: { problems: [], accepted: true } } } }, how);
    t.strictSame(rulesIn(found), [], how);
    const rules = JSON.parse(render('sarif', found.report, false)).runs[0].results.map(({ ruleId }: { ruleId: string }) => ruleId);
    t.strictSame(rules.sort(), gaps.map((gap) => `verify/${gap}`).sort(), how);
  }
});

t.test('who signed is judged all the same', async (t) => {
  record.commit({ files: { '.gitignore': null }, signed: (bytes) => bytes.replace('Oxford University', 'Oxbridge University') });
  const { objects: stored, updates } = record.made();
  const blobs = new Set([...stored].filter(([, { type }]) => type === 'blob').map(([id]) => id));
  const found = await look(blobs, 'everything', updates[0]?.new, stored);
  t.match(found, { good: false, rules: ['commit/signature'], judged: commits.length + 1 });
  t.match(found.text, `0 of ${commits.length + 1} commits judged, with the problems above`);
});

t.test('a rule that nothing was asked by has not held in JUnit', async (t) => {
  const blobs = new Set([...objects].filter(([, { type }]) => type === 'blob').map(([id]) => id));
  const told = async (...without: Parameters<typeof look>) => {
    const { report } = await look(...without);
    const cases: XmlElement[] = parseXml(render('junit', report, false)).children.flatMap(({ children }: XmlElement) => children);
    return (name: string) => cases.find(({ attributes }) => attributes['name'] === name)?.children.map((child) => child.name);
  };
  const what = await told(blobs);
  t.strictSame(what('thread/format'), ['skipped']);
  t.strictSame(what('commit/signature'), [], 'every commit was');
  t.strictSame(what('history/linear'), [], 'no commit is missing');
  t.strictSame(what('verify/complete'), ['failure']);
  for (const commit of commits)
    t.strictSame((await told(new Set([commit])))('history/linear'), ['skipped'], `whether "every commit" is there, without ${commit}`);
});

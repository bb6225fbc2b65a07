/** A whole host, and the trust bundles that tell a later look how far its records had come. */
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { render } from '../../src/cli/verify-output.js';
import { runGit } from '../../src/git/run.js';
import { hostPaths, shardedPath } from '../../src/hosts/paths.js';
import { addRecord } from '../../src/hosts/plain.js';
import { vpr, vprJson } from '../commands/support.js';
import { gitLine } from '../e2e/support.js';
import { newHost } from '../hosts/support.js';
import { makePeople } from '../support/people.js';
import { RECORD_ID } from '../support/texts.js';
import { pushedRecord, trustOf, verify } from './support.js';

const EMPTY = '22222222-2222-4333-8444-555555555555';
const people = await makePeople();
const { directory, host, client, tips } = await pushedRecord(t, people, (record) => record.append());
const root = host.directory;
const [first = '', second = ''] = tips;
const all = (more: Parameters<typeof verify>[0] = {}) => verify({ all: root, ...more });
addRecord(root, { kind: 'coordination', id: EMPTY }, runGit);

t.test('every registered record, by the host itself', async (t) => {
  const found = await all();
  t.match(found.report, {
    good: true,
    totals: { records: 2, good: 2, commits: 3 },
    records: [],
    gaps: [],
    signers: [{ commits: 3, trusted: 3 }],
  });
  t.match(found.text, /^2 records verified, 3 commits in all: every rule holds/);
  t.match(vpr(directory, ['verify', '--all', root, '--no-cache']), { status: 0, stdout: /^2 records verified/ });
  t.match(vpr(directory, ['verify', '--all', directory]), { status: 2, stderr: /host\/not-a-host/ });
  t.match(vpr(directory, ['verify', 'main', '--all', root]), { status: 2, stderr: /verify\/range/ });
  t.match(vpr(directory, ['verify', '--all', root, '--expect', first]), { status: 2 });
});

t.test('what was not read again is said of a whole host, too', async (t) => {
  t.notMatch((await all({ cache: true })).text, /read again/);
  const found = await all({ cache: true });
  t.match(found.report, { good: true, totals: { commits: 3, cached: 3 } });
  t.match(found.text, /^3 of the commits as earlier runs have verified them, their objects were not read again; 0 now/m);
});

t.test('what was not checked of good records is said as well', async (t) => {
  await gitLine(host.repository, 'update-ref', 'refs/heads/draft', first);
  const found = await all({ summary: join(directory, 'noted.md') });
  t.match(found.report, { good: true, records: [], notes: [{ note: 'refs other than main: refs/heads/draft', records: 1 }] });
  t.match(found.text, /^not checked in 1 record: refs other than main: refs\/heads\/draft$/m);
  t.match(readFileSync(join(directory, 'noted.md'), 'utf8'), 'refs other than main: refs/heads/draft');
  await gitLine(host.repository, 'update-ref', '-d', 'refs/heads/draft');
});

t.test('what is wrong with one record hides no other, and the host is not good', async (t) => {
  const config = join(host.repository, 'refs/heads/main');
  await gitLine(host.repository, 'update-ref', 'refs/heads/main', first);
  t.match((await all()).report, {
    good: false,
    totals: { good: 1 },
    records: [{ record: { id: RECORD_ID }, gaps: [{ code: 'unfinished' }] }],
  });
  rmSync(config);
  t.match((await all()).report, { good: false, records: [{ record: { id: RECORD_ID }, to: undefined, gaps: [{ code: 'set-back' }] }] });
  writeFileSync(config, `${second}\n`);

  const journal = shardedPath(hostPaths(root).journal, RECORD_ID, '.jsonl');
  renameSync(journal, `${journal}.away`);
  t.match((await all()).report, { good: false, records: [{ gaps: [{ code: 'not-in-journal' }] }] });
  renameSync(`${journal}.away`, journal);

  renameSync(host.repository, `${host.repository}.away`);
  t.match((await all()).report, { good: false, totals: { records: 2, good: 1 }, records: [{ gaps: [{ code: 'host-gone' }] }] });
  renameSync(`${host.repository}.away`, host.repository);

  const name = join(host.repository, 'vpr-record');
  const content = readFileSync(name);
  writeFileSync(name, `${EMPTY.replaceAll('-', '')}\n`);
  t.match((await all()).report, { good: false, records: [{ gaps: [{ code: 'host-another' }] }] });
  writeFileSync(name, content);

  const entry = shardedPath(hostPaths(root).registry, EMPTY);
  renameSync(entry, `${entry}.away`);
  writeFileSync(entry, '{');
  t.match((await all()).report, { good: false, totals: { records: 1, good: 1 }, gaps: [{ code: 'registry' }] });
  rmSync(entry);
  const bundle = join(directory, 'empty.json');
  renameSync(`${entry}.away`, entry);
  t.match(vpr(directory, ['trust', 'export', root, '--out', bundle]), { status: 0 });
  t.match((await all({ trust: bundle })).report, { good: true });
});

t.test('a repository that git does not read is no empty one', async (t) => {
  // As where the host is looked at by another account than its own: git's "dubious ownership".
  const foreign = { GIT_TEST_ASSUME_DIFFERENT_OWNER: '1' };
  const bundle = join(directory, 'foreign.json');
  t.match(vpr(directory, ['trust', 'export', root, '--out', bundle], '', foreign), { status: 2, stderr: /dubious ownership/ });
  t.notOk(existsSync(bundle), 'no bundle without its baselines');
  t.match(vpr(directory, ['verify', '--all', root, '--no-cache'], '', foreign), { status: 1, stdout: /belongs to another account/ });
  t.match(vpr(directory, ['verify', '--in', host.repository], '', foreign), { status: 2, stderr: /belongs to another account/ });
});

t.test('a trust bundle carries how far each record had come, and whoever has less is found out', async (t) => {
  const bundle = join(directory, 'baselines.json');
  const exported = vpr(directory, ['trust', 'export', root, '--out', bundle]);
  t.match(exported, { status: 0, stdout: /how far 1 record had come\n1 record had nothing yet[^\n]*\ndigest: ([0-9a-f]{64})\n/ });
  const [, digest = ''] = /digest: ([0-9a-f]{64})/.exec(exported.stdout) ?? [];
  const time = JSON.parse(readFileSync(shardedPath(hostPaths(root).journal, RECORD_ID, '.jsonl'), 'utf8').split('\n')[1] ?? '').time;
  t.same(JSON.parse(readFileSync(bundle, 'utf8')).baselines, { [RECORD_ID]: { commit: second, received: time } });

  const good = await verify({ in: client, trust: bundle, 'trust-digest': digest });
  t.match(good, { good: true, record: { baseline: { commit: second, received: time, met: true } } });
  t.match(good.text, `trust bundle: ${digest}`);
  t.notMatch(good.text, /commits above/);
  await gitLine(directory, 'clone', '--quiet', '--bare', client, 'older');
  await gitLine(join(directory, 'older'), 'update-ref', 'refs/heads/main', first);
  t.match(await verify({ in: join(directory, 'older'), trust: bundle }), {
    good: false,
    gaps: ['set-back'],
    record: { baseline: { met: false } },
  });
  const part = await verify({ in: client, trust: bundle, range: first });
  t.match(part, { good: true, record: { baseline: { met: true } } }, 'a part that ends before it: main has it');
  t.match(part.text, `not checked: commits above ${first}, which main has: a range was asked for`);
  t.match(await verify({ in: join(directory, 'older'), trust: bundle, range: first }), { good: false, gaps: ['set-back'] });

  await gitLine(directory, 'clone', '--quiet', '--bare', '--depth=1', `file://${client}`, 'shallow');
  const below = { [RECORD_ID]: { commit: first, received: time } };
  const shallow = await verify({ in: join(directory, 'shallow'), trust: trustOf(directory, host, below), expect: first });
  t.match(shallow, { good: false, gaps: ['shallow', 'missing', 'lacking', 'expected', 'unread-baseline'] });
  t.notMatch(shallow.text, /set back|does not contain/, 'what cannot be read accuses nobody');
  t.match(render('github', shallow.report, false), /^::notice [^\n]*::1 commit of 1 record judged/m);
  await t.rejects(verify({ in: client, trust: bundle, 'trust-digest': 'f'.repeat(64) }), { code: 'trust/digest' });
  await t.rejects(verify({ in: client, 'trust-digest': digest }), { code: 'trust/none' });

  t.match(vprJson(directory, ['trust', 'export', root, '--record', EMPTY]), { status: 0, value: { baselines: {} } });
  t.match(vprJson(directory, ['trust', 'export', root, '--record', RECORD_ID]).value, { baselines: { [RECORD_ID]: { commit: second } } });
  t.match(vpr(directory, ['trust', 'export', root, '--record', '33333333-2222-4333-8444-555555555555']), {
    status: 2,
    stderr: /trust\/record/,
  });

  const entry = shardedPath(hostPaths(root).registry, RECORD_ID);
  renameSync(entry, `${entry}.away`);
  t.match((await all({ trust: bundle })).report, { good: false, gaps: [{ code: 'set-back' }] }, 'a record that is gone');
  renameSync(`${entry}.away`, entry);
});

t.test('the newest accepted commit counts, not what was put on top of it past the hook', async (t) => {
  const repository = host.repository;
  const env = ['-c', 'user.name=x', '-c', 'user.email=x@example.org'];
  const sneaked = await gitLine(repository, ...env, 'commit-tree', '-p', second, '-m', 'x', `${second}^{tree}`);
  writeFileSync(join(repository, 'refs/heads/main'), `${sneaked}\n`);
  t.match(vprJson(directory, ['trust', 'export', root]).value, { baselines: { [RECORD_ID]: { commit: second } } });
  const found = (await all()).report;
  t.match(found, { good: false, records: [{ gaps: [{ code: 'not-in-journal' }], history: { firstUncovered: sneaked } }] });
  writeFileSync(join(repository, 'refs/heads/main'), `${second}\n`);
});

t.test('between records whoever wants to end it is heard', async (t) => {
  const many = newHost(t, 'many');
  for (let i = 0; i < 25; i += 1) addRecord(many, { kind: 'coordination' }, runGit);
  let heard = 0;
  const timer = setInterval(() => {
    heard += 1;
  }, 1);
  t.match((await verify({ all: many })).report, { totals: { records: 25 } });
  clearInterval(timer);
  t.ok(heard > 0, 'a signal comes as a timer does');
});

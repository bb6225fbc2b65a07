/** What can be verified: clones, bare repositories, bundles, ranges; and what makes each of them incomplete. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { vpr } from '../commands/support.js';
import { git, gitLine, run } from '../e2e/support.js';
import { makePeople } from '../support/people.js';
import { pushedRecord, verify } from './support.js';

const people = await makePeople();
const world = await pushedRecord(
  t,
  people,
  (record) => record.append().append({ by: 'tom' }),
  (record) => record.append(),
);
const { directory, host, client, trust, tips } = world;
const [first = '', second = '', third = ''] = tips;
const bundle = join(directory, 'record.bundle');
await gitLine(client, 'bundle', 'create', bundle, 'main');
await gitLine(directory, 'clone', '--quiet', host.repository, 'clone');
const clone = join(directory, 'clone');

t.test('a bare repository, a clone and a bundle give the same answer', async (t) => {
  for (const path of [host.repository, client, clone, bundle]) {
    const found = await verify({ in: path, trust });
    t.equal(found.good, true, `${path}: ${found.text}`);
    t.match(found.record, { to: third, history: { verdict: { commits: { judged: 5, pushed: 5 } }, whole: true, counts: { signed: 5 } } });
    t.match(found.text, /^5 commits verified: every rule holds/);
  }
});

t.test('without the trust bundle it is incomplete', async (t) => {
  const found = await verify({ in: bundle });
  t.match(found, { good: false, gaps: ['no-trust'] });
});

t.test("a clone's own trust bundle is the word of whoever set it up", async (t) => {
  const own = /^not checked: whether the trust bundle is the host's: /m;
  await gitLine(clone, 'config', 'vpr.trust', trust);
  const found = await verify({ in: clone });
  t.match(found, { good: true, text: own });
  const { digest } = JSON.parse(readFileSync(trust, 'utf8')) as { digest: string };
  for (const held of [{ trust }, { 'trust-digest': digest }]) t.notMatch((await verify({ in: clone, ...held })).text, own);
  await gitLine(clone, 'config', '--unset', 'vpr.trust');

  const others = join(directory, 'set up by somebody else');
  await gitLine(directory, 'clone', '--quiet', host.repository, others);
  await gitLine(others, 'config', '--file', '.git/more', 'vpr.trust', trust);
  await gitLine(others, 'config', 'include.path', 'more');
  t.match((await verify({ in: others })).text, own, 'also by a file that its configuration includes');
  await gitLine(others, 'config', '--unset', 'include.path');
  await gitLine(others, 'config', 'extensions.worktreeConfig', 'true');
  await gitLine(others, 'config', '--worktree', 'vpr.trust', trust);
  t.match((await verify({ in: others })).text, own, 'or by that of its worktree');
});

t.test('a range is judged, and what is below it is named as not looked at', async (t) => {
  const found = await verify({ in: clone, trust, range: `${first}..${second}` });
  t.match(found, { good: true, record: { from: first, to: second, history: { verdict: { commits: { judged: 2 } }, whole: false } } });
  t.match(found.text, `not checked: commits below ${first}: a range was asked for`);
  for (const range of [`${third}..main`, 'main..main'])
    await t.rejects(verify({ in: clone, trust, range }), { code: 'range/empty' }, 'where nothing is verified nothing is good');
  t.match(vpr(clone, ['verify', 'main..main', '--trust', trust]), { status: 2, stderr: /range\/empty/ });
  t.match(await verify({ in: clone, trust, range: `main..${first}` }), { good: false }, 'a range that goes back');
  for (const range of ['a..b..c', '^main~1', 'main..^main~1'])
    await t.rejects(verify({ in: clone, trust, range }), { code: 'range/unreadable' }, range);
  await t.rejects(verify({ in: clone, trust, range: 'nothing' }), { code: 'range/unknown' });
});

t.test('main is the branch, whatever else was given that name; of other names that several refs have none is meant', async (t) => {
  await gitLine(directory, 'clone', '--quiet', host.repository, 'named-alike');
  const alike = join(directory, 'named-alike');
  for (const ref of ['refs/tags/main', 'refs/tags/refs/heads/main', 'refs/heads/draft', 'refs/tags/heads/main'])
    await gitLine(alike, 'update-ref', ref, first);
  await gitLine(alike, 'update-ref', 'refs/tags/draft', second);
  await gitLine(alike, 'update-ref', `refs/heads/${second.slice(0, 8)}`, first);
  for (const range of [undefined, 'main', 'heads/main', 'refs/heads/main', `${first}..main`, `${first}..`, 'HEAD', 'origin/main'])
    t.match((await verify({ in: alike, trust, ...(range === undefined ? {} : { range }) })).record, { to: third }, `${range}`);
  t.match((await verify({ in: alike, trust, range: 'main~1' })).record, { to: await gitLine(alike, 'rev-parse', `${third}~1`) });
  t.match((await verify({ in: alike, trust, range: 'refs/tags/main' })).record, { to: first }, 'who means the tag says so');
  for (const range of ['draft', 'draft~0', 'draft..main', second.slice(0, 8)])
    await t.rejects(verify({ in: alike, trust, range }), { code: 'range/ambiguous' }, range);
  t.match(vpr(alike, ['verify', 'draft', '--trust', trust]), { status: 2, stderr: /range\/ambiguous/ });
});

t.test('only signatures: fewer rules, said so', async (t) => {
  const found = await verify({ in: bundle, trust, only: 'signatures' });
  t.match(found, { good: true, record: { only: 'signatures', history: { verdict: { commits: { judged: 5 } }, counts: { signed: 5 } } } });
  t.match(found.text, /^5 commits verified: every signature holds\n/);
  t.match(found.text, 'not checked: every rule about what is in the trees: only signatures were asked for');
});

t.test('--expect is a full id, and must be in the history', async (t) => {
  t.match(await verify({ in: bundle, trust, expect: second }), { good: true, record: { expect: { commit: second, met: true } } });
  t.match(await verify({ in: clone, trust, expect: first, range: `${second}..${third}` }), { good: true }, 'below the range as well');
  t.match(await verify({ in: clone, trust, expect: third, range: second }), { good: false, gaps: ['expected'] }, 'not above it');
  t.match(await verify({ in: bundle, trust, expect: 'c0ffee'.repeat(7).slice(0, 40) }), { good: false, gaps: ['expected'] });
  await t.rejects(verify({ in: bundle, trust, expect: second.slice(0, 12) }), { code: 'verify/expect' });
});

t.test('a shallow clone is incomplete, and so are grafts and replace refs', async (t) => {
  await gitLine(directory, 'clone', '--quiet', '--depth=2', `file://${host.repository}`, 'shallow');
  const shallow = await verify({ in: join(directory, 'shallow'), trust });
  t.match(shallow, { good: false, record: { history: { verdict: { commits: { judged: 2 } } } } });
  t.ok(shallow.gaps.includes('shallow') && shallow.gaps.includes('missing'));
  t.match(shallow.text, /^incomplete: 1 of 2 commits judged, and no problem found in what could be checked\n/, 'nobody refuses it');
  t.notMatch(shallow.text, /refused|history\/linear/);

  await gitLine(directory, 'clone', '--quiet', host.repository, 'grafted');
  writeFileSync(join(directory, 'grafted/.git/info/grafts'), `${second}\n`);
  const grafted = await verify({ in: join(directory, 'grafted'), trust });
  t.match(grafted, { good: false, gaps: ['grafts'], record: { history: { verdict: { commits: { judged: 5 } } } } });

  await gitLine(directory, 'clone', '--quiet', host.repository, 'replaced');
  await gitLine(join(directory, 'replaced'), 'replace', third, first);
  const replaced = await verify({ in: join(directory, 'replaced'), trust });
  t.match(replaced, { good: false, gaps: ['replaced'], record: { to: third, history: { verdict: { commits: { judged: 5 } } } } });
  for (const broken of ['junk', 'ref: refs/heads/nowhere']) {
    writeFileSync(join(directory, 'replaced/.git/refs/replace', third), `${broken}\n`);
    t.equal((await git(join(directory, 'replaced'), 'log', '-1')).status, 128, 'git ends where it meets one that is broken');
    t.match(await verify({ in: join(directory, 'replaced'), trust }), { good: false, gaps: ['replaced'] });
  }
});

t.test('a partial clone is incomplete, and nobody is asked for what it lacks', async (t) => {
  await gitLine(host.repository, 'config', 'uploadpack.allowFilter', 'true');
  const partial = join(directory, 'partial');
  await gitLine(directory, 'clone', '--quiet', '--no-checkout', '--filter=blob:none', `file://${host.repository}`, partial);
  const asked = join(directory, 'asked');
  const program = join(directory, 'upload-pack');
  writeFileSync(program, `#!/bin/sh\necho asked >>'${asked}'\nexec git upload-pack "$@"\n`, { mode: 0o755 });
  await gitLine(partial, 'config', 'remote.origin.uploadpack', program);
  for (const range of [undefined, 'main', `${first}..main`]) {
    const found = await verify({ in: partial, trust, ...(range === undefined ? {} : { range }) });
    t.equal(found.good, false);
    t.ok(found.gaps.includes('partial') && found.gaps.includes('missing'), found.gaps.join());
  }
  t.match(await verify({ in: partial, trust, only: 'signatures' }), { good: false });
  t.notOk(existsSync(asked), 'the promisor was not asked');
  await git(partial, 'cat-file', '-p', 'main:COORDINATION_STATUS.yaml');
  t.ok(existsSync(asked), 'as git by itself does');
});

t.test('missing objects are incomplete, and named', async (t) => {
  const { stdout } = await run(client, 'git', ['rev-parse', 'main~1:COORDINATION_STATUS.yaml']);
  const blob = stdout.trim();
  await gitLine(directory, 'clone', '--quiet', '--bare', '--no-hardlinks', client, 'lacking');
  const lacking = join(directory, 'lacking');
  for (const pack of (await gitLine(lacking, 'count-objects', '-v')).match(/^in-pack: [1-9]/m) ? ['packed'] : []) t.comment(pack);
  await run(lacking, 'sh', ['-c', 'mv objects/pack/*.pack . && rm -f objects/pack/* && git unpack-objects -q <*.pack; rm -f *.pack']);
  await run(lacking, 'rm', ['-f', join(lacking, 'objects', blob.slice(0, 2), blob.slice(2))]);
  const found = await verify({ in: lacking, trust });
  t.match(found, { good: false, record: { history: { missing: { count: 1, ids: [blob] } } } });
  t.ok(found.gaps.includes('missing'));
  t.match(found.text, `1 object is not there: ${blob}`);
});

t.test('refs other than main are named as not looked at', async (t) => {
  await gitLine(directory, 'clone', '--quiet', host.repository, 'tagged');
  await gitLine(join(directory, 'tagged'), 'update-ref', 'refs/heads/draft', first);
  const found = await verify({ in: join(directory, 'tagged'), trust });
  t.match(found, { good: true, record: { otherRefs: { count: 1, names: ['refs/heads/draft'] } } });
  t.match(found.text, 'not checked: refs other than main: refs/heads/draft');
  writeFileSync(join(directory, 'tagged/.git/main'), `${first}\n`);
  t.equal(await gitLine(join(directory, 'tagged'), 'rev-parse', 'main'), first, 'which git takes before the branch');
  t.match((await verify({ in: join(directory, 'tagged'), trust })).record, {
    to: third,
    otherRefs: { names: ['refs/heads/draft', 'main'] },
  });
});

t.test('a HEAD that is not main: of a bare repository clones begin at it, in a working tree it is named', async (t) => {
  await gitLine(directory, 'clone', '--quiet', '--bare', host.repository, 'headed');
  const headed = join(directory, 'headed');
  for (const [name, wanted] of [
    [third, true],
    [second, false],
    ['refs/heads/draft', false],
    ['refs/heads/unborn', true],
    ['refs/heads/main', true],
  ] as const) {
    if (name === 'refs/heads/draft') await gitLine(headed, 'update-ref', name, first);
    writeFileSync(join(headed, 'HEAD'), name.startsWith('refs/') ? `ref: ${name}\n` : `${name}\n`);
    t.match(await verify({ in: headed, trust }), { good: wanted, gaps: wanted ? [] : ['head'] }, name);
  }
  await gitLine(directory, 'clone', '--quiet', host.repository, 'looking');
  await gitLine(join(directory, 'looking'), 'checkout', '--quiet', '--detach', first);
  const looking = await verify({ in: join(directory, 'looking'), trust });
  t.match(looking, { good: true, record: { to: third } });
  t.match(looking.text, 'not checked: refs other than main: HEAD');
});

t.test('where there is nothing', async (t) => {
  await t.rejects(verify({ in: join(directory, 'nowhere'), trust }), { code: 'clone/none' });
});

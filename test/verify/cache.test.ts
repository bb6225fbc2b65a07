/** What an earlier run has verified is gone by only where nothing that the verdict depends on has changed. */
import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { hostPaths, shardedPath } from '../../src/hosts/paths.js';
import { gitEnvironment, gitLine, makeHost, writeObjects } from '../e2e/support.js';
import { makePeople } from '../support/people.js';
import { RECORD_ID } from '../support/texts.js';
import { pushedRecord, quiet, trustOf, verify } from './support.js';

const people = await makePeople();
const { directory, host, client, trust, tips } = await pushedRecord(
  t,
  people,
  (record) => record.append().append(),
  (record) => record.append(),
);
const [, second = '', third = ''] = tips;
const folder = join(directory, 'cache/vpr/verified');
const files = () => readdirSync(folder).map((name) => join(folder, name));
const journal = shardedPath(hostPaths(host.directory).journal, RECORD_ID, '.jsonl');
const forget = () => rmSync(folder, { recursive: true, force: true });
const look = (more: Parameters<typeof verify>[0] = {}) => verify({ in: client, trust, cache: true, ...more });

t.beforeEach(() => {
  forget();
  quiet(directory);
});

t.test('a second run costs the new commits, and says what it has not read again', async (t) => {
  const old = join(directory, 'old');
  await gitLine(directory, 'clone', '--quiet', '--bare', client, old);
  await gitLine(old, 'update-ref', 'refs/heads/main', second);
  t.match(await look({ in: old }), { good: true, record: { cached: undefined } });
  await gitLine(old, 'fetch', '--quiet', client, 'main:main');
  const found = await look({ in: old });
  t.match(found, {
    good: true,
    record: {
      cached: { commits: 4, tip: second, on: String },
      history: { whole: true, verdict: { commits: { judged: 5, pushed: 5 } }, counts: { signed: 5 } },
    },
  });
  t.match(found.text, /^5 commits verified: every rule holds\n4 of them as verified on \S+, their objects were not read again; 1 now/);
  const again = await look({ in: old });
  t.match(again, { good: true, record: { cached: { commits: 5, tip: third } } });
  t.match(await look(), { good: true, record: { cached: undefined } }, 'of another repository nothing is known');
  const fresh = await verify({ in: client, trust });
  t.same(again.record?.history?.signers, fresh.record?.history?.signers, 'signers are those of all of it');
  t.same(again.record?.history?.counts, fresh.record?.history?.counts);
  t.equal(statSync(files()[0] ?? '').mode & 0o777, 0o600);
});

t.test('--no-cache reads everything, and so does --commits', async (t) => {
  await look();
  t.match(await look({ cache: false }), { good: true, record: { cached: undefined } });
  const commits = join(directory, 'commits');
  t.match(await look({ commits }), { record: { cached: undefined } });
  t.equal(readFileSync(commits, 'utf8').trim().split('\n').length, 5);
});

t.test('another policy, another trust, another question: nothing is known of those', async (t) => {
  await look();
  const before = files().length;
  t.match(await look({ only: 'signatures' }), { record: { cached: undefined } });
  t.match(await look({ journal }), { record: { cached: undefined } });
  t.match(await look({ at: new Date().toISOString() }), { record: { cached: undefined } });
  t.match(await look({ record: RECORD_ID }), { record: { cached: { commits: 5 } } }, 'the same record');
  t.equal(files().length, before + 3);
  const stricter = makeHost(join(directory, 'stricter'), people, { policy: 'skew: 6m\n' });
  mkdirSync(join(directory, 'elsewhere'));
  t.match(await look({ trust: trustOf(join(directory, 'elsewhere'), stricter) }), { record: { cached: undefined } });
});

t.test('the journal must still say what it said', async (t) => {
  const copy = join(directory, 'journal.jsonl');
  cpSync(journal, copy);
  t.match(await look({ journal: copy }), { good: true });
  t.match(await look({ journal: copy }), { good: true, record: { cached: { commits: 5 } } });
  writeFileSync(copy, `${readFileSync(copy, 'utf8')}{"torn`);
  t.match(await look({ journal: copy }), { good: true, record: { cached: { commits: 5 } } }, 'what came after changes nothing');
  const text = readFileSync(journal, 'utf8');
  writeFileSync(copy, text.replace('"time":"20', '"time":"19'));
  t.match(await look({ journal: copy }), { record: { cached: undefined } });
  writeFileSync(copy, text.slice(0, text.indexOf('\n') + 1));
  t.match(await look({ journal: copy }), { good: false, record: { cached: undefined } });
});

t.test('another history is verified by itself', async (t) => {
  await look();
  const other = await pushedRecord(t, people, (record) => record.append());
  quiet(directory);
  t.match(await look({ in: other.client }), { good: true, record: { cached: undefined, to: other.tips[1] } });
});

t.test('what is incomplete or has problems is not remembered, and expectations are asked again', async (t) => {
  await verify({ in: client, cache: true });
  t.throws(files, { code: 'ENOENT' }, 'without trust');
  await look({ expect: 'c0ffee'.padEnd(40, '0') });
  t.throws(files, { code: 'ENOENT' });
  await look();
  t.match(await look({ expect: second }), { good: true, record: { cached: { commits: 5 } } });
  t.match(await look({ expect: 'c0ffee'.padEnd(40, '0') }), { good: false, gaps: ['expected'] });
  const shallow = join(directory, 'shallow');
  await gitLine(directory, 'clone', '--quiet', '--depth=1', `file://${host.repository}`, shallow);
  t.match(await look({ in: shallow }), { good: false });
});

t.test('objects that are not where they were are read again: what is missing or damaged since is found', async (t) => {
  const copy = join(directory, 'copy');
  const begun = async () => {
    rmSync(copy, { recursive: true, force: true });
    await gitLine(directory, 'clone', '--quiet', '--bare', '--no-hardlinks', client, copy);
    await gitLine(copy, 'repack', '-adq');
    const pack = readdirSync(join(copy, 'objects/pack')).find((name) => name.endsWith('.pack')) ?? '';
    const packed = readFileSync(join(copy, 'objects/pack', pack));
    rmSync(join(copy, 'objects/pack'), { recursive: true });
    execFileSync('git', ['unpack-objects', '-q'], { cwd: copy, input: packed, env: gitEnvironment() });
    t.match(await look({ in: copy }), { good: true, record: { cached: undefined } });
    t.match(await look({ in: copy }), { good: true, record: { cached: { commits: 5 } } });
    const blob = await gitLine(copy, 'rev-parse', `${second}:COORDINATION_STATUS.yaml`);
    return join(copy, 'objects', blob.slice(0, 2), blob.slice(2));
  };
  rmSync(await begun());
  t.match(await look({ in: copy }), { good: false, record: { cached: undefined } }, 'missing');

  const path = await begun();
  const { atime, mtime } = statSync(path);
  chmodSync(path, 0o644);
  const bytes = readFileSync(path);
  bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
  writeFileSync(path, bytes);
  utimesSync(path, atime, mtime);
  t.match(await look({ in: copy }), { record: { cached: undefined } }, 'changed, and its time set back');

  await begun();
  await gitLine(copy, 'gc', '--quiet');
  t.match(await look({ in: copy }), { good: true, record: { cached: undefined } }, 'packed anew');
  t.match(await look({ in: copy }), { good: true, record: { cached: { commits: 5 } } });
});

t.test('another copy of what was verified, put there since, is read as well', async (t) => {
  const copy = join(directory, 'twice');
  await gitLine(directory, 'clone', '--quiet', '--bare', '--no-hardlinks', client, copy);
  await gitLine(copy, 'repack', '-adq');
  await gitLine(copy, 'update-ref', 'refs/heads/main', second);
  t.match(await look({ in: copy }), { good: true, record: { cached: undefined } });
  const blob = await gitLine(copy, 'rev-parse', `${second}:COORDINATION_STATUS.yaml`);
  const object = { type: 'blob', bytes: Buffer.from(`${await gitLine(copy, 'cat-file', 'blob', blob)}\n`) };
  writeObjects(copy, [[blob, object]]);
  await gitLine(copy, 'update-ref', 'refs/heads/main', third);
  t.match(await look({ in: copy }), { good: true, record: { cached: { commits: 4 } } }, 'the same once more');
  rmSync(join(copy, 'objects', blob.slice(0, 2)), { recursive: true });
  await gitLine(copy, 'update-ref', 'refs/heads/main', second);
  forget();
  t.match(await look({ in: copy }), { good: true, record: { cached: undefined } });
  writeObjects(copy, [[blob, { ...object, bytes: Buffer.from(object.bytes.toString().replace('active', 'Active')) }]]);
  for (const tip of [second, third]) {
    await gitLine(copy, 'update-ref', 'refs/heads/main', tip);
    t.match(await look({ in: copy }), { good: false, gaps: ['damaged'], record: { cached: undefined } }, 'another, in its place');
  }
});

t.test('a cache that was changed, cut off or brought along is none', async (t) => {
  await look();
  const [path = ''] = files();
  const good = readFileSync(path);
  const spoilt = async (bytes: Uint8Array | string, why: string) => {
    writeFileSync(path, bytes);
    t.match(await look(), { good: true, record: { cached: undefined } }, why);
  };
  for (const length of [0, 10, 64, 65, good.length - 30, good.length - 2]) await spoilt(good.subarray(0, length), `cut at ${length}`);
  for (const at of [3, 70, 200, good.length - 20]) {
    const changed = Buffer.from(good);
    changed[at] = (changed[at] ?? 0) ^ 1;
    await spoilt(changed, `byte ${at}`);
  }
  await spoilt(`${'0'.repeat(64)}\n${good.toString().split('\n')[1]}\n`, 'another code');
  writeFileSync(path, good);
  t.match(await look(), { record: { cached: { commits: 5 } } }, 'as it was');

  const secret = join(directory, 'state/vpr/cache.key');
  t.equal(statSync(secret).mode & 0o777, 0o600);
  writeFileSync(secret, Buffer.alloc(32, 7));
  t.match(await look(), { good: true, record: { cached: undefined } }, "another account's key");
});

t.test('a certificate that has ended since ends the cache', async (t) => {
  await look();
  const ends = Math.min(...Object.values(people.people).map(({ certificate }) => certificate.notAfter.getTime()));
  const { userCache } = await import('../../src/verify/cache.js');
  const [path = ''] = files();
  const { key } = JSON.parse(readFileSync(path, 'utf8').split('\n')[1] ?? '');
  t.match(userCache().read(key, new Date(ends - 60_000)), { commits: 5 });
  t.equal(userCache().read(key, new Date(ends + 1000)), undefined);
});

t.test(
  'where nothing can be kept, everything is read',
  { skip: process.getuid?.() === 0 ? 'root may write anywhere' : false },
  async (t) => {
    mkdirSync(folder, { recursive: true });
    chmodSync(folder, 0o500);
    t.match(await look(), { good: true });
    chmodSync(folder, 0o700);
  },
);

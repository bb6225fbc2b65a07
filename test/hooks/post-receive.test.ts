/** The hook that tells the watcher: one file in the spool, written by a process that nobody waits for. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { formatUuidPlain } from '../../src/format/identifiers.js';
import { renderHint } from '../../src/hosts/launcher.js';
import { hostPaths } from '../../src/hosts/paths.js';
import { stateOf, type TestHost } from '../e2e/support.js';
import { people, type Trial, trial } from './trial.js';

const WHOLE = /^[0-9]+-[0-9a-f]{32}-[0-9]+\.json$/;
/** Far longer than it takes, in milliseconds: what is waited for that never comes fails a test, and nothing else. */
const PATIENCE = 30_000;

async function withSpool(test: Test): Promise<Trial & { readonly spool: string }> {
  const made = await trial(test);
  const { spool } = hostPaths(made.host.directory);
  mkdirSync(spool);
  return { ...made, spool };
}

/** The first file that is whole. */
async function arrived(spool: string): Promise<string> {
  for (const until = Date.now() + PATIENCE; Date.now() < until; await sleep(5)) {
    const [name] = readdirSync(spool).filter((found) => WHOLE.test(found));
    if (name !== undefined) return name;
  }
  throw new Error(`nothing came: ${readdirSync(spool)}`);
}

async function isTaken(test: Test, { host, push, made }: Trial, why: string): Promise<void> {
  const { status, stderr } = await push();
  test.equal(status, 0, `${why}: ${stderr}`);
  test.equal(stateOf(host).main, made.updates[0]?.new);
  test.notMatch(stderr, /remote:/, 'the pusher reads nothing of it');
}

/** Runs the installed hook as git would. */
function runHook({ repository }: TestHost, before = '') {
  return spawnSync('sh', ['-c', `${before} exec ./hooks/post-receive`], { cwd: repository, env: { PATH: '/usr/bin:/bin', GIT_DIR: '.' } });
}

t.ok(people, 'people with keys');

t.test('a push leaves one file, with the id of the record and the time, and nothing else', async (t) => {
  const all = await withSpool(t);
  const before = Math.floor(Date.now() / 1000);
  await isTaken(t, all, 'a push');
  const name = await arrived(all.spool);
  const content = JSON.parse(readFileSync(join(all.spool, name), 'utf8'));
  t.strictSame(Object.keys(content), ['record', 'time']);
  t.equal(content.record, formatUuidPlain(all.host.record));
  const time = Date.parse(content.time) / 1000;
  t.ok(time >= before && time <= Date.now() / 1000, content.time);
  t.match(name, `${time}-${content.record}-`);
  t.equal(statSync(join(all.spool, name)).mode & 0o777, 0o640);
  t.same(readdirSync(all.spool), [name], 'one file, and no temporary one');
});

t.test('nobody waits for it: a disk that takes its time keeps no pusher', async (t) => {
  const all = await withSpool(t);
  const slow = join(all.host.directory, 'slow');
  const gate = join(all.host.directory, 'gate');
  mkdirSync(slow);
  writeFileSync(join(slow, 'sync'), `#!/bin/sh\nuntil [ -e '${gate}' ]; do sleep 0.05; done\n`, { mode: 0o755 });
  const path = `${slow}:/usr/bin:/bin`;
  writeFileSync(join(all.host.repository, 'hooks/post-receive'), renderHint({ host: all.host.directory, path }), { mode: 0o755 });
  await isTaken(t, all, 'the push has ended');
  t.notOk(
    readdirSync(all.spool).some((name) => WHOLE.test(name)),
    'before the file is there',
  );
  writeFileSync(gate, '');
  t.match(await arrived(all.spool), WHOLE);
});

t.test('where it cannot write, a push is as good as any', async (t) => {
  const none = await trial(t);
  await isTaken(t, none, 'no spool: nobody watches');
  t.notOk(existsSync(hostPaths(none.host.directory).spool), 'and none is made');

  const file = await trial(t);
  writeFileSync(hostPaths(file.host.directory).spool, '');
  await isTaken(t, file, 'a file in its place');

  const odd = await trial(t);
  symlinkSync('/proc', hostPaths(odd.host.directory).spool);
  await isTaken(t, odd, 'a directory that takes no files');

  const bare = await withSpool(t);
  writeFileSync(join(bare.host.repository, 'hooks/post-receive'), renderHint({ host: bare.host.directory, path: '/nonexistent' }), {
    mode: 0o755,
  });
  await isTaken(t, bare, 'no programs');
  t.same(readdirSync(bare.spool), []);
});

t.test('what it reads and where it writes may be as they like', async (t) => {
  const { host, spool } = await withSpool(t);
  t.equal(runHook(host, 'ulimit -f 0;').status, 0, 'a full disk');
  const record = join(host.repository, 'vpr-record');
  for (const text of ['', '../../../etc/passwd\n', '$(touch x)\n', '"\n', 'ABCDEF\n', '\0\n']) {
    writeFileSync(record, text);
    t.equal(runHook(host).status, 0, JSON.stringify(text));
  }
  rmSync(record);
  t.equal(runHook(host).status, 0, 'no such file');
  await sleep(200);
  t.same(
    readdirSync(spool).filter((name) => !name.startsWith('.')),
    [],
  );
});

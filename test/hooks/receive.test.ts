/** The pre-receive hook itself: what it leaves of a good push, and what happens when it breaks. */
import { spawn } from 'node:child_process';
import { appendFileSync, chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { takeTurn } from '../../src/hooks/receive-turn.js';
import { registrationsOf } from '../../src/hosts/participants.js';
import { hostPaths } from '../../src/hosts/paths.js';
import { git, gitEnvironment, gitLine, journalOf, stateOf } from '../e2e/support.js';
import { hook, people, refused, trial } from './trial.js';

t.test('a good push, and what the host remembers of it', async (t) => {
  const { host, made, push } = await trial(t);
  const { status, stderr } = await push();
  t.equal(status, 0, stderr);
  t.notMatch(stderr, /remote:/, 'nothing to say');
  const [update] = made.updates;
  t.equal(stateOf(host).main, update?.new);
  const [line = '', ...others] = journalOf(host.directory, host.record);
  t.same(others, []);
  const entry = JSON.parse(line) as Record<string, unknown>;
  t.match(entry, {
    kind: 'coordination',
    record: host.record,
    old: update?.old,
    new: update?.new,
    format: 1,
    digests: { rules: /^[0-9a-f]{64}$/, policy: /^[0-9a-f]{64}$/, trust: /^[0-9a-f]{64}$/ },
    verdict: 'accepted',
    commits: 1,
    signers: [people.people.jane.certificate.fingerprint],
  });
  t.ok(Math.abs(Date.now() - Date.parse(String(entry['time']))) < 60_000);
  t.notMatch(line, /Smith|Seen/, 'nobody and nothing of the record by name');
  t.same([...(registrationsOf(host.directory, people.people.jane.id) ?? [])], ['GMC 1234567']);
  const compiled = readdirSync(hostPaths(host.directory).hooks).filter((name) => name.startsWith('compiled-'));
  t.equal(compiled.length, 1, 'the next push finds compiled code');
  t.equal((await push()).status, 0, 'up to date');
  t.equal(journalOf(host.directory, host.record).length, 1);
});

t.test('the program is missing, broken, or its compiled code is', async (t) => {
  const pushed = await trial(t);
  const { hooks } = hostPaths(pushed.host.directory);
  const program = join(hooks, 'pre-receive.cjs');
  const good = readFileSync(program);
  const before = stateOf(pushed.host);
  const start = join(hooks, 'start.cjs');
  for (const spoil of [
    () => rmSync(program),
    () => writeFileSync(program, good.subarray(0, 1000)),
    () => writeFileSync(program, 'throw new Error()'),
    () => writeFileSync(program, ''),
    () => writeFileSync(program, 'process.exit(0)'),
    () => writeFileSync(start, ''),
    () => rmSync(start),
  ]) {
    spoil();
    t.equal((await pushed.push()).status, 1);
    t.strictSame(stateOf(pushed.host), before);
  }
});

t.test('compiled code that is damaged is not used', async (t) => {
  const pushed = await trial(t);
  const { hooks } = hostPaths(pushed.host.directory);
  const [update] = pushed.made.updates;
  const line = `${update?.old} ${update?.new} refs/heads/main\n`;
  t.equal((await pushed.push()).status, 0);
  const compiled = readdirSync(hooks).find((name) => name.startsWith('compiled-')) ?? '';
  const good = readFileSync(join(hooks, compiled));
  for (const spoiled of [
    good.subarray(0, good.length / 2),
    Buffer.alloc(0),
    Buffer.concat([good.subarray(0, -1), Buffer.of(good.at(-1) === 0 ? 1 : 0)]),
  ]) {
    writeFileSync(join(hooks, compiled), spoiled);
    await gitLine(pushed.host.repository, 'update-ref', 'refs/heads/main', update?.old ?? '');
    rmSync(join(pushed.host.repository, `vpr-turn-${update?.old}`), { force: true });
    const { status, stderr } = hook(pushed.host, line);
    t.equal(status, 0, stderr);
    t.equal(readFileSync(join(hooks, compiled)).equals(spoiled), false, 'and is replaced');
  }
});

t.test('a check that takes too long', async (t) => {
  const pushed = await trial(t);
  appendFileSync(hostPaths(pushed.host.directory).policy, 'limits: { seconds: 1 }\n');
  const bin = join(pushed.host.directory, 'bin');
  mkdirSync(bin);
  writeFileSync(join(bin, 'git'), '#!/bin/sh\nexec sleep 30\n', { mode: 0o755 });
  // With so many packs git is asked for everything that isn't loose.
  for (let pack = 0; pack <= 100; pack += 1) writeFileSync(join(pushed.host.repository, `objects/pack/pack-${pack}.idx`), '');
  const launcher = join(pushed.host.repository, 'hooks/pre-receive');
  writeFileSync(launcher, readFileSync(launcher, 'utf8').replace(/^path=.*/m, `path='${bin}:/usr/bin:/bin'`));
  await refused(t, pushed, /receive\/timeout\): checking took longer than 1 seconds?/);
});

t.test('a turn that was left behind is waited for as long as ever, when the clock is set back meanwhile', async (t) => {
  const pushed = await trial(t);
  const [update] = pushed.made.updates;
  if (update === undefined) throw new Error('nothing to push');
  writeFileSync(join(pushed.host.repository, `vpr-turn-${update.old}`), 'f'.repeat(40));
  const clock = Date.now;
  t.teardown(() => {
    Date.now = clock;
  });
  setTimeout(() => {
    Date.now = () => clock() - 3_600_000;
  }, 100);
  const began = performance.now();
  t.equal(await Promise.race([takeTurn(pushed.host.repository, update), sleep(20_000, 'it waits for an hour')]), undefined);
  t.ok(performance.now() - began > 4000, 'and no shorter');
});

t.test('a hook that is killed accepts nothing, and the next push works', async (t) => {
  const pushed = await trial(t);
  const { host } = pushed;
  const before = stateOf(host);
  const launcher = join(host.repository, 'hooks/pre-receive');
  const good = readFileSync(launcher, 'utf8');
  const mark = join(host.directory, 'started');
  writeFileSync(
    launcher,
    good.replace('\n', () => `\necho $$ > ${mark}\n`),
  );
  await gitLine(pushed.client, 'update-ref', 'refs/heads/main', pushed.made.updates[0]?.new ?? '');
  const killed = new Promise<number | null>((resolve) => {
    const child = spawn('git', ['push', 'origin', 'main'], { cwd: pushed.client, env: gitEnvironment(), stdio: 'ignore' });
    child.on('close', resolve);
  });
  const pid = await appears(mark, Date.now() + 5000);
  t.ok(pid, 'the hook was running');
  if (pid !== undefined) process.kill(Number(pid), 'SIGKILL');
  t.not(await killed, 0);
  t.equal(stateOf(host).main, before.main);
  writeFileSync(launcher, good);
  t.equal((await pushed.push()).status, 0);
  t.equal((await git(host.repository, 'fsck', '--strict')).status, 0);
});

t.test('a hook without its run bit is passed over by git: the doctor must see it', async (t) => {
  const pushed = await trial(t);
  chmodSync(join(pushed.host.repository, 'hooks/pre-receive'), 0o644);
  t.equal((await pushed.push()).status, 0);
  t.same(journalOf(pushed.host.directory, pushed.host.record), []);
});

t.test('what an account or a pusher configures changes nothing', async (t) => {
  const pushed = await trial(t);
  const spoiled = {
    ...pushed,
    push: () => git(pushed.client, '-c', 'push.default=matching', 'push', 'origin', `+${pushed.made.updates[0]?.new}:refs/heads/other`),
  };
  const before = stateOf(pushed.host);
  const { status, stderr } = await spoiled.push();
  t.equal(status, 1);
  t.match(stderr, /ref\/only-main/);
  t.strictSame(stateOf(pushed.host), before);
});

async function appears(path: string, until: number): Promise<string | undefined> {
  while (Date.now() < until) {
    if (existsSync(path) && readFileSync(path, 'utf8').endsWith('\n')) return readFileSync(path, 'utf8').trim();
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  return undefined;
}

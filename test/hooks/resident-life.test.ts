/** The resident validator begins, ends and breaks: a push costs time then, and nothing else. */
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { installProgram, launcherPath } from '../../src/hosts/install.js';
import { readLauncher } from '../../src/hosts/launcher.js';
import { hostPaths } from '../../src/hosts/paths.js';
import { git, journalOf, stateOf } from '../e2e/support.js';
import { killPushes } from '../e2e/support-kill.js';
import { seeded } from '../support/random.js';
import { isThere, onlyResident, placeOf, residentTrial, socketOf, until, withoutPerl } from './resident-support.js';

t.setTimeout(600_000);

t.test('kill -9 at moments of chance', async (t) => {
  const random = seeded(20_260_112);
  const { host, tips, push, residents, alone } = await residentTrial(t, { count: 20 });
  for (const [index, tip] of tips.slice(1).entries()) {
    const pushed = push(tip);
    await sleep(random.int(200));
    for (const pid of residents()) process.kill(pid, 'SIGKILL');
    const { status, stderr } = await pushed;
    t.equal(status, 0, stderr);
    t.equal(stateOf(host).main, tip, `push ${index}`);
  }
  t.comment(`${alone() - 1} of ${tips.length - 1} were judged by their own process`);
  const entries = journalOf(host.directory, host.record).map((line) => JSON.parse(line).new);
  t.same([...new Set(entries)], tips, 'each is in the journal');
  t.equal((await git(host.repository, 'fsck', '--full', '--strict')).status, 0);
});

t.test('kill -9 of the hooks that ask it', async (t) => {
  const { host, client, tips, residents } = await residentTrial(t, { count: 13, perl: false });
  const { pushes, killed, surprises } = await killPushes(host, client, tips.slice(1), seeded(20_260_113));
  t.comment(`${pushes} pushes, ${killed} of them killed`);
  t.ok(killed >= 3);
  t.strictSame(surprises, []);
  t.equal(stateOf(host).main, tips.at(-1));
  t.equal((await git(host.repository, 'fsck', '--full', '--strict')).status, 0);
  t.equal(residents().length, 1);
});

t.test('killed while it judges', async (t) => {
  const trial = await residentTrial(t);
  const { host, tips, push, alone } = trial;
  const pid = onlyResident(trial);
  const former = socketOf(host);
  process.kill(pid, 'SIGSTOP'); // so that the push is there, and nothing of it is judged
  const pushed = push(tips[1] ?? '');
  await sleep(500);
  process.kill(pid, 'SIGKILL');
  const { status, stderr } = await pushed;
  t.equal(status, 0, stderr);
  t.equal(alone(), 2);
  t.ok(await until(() => socketOf(host) !== former), 'the next one is there');
  t.equal((await push(tips[2] ?? '')).status, 0);
  t.equal(alone(), 2);
});

t.test('one that hangs is not waited for, and does nothing when it wakes up', async (t) => {
  const trial = await residentTrial(t);
  const { host, tips, bad, push, residents, alone } = trial;
  const pid = onlyResident(trial);
  process.kill(pid, 'SIGSTOP');
  const began = Date.now();
  const { status, stderr } = await push(tips[1] ?? '');
  const took = Date.now() - began;
  t.equal(status, 0, stderr);
  t.ok(took > 2000, `it had a little time: ${took} ms`);
  t.equal(alone(), 2);
  t.ok(await until(() => residents().length === 2), 'another takes its place');
  t.equal((await push(bad)).status, 1);
  process.kill(pid, 'SIGCONT');
  t.ok(await until(() => !isThere(pid)), 'it sees that it is not needed');
  t.same(
    journalOf(host.directory, host.record).map((line) => JSON.parse(line).new),
    tips.slice(0, 2),
    'and has not written down what it missed',
  );
  t.equal(stateOf(host).main, tips[1]);
});

t.test('a check that takes too long', async (t) => {
  const trial = await residentTrial(t, { policy: 'limits: { seconds: 1 }\n' });
  const { host, tips, push, alone } = trial;
  const pid = onlyResident(trial);
  // Another push has the turn, again and again.
  const turn = join(host.repository, `vpr-turn-${tips[0]}`);
  const keep = setInterval(() => writeFileSync(turn, String(Math.random())), 20);
  const { status, stderr } = await push(tips[1] ?? '');
  clearInterval(keep);
  t.equal(status, 1);
  t.match(stderr, /refused: the host could not check this push \(receive\/timeout\): checking took longer than 1 seconds/);
  t.equal(alone(), 1, 'the resident validator said so');
  t.ok(await until(() => !isThere(pid)), 'and ended, since that check would go on');
  rmSync(turn, { force: true });
  t.equal((await push(tips[1] ?? '')).status, 0);
});

t.test('it ends when the program is renewed, and never judges for the new one', async (t) => {
  const trial = await residentTrial(t);
  const { host, tips, push, residents } = trial;
  const pid = onlyResident(trial);
  const former = placeOf(host);
  installProgram(host.directory);
  t.equal((await push(tips[1] ?? '')).status, 0);
  t.ok(await until(() => !isThere(pid)));
  t.ok(await until(() => placeOf(host) !== undefined && placeOf(host) !== former));
  t.equal((await push(tips[2] ?? '')).status, 0);
  t.ok(await until(() => residents().length === 1));
});

t.test('it ends with its socket, with its host, and when nothing comes', async (t) => {
  const { host, tips, push, residents } = await residentTrial(t);
  rmSync(placeOf(host) ?? '');
  t.ok(await until(() => residents().length === 0), 'its socket is gone');
  t.equal((await push(tips[1] ?? '')).status, 0);
  t.ok(await until(() => residents().length === 1));
  renameSync(host.directory, `${host.directory}.away`); // at once: files may come while others are removed
  t.ok(await until(() => residents().length === 0), 'its host is gone');

  const other = await residentTrial(t);
  rmSync(placeOf(other.host) ?? '');
  await until(() => other.residents().length === 0);
  const quick = join(other.host.directory, 'quick.cjs');
  writeFileSync(quick, 'const now = performance.now.bind(performance); performance.now = () => now() * 100;');
  const start = join(hostPaths(other.host.directory).hooks, 'start.cjs');
  const began = Date.now();
  const ended = new Promise<number | null>((resolve) => {
    spawn(process.execPath, ['--require', quick, start, other.host.directory, 'resident'], { stdio: 'ignore' }).once('exit', resolve);
  });
  t.equal(await ended, 0, 'five of its minutes');
  t.ok(Date.now() - began > 2500, 'are over');
  t.equal(placeOf(other.host), undefined, 'and leaves nothing behind');
});

t.test('of two that start one is found, and the other ends', async (t) => {
  const { host, tips, push, residents, alone } = await residentTrial(t);
  rmSync(placeOf(host) ?? '');
  await until(() => residents().length === 0);
  const start = join(hostPaths(host.directory).hooks, 'start.cjs');
  const PATH = readLauncher(readFileSync(launcherPath(host.directory), 'utf8'))?.path ?? ''; // with another one it would decline
  const started = [1, 2, 3].map(() => spawn(process.execPath, [start, host.directory, 'resident'], { stdio: 'ignore', env: { PATH } }));
  for (const child of started) child.unref();
  t.ok(await until(() => started.filter(({ exitCode }) => exitCode !== null).length === 2));
  await sleep(1500);
  t.equal(residents().length, 1);
  t.equal((await push(tips[1] ?? '')).status, 0);
  t.equal(alone(), 1);
});

t.test('a Perl that has gone to pieces', async (t) => {
  const { host, tips, bad, push, alone } = await residentTrial(t);
  const broken = join(host.directory, 'perl');
  writeFileSync(broken, '#!/nowhere/at/all\n', { mode: 0o755 });
  withoutPerl(host, broken);
  const { status, stderr } = await push(tips[1] ?? '');
  t.equal(status, 0, stderr);
  t.equal(alone(), 1, 'Node asks the resident validator instead');
  t.equal((await push(bad)).status, 1);
});

t.test('where there can be none, nothing is different', async (t) => {
  const { host, tips, push, residents, alone } = await residentTrial(t);
  const { run, policy } = hostPaths(host.directory);
  rmSync(run, { recursive: true });
  t.ok(await until(() => residents().length === 0));
  t.equal((await push(tips[1] ?? '')).status, 0);
  mkdirSync(run, { mode: 0o700 });
  const off = readFileSync(policy, 'utf8').replace(/^resident_minutes: .*$/m, 'resident_minutes: 0');
  writeFileSync(policy, off);
  t.equal((await push(tips[2] ?? '')).status, 0);
  t.equal(alone(), 3);
  await sleep(500);
  t.same(residents(), [], 'the policy wants none');
});

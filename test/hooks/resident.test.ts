/** Pushes that a resident validator judges: as they are judged without one. */
import { spawn } from 'node:child_process';
import { copyFileSync, cpSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import t from 'tap';
import { hostPaths } from '../../src/hosts/paths.js';
import { gitLine, journalOf, setRef, stateOf } from '../e2e/support.js';
import { makePeople } from '../support/people.js';
import { isThere, onlyResident, placeOf, residentTrial, until } from './resident-support.js';
import { hook } from './trial.js';

const ZERO = '0'.repeat(40);

t.test('accepted and refused, in the same words as without', async (t) => {
  const { host, tips, bad, push, alone } = await residentTrial(t);
  for (const tip of tips.slice(1)) {
    const { status, stderr } = await push(tip);
    t.equal(status, 0, stderr);
    t.notMatch(stderr, /remote:/);
    t.equal(stateOf(host).main, tip);
  }
  const entries = journalOf(host.directory, host.record).map((line) => JSON.parse(line));
  t.same(
    entries.map(({ new: id }) => id),
    tips,
    'all of it is in the journal',
  );
  t.equal(new Set(entries.map(({ digests }) => JSON.stringify(digests))).size, 1, 'under the same digests');

  setRef(host.repository, 'refs/heads/main', tips[0] ?? '');
  const before = stateOf(host);
  const refused = await push(bad);
  t.equal(refused.status, 1);
  t.match(refused.stderr, /remote: error thread\/author/);
  t.strictSame(stateOf(host), before, 'nothing moved, nothing is left');
  const faulty = hook(host, 'nonsense\n');
  t.equal(alone(), 1, 'none of this was judged anywhere else');

  writeFileSync(
    join(hostPaths(host.directory).hooks, 'pre-receive.cjs'),
    readFileSync(join(hostPaths(host.directory).hooks, 'pre-receive.cjs')),
  );
  const again = await push(bad);
  t.equal(alone(), 2);
  t.equal(again.stderr, refused.stderr);
  t.equal(hook(host, 'nonsense\n').stderr, faulty.stderr);
});

t.test('what the host says now is what counts', async (t) => {
  const { host, tips, push, alone } = await residentTrial(t);
  const { policy, root } = hostPaths(host.directory);
  const strangers = await makePeople();
  const good = readFileSync(join(root, 'gmc.crt'));
  copyFileSync(join(strangers.directory, 'gmc', 'authority.crt'), join(root, 'gmc.crt'));
  const stranger = await push(tips[1] ?? '');
  t.match(stranger.stderr, /remote: error commit\/signer/, 'a root that is trusted no more');
  writeFileSync(join(root, 'gmc.crt'), good.subarray(0, 100));
  const broken = await push(tips[1] ?? '');
  t.match(broken.stderr, /could not check this push \(trust\/faulty\)/);
  writeFileSync(join(root, 'gmc.crt'), good);
  t.equal((await push(tips[1] ?? '')).status, 0);
  t.equal(alone(), 1, 'the resident validator has read it each time');

  writeFileSync(policy, readFileSync(policy, 'utf8').replace(/^ {2}- file: gmc\.crt\n.*\n/m, ''));
  const unnamed = await push(tips[2] ?? '');
  t.match(unnamed.stderr, /remote: error commit\/signer/, 'a policy that names it no more');
  writeFileSync(policy, `${readFileSync(policy, 'utf8')}surprise: 1\n`);
  t.match((await push(tips[2] ?? '')).stderr, /policy\/faulty/);
});

t.test('two at once', async (t) => {
  const { host, tips, push, alone } = await residentTrial(t);
  const pushes = await Promise.all([push(tips[1] ?? ''), push(tips[2] ?? ''), push(tips[3] ?? '')]);
  const won = pushes.flatMap(({ status }, index) => (status === 0 ? [tips[index + 1]] : []));
  t.equal(won.at(-1) !== undefined && won.includes(stateOf(host).main), true, 'main is what one of them pushed');
  for (const { status, stderr } of pushes)
    if (status !== 0) t.match(stderr, /git pull|stale info|failed to update|cannot lock ref|fetch first/);
  t.comment(`${alone() - 1} of them judged alone`);
  t.equal((await push(tips[4] ?? '')).status, 0);
});

t.test('busy with another, or asked by somebody who is slow or odd', async (t) => {
  const { host, tips, push, alone, residents } = await residentTrial(t);
  const place = placeOf(host) ?? '';
  const silent = connect(place);
  await new Promise((resolve) => silent.once('connect', resolve));
  t.equal((await push(tips[1] ?? '')).status, 0);
  t.equal(alone(), 2, 'who is not served at once judges alone');
  t.equal(await lastWords(silent), 'declined\n', 'who says nothing is not waited for');
  for (const words of [
    '\n',
    'x\n',
    '- - - - - - - - - -\n',
    'x x x x x x x x x x\n',
    'x0 x x x x x x x x x\n',
    `${'x'.repeat(9_000_000)}\n`,
  ]) {
    const socket = connect(place);
    socket.on('error', () => {});
    socket.write(words);
    t.match(await lastWords(socket), /^(?:declined\n)?$/);
  }
  t.equal((await push(tips[2] ?? '')).status, 0);
  t.equal(alone(), 2, 'and it is still there');
  t.equal(residents().length, 1);
});

t.test('only for repositories of its host', async (t) => {
  const { host, tips, alone } = await residentTrial(t);
  const copy = join(host.directory, 'copy.git');
  cpSync(host.repository, copy, { recursive: true });
  const { status, stderr } = hook({ ...host, repository: copy }, `${ZERO} ${tips[0]} refs/heads/main\n`);
  t.equal(status, 1);
  t.match(stderr, /record\/registered/);
  t.equal(alone(), 2);
});

t.test('it keeps nothing open, and nothing waits for it', async (t) => {
  const trial = await residentTrial(t);
  const { host, tips, push, residents } = trial;
  for (const tip of tips.slice(1)) await push(tip);
  const pid = onlyResident(trial);
  t.ok(isThere(pid));
  const files = process.platform === 'linux' ? readdirSync(`/proc/${pid}/fd`).map((fd) => linkOf(`/proc/${pid}/fd/${fd}`)) : [];
  t.same(
    files.filter((path) => path.startsWith(host.directory)),
    [],
  );
  if (process.platform === 'linux') t.equal(linkOf(`/proc/${pid}/cwd`), '/');

  process.kill(pid, 'SIGKILL');
  setRef(host.repository, 'refs/heads/main', tips[0] ?? '');
  await gitLine(host.repository, 'cat-file', '-e', tips[1] ?? '');
  const starter = spawn(join(host.repository, 'hooks/pre-receive'), {
    cwd: host.repository,
    env: { PATH: '/usr/bin:/bin', GIT_DIR: '.' },
    stdio: ['pipe', 'pipe', 'pipe', 'pipe', 'pipe'],
  });
  const closed = new Promise<number | null>((resolve) => starter.once('close', resolve)); // when nobody has any of its pipes open
  starter.stdin?.end(`${tips[0]} ${tips[1]} refs/heads/main\n`);
  t.equal(await closed, 0);
  t.ok(await until(() => residents().length === 1), 'another one is there');
});

function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}

function lastWords(socket: ReturnType<typeof connect>): Promise<string> {
  return new Promise((resolve) => {
    let said = '';
    socket.setEncoding('utf8').on('data', (text) => {
      said += text;
    });
    socket.once('close', () => resolve(said));
  });
}

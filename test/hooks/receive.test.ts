/** The pre-receive hook where pushes, hosts or their surroundings are not as they should be. */
import { spawn, spawnSync } from 'node:child_process';
import { appendFileSync, chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, realpathSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { hostPaths, shardedPath } from '../../src/hosts/paths.js';
import { registrationsOf } from '../../src/hosts/participants.js';
import { git, gitEnvironment, gitLine, journalOf, type Ran, stateOf, type TestHost } from '../e2e/support.js';
import { pushFrom, writeClient, writeHost } from '../e2e/support-scenario.js';
import { temporaryDirectory } from '../git/plumbing.js';
import { makePeople } from '../support/people.js';
import { type MadePush, scenario } from '../support/scenario.js';

const people = await makePeople();
const ZERO = '0'.repeat(40);
const A = 'a'.repeat(40);

interface Trial {
  readonly host: TestHost;
  readonly client: string;
  readonly made: MadePush;
  push(): Promise<Ran>;
}

/** A host with a record, and a client with one good commit more. */
async function trial(test: Test): Promise<Trial> {
  const made = scenario(people).append().made();
  const directory = realpathSync(temporaryDirectory(test));
  const host = writeHost(directory, people, made);
  const client = await writeClient(directory, host, made);
  return { host, client, made, push: () => pushFrom(client, made.updates) };
}

/** Runs the installed hook as git would, but on any input and environment. */
function hook({ repository }: TestHost, input: string | Uint8Array, env: Record<string, string> = {}) {
  return spawnSync(join(repository, 'hooks/pre-receive'), { cwd: repository, env: { PATH: '/usr/bin:/bin', GIT_DIR: '.', ...env }, input, encoding: 'utf8' });
}

/** Pushes, and expects a refusal of the host itself, which leaves nothing behind. */
async function refused(test: Test, { host, push }: Trial, says: RegExp): Promise<void> {
  const before = stateOf(host);
  const { status, stderr } = await push();
  test.equal(status, 1, stderr);
  test.match(stderr, says);
  test.match(stderr, /remote: {3}help: nothing was changed; if pushing again does not help, tell your administrator/);
  test.strictSame(stateOf(host), before, 'nothing moved, nothing is left');
}

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

t.test('input that git would not hand over', async (t) => {
  const { host } = await trial(t);
  const main = `${ZERO} ${A} refs/heads/main\n`;
  for (const [input, says] of [
    ['', /receive\/input.*no ref update was handed to the hook\n {2}help: something between git and the hook took its standard input/],
    ['nonsense\n', /receive\/input/],
    [main.trimEnd(), /in the middle of a line/],
    [main + main, /updated twice/],
    [`${ZERO} ${A} refs/heads/\u001b[2Jmain\u202e\n`, /refs\/heads\/\\u001b\[2Jmain\\u202e is not taken/],
    [Array.from({ length: 10_000 }, (_, index) => `${ZERO} ${A} refs/heads/${index}\n`).join(''), /updates 10000 refs, more than 1000/],
    ['x'.repeat(3_000_000), /more than \d+ bytes/],
  ] as const) {
    const { status, stderr } = hook(host, input);
    t.equal(status, 1);
    t.match(stderr, says);
    t.notMatch(stderr, /[\u001b\u202e]/);
  }
  const { status, stderr } = hook(host, main);
  t.equal(status, 1);
  t.match(stderr, /history\/linear/, 'a commit that is not there');
  t.same(journalOf(host.directory, host.record), []);
});

t.test('objects from anywhere else than the push and its repository', async (t) => {
  const { host, made } = await trial(t);
  const [update] = made.updates;
  const line = `${update?.old} ${update?.new} refs/heads/main\n`;
  const other = join(host.directory, 'elsewhere');
  mkdirSync(join(host.repository, 'objects/incoming'));
  mkdirSync(other);
  const objects = join(host.repository, 'objects');
  for (const [env, code] of [
    [{ GIT_ALTERNATE_OBJECT_DIRECTORIES: other }, 'alternates'],
    [{ GIT_ALTERNATE_OBJECT_DIRECTORIES: `${objects}:${other}` }, 'alternates'],
    [{ GIT_ALTERNATE_OBJECT_DIRECTORIES: '"open' }, 'alternates'],
    [{ GIT_OBJECT_DIRECTORY: other }, 'quarantine'],
    [{ GIT_QUARANTINE_PATH: other, GIT_OBJECT_DIRECTORY: other }, 'quarantine'],
    [{ GIT_QUARANTINE_PATH: join(objects, 'incoming') }, 'quarantine'],
    [{ GIT_QUARANTINE_PATH: join(objects, 'nowhere'), GIT_OBJECT_DIRECTORY: join(objects, 'nowhere') }, 'quarantine'],
    [{ GIT_DIR: '/' }, 'no-repository'],
    [{ GIT_DIR: '/nonexistent' }, 'no-repository'],
  ] as [Record<string, string>, string][]) {
    const { status, stderr } = hook(host, line, env);
    t.equal(status, 1);
    t.match(stderr, new RegExp(`^refused: the host could not check this push \\(receive/${code}\\)`), JSON.stringify(env));
  }
  mkdirSync(join(objects, 'incoming/info'));
  writeFileSync(join(objects, 'incoming/info/alternates'), `${other}\n`);
  t.match(hook(host, line, { GIT_QUARANTINE_PATH: join(objects, 'incoming'), GIT_OBJECT_DIRECTORY: join(objects, 'incoming') }).stderr, /receive\/alternates/);
});

t.test('a repository that is not whole by itself', async (t) => {
  const surroundings = await trial(t);
  for (const path of ['shallow', 'info/grafts', 'objects/info/alternates']) {
    const file = join(surroundings.host.repository, path);
    writeFileSync(file, path === 'objects/info/alternates' ? `${join(surroundings.client, 'objects')}\n` : '');
    const { status, stderr } = hook(surroundings.host, `${ZERO} ${A} refs/heads/main\n`);
    t.equal(status, 1);
    t.match(stderr, new RegExp(`receive/borrowed.*${path}`));
    rmSync(file);
  }
  t.equal((await surroundings.push()).status, 0);
});

t.test('a policy or a trust store with mistakes stops pushes', async (t) => {
  const pushed = await trial(t);
  const { policy, root } = hostPaths(pushed.host.directory);
  const good = readFileSync(policy, 'utf8');
  for (const [text, says] of [
    [`${good}rules: { thread/append-olny: off }\n`, /policy\/faulty\): vpr\.yaml: line \d+: .*there is no rule "thread\/append-olny"/],
    [`${good}skew: forever\n`, /policy\/faulty.*skew/],
    [`${good}surprise: 1\n`, /policy\/faulty.*surprise/],
    ['', /policy\/faulty/],
    [good.replace('gmc.crt', 'missing.crt'), /trust\/faulty\): the trust store: roots\[0\]\.file missing\.crt: no such file/],
    [good.replace('gmc.crt', 'vpr.yaml'), /trust\/faulty/],
  ] as const) {
    writeFileSync(policy, text);
    await refused(t, pushed, says);
  }
  rmSync(policy);
  await refused(t, pushed, /policy\/missing\): vpr\.yaml is missing or cannot be read/);
  mkdirSync(policy);
  await refused(t, pushed, /policy\/missing/);
  rmSync(policy, { recursive: true });
  writeFileSync(policy, good);
  truncateSync(join(root, 'gmc.crt'), 100);
  await refused(t, pushed, /trust\/faulty/);
});

t.test('what the host keeps is damaged, or cannot be kept', async (t) => {
  const pushed = await trial(t);
  const { host } = pushed;
  const { journal, registry, participants } = hostPaths(host.directory);
  rmSync(journal, { recursive: true });
  writeFileSync(journal, 'in the way');
  await refused(t, pushed, /could not check this push \((?:EEXIST|ENOTDIR)\): an unexpected failure/);
  rmSync(journal);

  rmSync(participants, { recursive: true });
  writeFileSync(participants, 'in the way');
  await refused(t, pushed, /could not check this push/);
  rmSync(participants);

  const entry = shardedPath(registry, host.record);
  const good = readFileSync(entry);
  writeFileSync(entry, '{');
  await refused(t, pushed, /registry\/unreadable/);
  writeFileSync(entry, good);

  t.equal((await pushed.push()).status, 0, 'all is mended');
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
  for (const spoiled of [good.subarray(0, good.length / 2), Buffer.alloc(0), Buffer.concat([good.subarray(0, -1), Buffer.of(good.at(-1) === 0 ? 1 : 0)])]) {
    writeFileSync(join(hooks, compiled), spoiled);
    const { status, stderr } = hook(pushed.host, line);
    t.equal(status, 0, stderr);
    t.equal(readFileSync(join(hooks, compiled)).equals(spoiled), false, 'and is replaced');
  }
});

t.test('SHA-256', async (t) => {
  const { host } = await trial(t);
  const { status, stderr } = hook(host, `${'0'.repeat(64)} ${'a'.repeat(64)} refs/heads/main\n`);
  t.equal(status, 1);
  t.match(stderr, /SHA-256 object format, which comes in a later version/);
});

t.test('an object of the repository that was tampered with', async (t) => {
  const pushed = await trial(t);
  const { host, made } = pushed;
  const old = made.updates[0]?.old ?? '';
  const path = join(host.repository, 'objects', old.slice(0, 2), old.slice(2));
  writeFileSync(path, readFileSync(path).subarray(0, 40));
  const { status, stderr } = hook(host, `${ZERO} ${old} refs/heads/main\n`);
  t.equal(status, 1);
  t.match(stderr, /refused/);
});

t.test('a check that takes too long', async (t) => {
  const pushed = await trial(t);
  appendFileSync(hostPaths(pushed.host.directory).policy, 'limits: { seconds: 1 }\n');
  const bin = join(pushed.host.directory, 'bin');
  mkdirSync(bin);
  writeFileSync(join(bin, 'git'), '#!/bin/sh\nexec sleep 30\n', { mode: 0o755 });
  const launcher = join(pushed.host.repository, 'hooks/pre-receive');
  writeFileSync(launcher, readFileSync(launcher, 'utf8').replace(/^path=.*/m, `path='${bin}:/usr/bin:/bin'`));
  await refused(t, pushed, /receive\/timeout\): checking took longer than 1 seconds?/);
});

t.test('a hook that is killed accepts nothing, and the next push works', async (t) => {
  const pushed = await trial(t);
  const { host } = pushed;
  const before = stateOf(host);
  const launcher = join(host.repository, 'hooks/pre-receive');
  const good = readFileSync(launcher, 'utf8');
  const mark = join(host.directory, 'started');
  writeFileSync(launcher, good.replace('\n', `\necho $$ > ${mark}\n`));
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

async function appears(path: string, until: number): Promise<string | undefined> {
  while (Date.now() < until) {
    if (existsSync(path) && readFileSync(path, 'utf8').endsWith('\n')) return readFileSync(path, 'utf8').trim();
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  return undefined;
}

t.test('a hook without its run bit is passed over by git: the doctor must see it', async (t) => {
  const pushed = await trial(t);
  chmodSync(join(pushed.host.repository, 'hooks/pre-receive'), 0o644);
  t.equal((await pushed.push()).status, 0);
  t.same(journalOf(pushed.host.directory, pushed.host.record), []);
});

t.test('what an account or a pusher configures changes nothing', async (t) => {
  const pushed = await trial(t);
  const spoiled = { ...pushed, push: () => git(pushed.client, '-c', 'push.default=matching', 'push', 'origin', `+${pushed.made.updates[0]?.new}:refs/heads/other`) };
  const before = stateOf(pushed.host);
  const { status, stderr } = await spoiled.push();
  t.equal(status, 1);
  t.match(stderr, /ref\/only-main/);
  t.strictSame(stateOf(pushed.host), before);
});

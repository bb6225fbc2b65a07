/** The pre-receive hook where its input, its repository or what its host keeps are not as they should be. */
import { mkdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { hostPaths, shardedPath } from '../../src/hosts/paths.js';
import { journalOf } from '../e2e/support.js';
import { hook, refused, trial } from './trial.js';

const ZERO = '0'.repeat(40);
const A = 'a'.repeat(40);

t.test('input that git would not hand over', async (t) => {
  const { host } = await trial(t);
  const main = `${ZERO} ${A} refs/heads/main\n`;
  for (const [input, says] of [
    ['', /receive\/input.*no ref update was handed to the hook\n {2}help: something between git and the hook took its standard input/],
    ['nonsense\n', /receive\/input/],
    [main.trimEnd(), /in the middle of a line/],
    [main + main, /updated twice/],
    [`${ZERO} ${A} refs/heads/x\u001b[1m\u202e\n`, /refs\/heads\/x\\u001b\[1m\\u202e is not taken/],
    [Array.from({ length: 10_000 }, (_, index) => `${ZERO} ${A} refs/heads/${index}\n`).join(''), /updates 10000 refs, more than 1000/],
    ['x'.repeat(3_000_000), /more than \d+ bytes/],
  ] as const) {
    const { status, stderr } = hook(host, input);
    t.equal(status, 1);
    t.match(stderr, says);
    t.notMatch(stderr, '\u001b');
    t.notMatch(stderr, '\u202e');
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
  t.match(
    hook(host, line, { GIT_QUARANTINE_PATH: join(objects, 'incoming'), GIT_OBJECT_DIRECTORY: join(objects, 'incoming') }).stderr,
    /receive\/alternates/,
  );
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
    [`${good}rules: { thread/appended-only: off }\n`, /policy\/faulty\): vpr\.yaml: line \d+: .*there is no rule "thread\/appended-only"/],
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

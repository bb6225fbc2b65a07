import { randomBytes } from 'node:crypto';
import { mkdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { gitEnvironment, openObjects } from '../../src/git/index.js';
import { replyReader } from '../../src/git/replies.js';
import { handMade, storeAs, temporaryDirectory } from './plumbing.js';

const NOWHERE = '0123456789012345678901234567890123456789';

t.test('objects are read as they are stored', async (t) => {
  const repository = handMade(t);
  const blob = repository.blob('héllo\n');
  const tree = repository.tree(['100644', 'a', blob]);
  const commit = repository.commit(tree);
  const objects = openObjects(repository.path);
  t.same(await objects.stat(blob), { type: 'blob', size: 7 });
  t.equal(Buffer.from((await objects.read(blob))?.bytes ?? []).toString(), 'héllo\n');
  t.equal((await objects.read(commit))?.type, 'commit');
  t.equal(await objects.stat(NOWHERE), undefined);
  t.equal(await objects.read(NOWHERE), undefined);
  await objects.close();
  await t.rejects(objects.read(blob), { code: 'git/closed' });
});

t.test('ten thousand requests at once are answered, each with its own object', async (t) => {
  const repository = handMade(t);
  const ids = Array.from({ length: 200 }, (_, index) => repository.blob(`${index}\n`.repeat(index)));
  const objects = openObjects(repository.path);
  const asked = Array.from({ length: 10_000 }, (_, index) => index % 200);
  const answers = await Promise.all(asked.map((index) => objects.read(ids[index] ?? '')));
  t.ok(answers.every((answer, at) => Buffer.from(answer?.bytes ?? []).equals(Buffer.from(`${asked[at]}\n`.repeat(asked[at] ?? 0)))));
  await objects.close();
});

t.test('an object whose content is not that of its id is noticed', async (t) => {
  const repository = handMade(t);
  const blob = repository.blob('as it was\n');
  storeAs(repository.path, blob, Buffer.from('blob 10\0as it was!'));
  const objects = openObjects(repository.path);
  await t.rejects(objects.read(blob), { code: 'git/tampered' });
  await objects.close();
});

t.test('a store that is broken fails everything, and the closing', async (t) => {
  const repository = handMade(t);
  const blob = repository.blob(randomBytes(20_000).toString('hex'));
  truncateSync(join(repository.path, 'objects', blob.slice(0, 2), blob.slice(2)), 5000);
  const objects = openObjects(repository.path);
  await t.rejects(objects.read(blob), { code: 'git/failed' });
  await t.rejects(objects.stat(NOWHERE), { code: 'git/failed' });
  await t.rejects(objects.close(), { code: 'git/failed' });
});

t.test('no repository, no git, no id', async (t) => {
  const directory = temporaryDirectory(t);
  const nothing = openObjects(directory);
  await t.rejects(nothing.read(NOWHERE), { code: 'git/failed' });
  await t.rejects(nothing.close(), { code: 'git/failed', message: /not a git repository/ });
  const gitless = openObjects(directory, { PATH: directory });
  await t.rejects(gitless.read(NOWHERE), { code: 'git/failed', message: /could not be started/ });
  const repository = handMade(t);
  const objects = openObjects(repository.path);
  await t.rejects(objects.read('HEAD'), { code: 'git/bad-id' });
  await t.rejects(objects.read(`${NOWHERE}\ncontents HEAD`), { code: 'git/bad-id' });
  await objects.close();
});

t.test('silence is a failure', async (t) => {
  const bin = temporaryDirectory(t);
  writeFileSync(join(bin, 'git'), '#!/bin/sh\nexec /bin/sleep 60\n', { mode: 0o755 });
  const objects = openObjects(bin, { PATH: bin }, { silence: 200 });
  await t.rejects(objects.read(NOWHERE), { code: 'git/timeout' });
});

t.test('an early end is a failure, however politely git ends', async (t) => {
  const bin = temporaryDirectory(t);
  writeFileSync(join(bin, 'git'), '#!/bin/sh\nread -r line\nexit 0\n', { mode: 0o755 });
  const objects = openObjects(bin, { PATH: bin });
  await t.rejects(objects.read(NOWHERE), { code: 'git/failed', message: /before it had answered/ });
});

t.test('an answer to something else is a failure', async (t) => {
  const bin = temporaryDirectory(t);
  writeFileSync(join(bin, 'git'), `#!/bin/sh\nread -r line\nprintf '%s\\n' '${'1'.repeat(40)} missing'\nread -r line\nread -r line\n`, {
    mode: 0o755,
  });
  const objects = openObjects(bin, { PATH: bin });
  await t.rejects(objects.read(NOWHERE), { code: 'git/protocol' });
});

t.test('an object larger than all that is allowed is a failure', async (t) => {
  const repository = handMade(t);
  const blob = repository.blob('x'.repeat(2000));
  const objects = openObjects(repository.path, gitEnvironment(), { largest: 1000 });
  t.same(await objects.stat(blob), { type: 'blob', size: 2000 });
  await t.rejects(objects.read(blob), { code: 'git/too-large' });
});

t.test('replace refs, grafts and the environment have no say', async (t) => {
  const repository = handMade(t);
  const blob = repository.blob('true\n');
  const lie = repository.blob('false\n');
  mkdirSync(join(repository.path, 'refs/replace'), { recursive: true });
  writeFileSync(join(repository.path, 'refs/replace', blob), `${lie}\n`);
  process.env['GIT_OBJECT_DIRECTORY'] = '/nonexistent';
  t.teardown(() => delete process.env['GIT_OBJECT_DIRECTORY']);
  const objects = openObjects(repository.path);
  t.equal(Buffer.from((await objects.read(blob))?.bytes ?? []).toString(), 'true\n');
  await objects.close();
  t.notOk(Object.keys(gitEnvironment()).includes('GIT_OBJECT_DIRECTORY'));
});

t.test('replies are read from pieces of any size', async (t) => {
  const output = Buffer.from(`${'a'.repeat(40)} blob 5\nab\ncd\n${'b'.repeat(40)} missing\n${'c'.repeat(40)} tree 0\n\n`);
  for (let size = 1; size <= output.length; size += 1) {
    const seen: string[] = [];
    const feed = replyReader(
      () => true,
      ({ type, bytes }) => seen.push(`${type} ${bytes?.toString() ?? '-'}`),
      100,
    );
    for (let at = 0; at < output.length; at += size) feed(output.subarray(at, at + size));
    t.same(seen, ['blob ab\ncd', 'missing -', 'tree '], `in pieces of ${size}`);
  }
  const bad = (text: string) => () =>
    replyReader(
      () => true,
      () => {},
      100,
    )(Buffer.from(text));
  t.throws(bad('x y z\n'), { code: 'git/protocol' });
  t.throws(bad(`${'a'.repeat(40)} blob -1\n`), { code: 'git/protocol' });
  t.throws(bad('a'.repeat(1000)), { code: 'git/protocol' });
  t.throws(bad(`${'a'.repeat(40)} blob 2\nabc`), { code: 'git/protocol' });
});

t.test('a process that is not needed any more is gone', async (t) => {
  const repository = handMade(t);
  const objects = openObjects(repository.path);
  await objects.close();
  rmSync(repository.path, { recursive: true, force: true });
  t.pass('closed before the repository was removed');
});

import { chmodSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { MAIN } from '../../src/format/push.js';
import { commitOf } from '../../src/records/clone.js';
import { beginCoordination } from '../../src/records/init-coordination.js';
import { addMessage } from '../../src/records/thread-add.js';
import { createThread, type ThreadInput } from '../../src/records/thread-create.js';
import { openWriter } from '../../src/records/writer.js';
import { makeWorld, run } from './support.js';

const OPEN: ThreadInput = {
  participants: [],
  body: 'Please review before discharge.',
  visibility: { sensitivity: 'standard', restricted: false },
  policies: { allow_patient_participation: true, allow_external_organisations: true },
};

/** A record with one thread, and what may not change when a commit fails. */
async function begun(t: Test) {
  const clone = await (await makeWorld(t)).clone('jane', 'jane');
  const writer = openWriter(clone);
  beginCoordination(writer, {});
  const { thread } = createThread(writer, OPEN);
  const path = join(clone, 'communications', thread, 'thread.md');
  const state = () => [commitOf(clone, MAIN), run(clone, 'git', 'status', '--porcelain'), readFileSync(path, 'utf8')];
  return { clone, writer, thread, path, state };
}

t.test('what is not committed is neither lost nor mixed in', async (t) => {
  const { clone, writer, thread, path } = await begun(t);
  const text = readFileSync(path, 'utf8');
  writeFileSync(path, `${text}\nhalf a message`);
  t.throws(() => addMessage(writer, { thread, body: 'x' }), {
    code: 'commit/uncommitted',
    message: /thread\.md has changes that are not committed/,
  });
  t.equal(readFileSync(path, 'utf8'), `${text}\nhalf a message`);
  writeFileSync(path, text);

  writeFileSync(join(clone, '.gitignore'), '\n# VPR default ignores\nfiles/\n');
  run(clone, 'git', 'add', '.gitignore');
  addMessage(writer, { thread, body: 'x' });
  t.equal(run(clone, 'git', 'status', '--porcelain'), 'M  .gitignore', 'another staged change stays staged, and out of the commit');
});

t.test('where signing fails, nothing has happened', async (t) => {
  const { clone, writer, thread, state } = await begun(t);
  const before = state();
  run(clone, 'git', 'config', 'gpg.x509.program', '/dev/null/none');
  t.throws(() => addMessage(writer, { thread, body: 'x' }), { code: 'commit/not-signed' });
  t.throws(() => createThread(writer, OPEN), { code: 'commit/not-signed' });
  t.strictSame(state(), before);
  t.equal(readdirSync(join(clone, 'communications')).length, 1);
  const left = readdirSync(join(clone, '.git')).filter((name) => name.startsWith('vpr-index'));
  t.strictSame(left, [], 'no index is left behind');
});

t.test('where main or the index cannot be moved, the files are as they were', async (t) => {
  const { clone, writer, thread, state } = await begun(t);
  const before = state();
  const [main, index] = [join(clone, '.git/refs/heads/main.lock'), join(clone, '.git/index.lock')];
  writeFileSync(main, '');
  t.throws(() => addMessage(writer, { thread, body: 'x' }), { code: 'commit/moved' });
  t.throws(() => createThread(writer, OPEN), { code: 'commit/moved' });
  rmSync(main);
  t.strictSame(state(), before);
  writeFileSync(index, '');
  t.throws(() => addMessage(writer, { thread, body: 'x' }), { code: 'git/failed', message: /index\.lock/ });
  rmSync(index);
  t.strictSame(state(), before);
  t.equal(readdirSync(join(clone, 'communications')).length, 1, 'no empty directory is left of a thread that was not made');
});

t.test('hooks of the clone do not get in the way', async (t) => {
  const { clone, writer } = await begun(t);
  for (const name of ['pre-commit', 'commit-msg', 'prepare-commit-msg', 'post-commit']) {
    writeFileSync(join(clone, '.git/hooks', name), '#!/bin/sh\nexit 1\n');
    chmodSync(join(clone, '.git/hooks', name), 0o755);
  }
  t.ok(createThread(writer, OPEN).commit);
});

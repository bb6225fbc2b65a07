import { appendFileSync, chmodSync, mkdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { runGit } from '../../src/git/run.js';
import { examine } from '../../src/hosts/doctor.js';
import { installHint, installProgram } from '../../src/hosts/install.js';
import { hostPaths } from '../../src/hosts/paths.js';
import { addRecord, initHost } from '../../src/hosts/plain.js';
import { temporaryDirectory } from '../git/plumbing.js';

t.test('the hook that tells the watcher, and where it writes', async (t) => {
  const root = join(realpathSync(temporaryDirectory(t)), `a host's`);
  initHost(root);
  const repo = addRecord(root, { kind: 'coordination' }, runGit).path;
  const { spool } = hostPaths(root);
  const hook = join(repo, 'hooks/post-receive');
  const hints = () => examine(hostPaths(root), [], runGit).findings.filter(({ code }) => /^(?:hint|spool)-/.test(code));
  const mend = () => installHint(repo, root, runGit);
  t.same(hints(), [], 'without a spool there is no watcher');

  chmodSync(hook, 0o644);
  t.match(hints(), [{ code: 'hint-not-executable', level: 'note', repo, help: [/^vpr hooks install '/] }]);
  mend();
  appendFileSync(hook, '# more\n');
  t.match(hints(), [{ code: 'hint-changed', repo }]);
  writeFileSync(hook, '#!/bin/sh\n');
  t.match(hints(), [{ code: 'hint-foreign', repo }]);
  rmSync(hook);
  t.match(hints(), [{ code: 'hint-missing', repo }]);
  mend();
  t.same(hints(), []);
  appendFileSync(join(root, 'hooks/post-receive'), '# more\n');
  t.match(hints(), [
    { code: 'hint-changed', help: [/^vpr hooks install --host /] },
    { code: 'hint-changed', repo },
  ]);
  rmSync(join(root, 'hooks/post-receive'));
  t.match(hints(), [{ code: 'hint-missing' }]);
  installProgram(root);

  mkdirSync(spool);
  t.same(hints(), []);
  for (let index = 0; index <= 1000; index += 1) writeFileSync(join(spool, `${index}.json`), '');
  t.match(hints(), [{ code: 'spool-waiting', what: /^1001 files wait/, help: [/^vpr watch /, /rm -r/] }]);
  chmodSync(spool, 0o550);
  t.match(hints(), [{ code: 'spool-mode', level: 'note' }]);
  chmodSync(spool, 0o770);
  t.match(
    examine(hostPaths(root), [], runGit).findings.filter(({ level }) => level === 'fault'),
    [{ code: 'writable', what: /spool/ }],
    'others can keep the watcher busy',
  );
  rmSync(spool, { recursive: true });
  writeFileSync(spool, '');
  t.match(hints(), [{ code: 'spool-mode', what: /is not a directory/, help: [/^rm /] }]);
});

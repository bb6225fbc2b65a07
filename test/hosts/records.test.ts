import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, realpathSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { runGit } from '../../src/git/run.js';
import { weaknesses } from '../../src/hosts/config.js';
import { hintPath, hostLauncher, installHint, installHook, installProgram } from '../../src/hosts/install.js';
import { hostPaths, shardedPath } from '../../src/hosts/paths.js';
import { addRecord, hostAbove } from '../../src/hosts/plain.js';
import { recordOf, registeredRecords } from '../../src/hosts/registry.js';
import { cleanEnvironment, git, temporaryDirectory } from '../git/plumbing.js';
import { ID, newHost } from './support.js';

const PLACE = 'coordination/7f/4c/7f4c2e9d4b0a4f3a9a2c0e9a6b5d1c88.git';

t.test('a record is registered, and its repository is guarded from its first moment', async (t) => {
  const root = newHost(t, `a host's "directory"`);
  const record = addRecord(root, { kind: 'coordination', id: ID }, runGit);
  t.same(record, { kind: 'coordination', id: ID, path: join(root, PLACE) });
  t.same(recordOf(root, record.path), record);
  t.same([...registeredRecords(root)], [record]);
  t.equal(readFileSync(join(record.path, 'hooks/pre-receive'), 'utf8'), hostLauncher(root));
  t.equal(statSync(join(record.path, 'hooks/pre-receive')).mode & 0o777, 0o755);
  t.equal(readFileSync(join(record.path, 'hooks/post-receive'), 'utf8'), readFileSync(hintPath(root), 'utf8'));
  t.equal(statSync(join(record.path, 'hooks/post-receive')).mode & 0o777, 0o755);
  t.same(weaknesses(git(record.path, 'config', '--list', '-z')), [], 'as git reads its configuration');
  t.equal(git(record.path, 'rev-parse', '--is-bare-repository', '--git-path', 'hooks'), 'true\nhooks\n');
  t.equal(git(record.path, 'symbolic-ref', 'HEAD'), 'refs/heads/main\n');
  t.equal(git(record.path, 'fsck', '--strict'), '');
  const clone = spawnSync('git', ['clone', record.path, join(root, '..', 'clone')], { env: cleanEnvironment(), encoding: 'utf8' });
  t.equal(clone.status, 0, clone.stderr);
});

t.test('an id is taken once, whatever is there', async (t) => {
  const root = newHost(t);
  addRecord(root, { kind: 'coordination', id: ID }, runGit);
  t.throws(() => addRecord(root, { kind: 'coordination', id: ID }, runGit), { code: 'host/registered' });
  t.throws(() => addRecord(root, { kind: 'clinical', id: ID }, runGit), { code: 'host/kind' });
  rmSync(shardedPath(hostPaths(root).registry, ID));
  t.throws(() => addRecord(root, { kind: 'coordination', id: ID }, runGit), { code: 'host/repository-exists' });
  t.same([...registeredRecords(root)], []);
  t.not(addRecord(root, { kind: 'coordination' }, runGit).id, addRecord(root, { kind: 'coordination' }, runGit).id);
});

t.test('an add that was interrupted is finished by the next', async (t) => {
  const root = newHost(t);
  const { path } = addRecord(root, { kind: 'coordination', id: ID }, runGit);
  rmSync(path, { recursive: true });
  t.equal(addRecord(root, { kind: 'coordination', id: ID }, runGit).path, path);
  t.equal(recordOf(root, path)?.id, ID);
});

t.test('the repository of a forge', async (t) => {
  const root = newHost(t);
  const forge = realpathSync(temporaryDirectory(t));
  const repository = join(forge, 'ward/record.git');
  t.throws(() => addRecord(root, { kind: 'coordination', id: ID, repository }, runGit), {
    code: 'host/not-bare',
    help: [/git init --bare /],
  });
  git(forge, 'init', '--quiet', '--bare', repository);
  for (const name of ['pre-receive.d', 'post-receive.d']) mkdirSync(join(repository, 'hooks', name));
  writeFileSync(join(repository, 'hooks/pre-receive'), '#!/bin/sh\n# the forge\n', { mode: 0o755 });
  const record = addRecord(root, { kind: 'coordination', id: ID, repository }, runGit);
  t.same(record, { kind: 'coordination', id: ID, path: repository });
  t.same(recordOf(root, repository), record);
  t.equal(readFileSync(join(repository, 'hooks/pre-receive.d/vpr'), 'utf8'), hostLauncher(root));
  t.equal(readFileSync(join(repository, 'hooks/post-receive.d/vpr'), 'utf8'), readFileSync(hintPath(root), 'utf8'));
  t.match(readFileSync(join(repository, 'hooks/pre-receive'), 'utf8'), 'the forge', "the forge's own hook is kept");

  const full = join(forge, 'full.git');
  git(forge, 'init', '--quiet', '--bare', full);
  const tree = git(full, 'hash-object', '-t', 'tree', '-w', '/dev/null').trim();
  git(full, 'update-ref', 'refs/heads/main', git(full, 'commit-tree', '-m', 'x', tree).trim());
  t.throws(() => addRecord(root, { kind: 'coordination', repository: full }, runGit), { code: 'host/not-empty-repository' });
});

t.test('hooks go where git looks for them, and replace no stranger', async (t) => {
  const root = newHost(t);
  const launcher = installProgram(root);
  const directory = realpathSync(temporaryDirectory(t));
  git(directory, 'init', '--quiet', '--bare', 'a.git');
  const repository = join(directory, 'a.git');
  t.equal(installHook(repository, launcher, runGit), join(repository, 'hooks/pre-receive'));
  t.equal(installHook(repository, launcher, runGit), join(repository, 'hooks/pre-receive'), 'again');
  writeFileSync(join(repository, 'hooks/pre-receive'), '#!/bin/sh\nexit 0\n');
  t.throws(() => installHook(repository, launcher, runGit), { code: 'hooks/foreign' });
  t.equal(readFileSync(join(repository, 'hooks/pre-receive'), 'utf8'), '#!/bin/sh\nexit 0\n');
  git(repository, 'config', 'core.hooksPath', join(directory, 'elsewhere'));
  mkdirSync(join(directory, 'elsewhere'));
  t.equal(installHook(repository, launcher, runGit), join(directory, 'elsewhere/pre-receive'));
  git(repository, 'config', 'core.hooksPath', 'own');
  mkdirSync(join(repository, 'own'));
  t.equal(installHook(repository, launcher, runGit), join(repository, 'own/pre-receive'));
  t.throws(() => installHook(root, launcher, runGit), { code: 'hooks/not-a-repository' });

  const hint = join(repository, 'own/post-receive');
  t.equal(installHint(repository, root, runGit), hint);
  t.equal(installHint(repository, root, runGit), hint, 'again');
  writeFileSync(hint, '#!/bin/sh\nmail everybody\n');
  t.equal(installHint(repository, root, runGit), undefined);
  t.equal(readFileSync(hint, 'utf8'), '#!/bin/sh\nmail everybody\n', 'what others do after a push is theirs');
  rmSync(hint);
  rmSync(hintPath(root));
  t.equal(installHint(repository, root, runGit), undefined, 'a host of an older version has none');
  t.throws(() => installHook(join(root, 'nowhere'), launcher, runGit), { code: 'hooks/not-a-repository' });
});

t.test('the host that a repository lies in', async (t) => {
  const root = newHost(t);
  const { path } = addRecord(root, { kind: 'coordination', id: ID }, runGit);
  t.equal(hostAbove(path)?.root, root);
  const link = join(temporaryDirectory(t), 'link.git');
  symlinkSync(path, link);
  t.equal(hostAbove(link)?.root, root);
  t.equal(hostAbove(temporaryDirectory(t)), undefined);
});

import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { readPolicy } from '../../src/format/policy.js';
import { runGit } from '../../src/git/run.js';
import { weaknesses } from '../../src/hosts/config.js';
import { hintPath, hostLauncher, installHint, installHook, installProgram } from '../../src/hosts/install.js';
import { refuseStranger } from '../../src/hosts/owner.js';
import { packageFile } from '../../src/hosts/package.js';
import { hostPaths, shardedPath } from '../../src/hosts/paths.js';
import { addRecord, hostAbove, initHost, openHost, openHostToWrite } from '../../src/hosts/plain.js';
import { recordOf, registeredRecords } from '../../src/hosts/registry.js';
import { KNOWN_RULES } from '../../src/validators/rules.js';
import { cleanEnvironment, git, temporaryDirectory } from '../git/plumbing.js';

const ID = '7f4c2e9d-4b0a-4f3a-9a2c-0e9a6b5d1c88';
const PLACE = 'coordination/7f/4c/7f4c2e9d4b0a4f3a9a2c0e9a6b5d1c88.git';

function newHost(test: Test, name = 'host'): string {
  const root = join(realpathSync(temporaryDirectory(test)), name);
  initHost(root);
  return root;
}

t.test('a new host works as it is', async (t) => {
  const root = newHost(t);
  const { policy, trust, registry } = hostPaths(root);
  const reading = readPolicy(readFileSync(policy), KNOWN_RULES);
  t.equal(reading.ok, true, 'the policy reads');
  t.ok(existsSync(trust) && existsSync(registry));
  t.equal(statSync(root).mode & 0o007, 0, 'others cannot look into it');
  t.equal(initHost(root), false, 'made once');
  t.same(openHost(root), hostPaths(root));
});

t.test('every line of the policy template has a comment', async (t) => {
  const lines = readFileSync(packageFile('templates/host/vpr.yaml'), 'utf8').trimEnd().split('\n');
  t.same(
    lines.filter((line) => !line.includes('#')),
    [],
  );
});

t.test('the examples of the policy template read when they are uncommented', async (t) => {
  const text = readFileSync(packageFile('templates/host/vpr.yaml'), 'utf8')
    .replace('roots: [] ', 'roots:')
    .replace('certificates: [] ', 'certificates:')
    .replace(/^# ( {1,}(?:-|[a-z_]+:))/gm, '  $1');
  const reading = readPolicy(Buffer.from(text), KNOWN_RULES);
  t.same(reading.ok ? [] : reading.faults, []);
  if (!reading.ok) return;
  t.match(reading.value, {
    roots: [{ file: 'trust/gmc.crt', authorities: [{ name: 'GMC', class: 'clinician' }] }],
    certificates: [{ file: 'trust/jane.crt' }],
  });
});

t.test('directories that are something else are left alone', async (t) => {
  const directory = temporaryDirectory(t);
  writeFileSync(join(directory, 'notes.txt'), 'mine\n');
  t.throws(() => initHost(directory), { code: 'host/not-empty', message: /notes\.txt/ });
  t.notOk(existsSync(join(directory, 'vpr.yaml')));
  t.throws(() => openHost(directory), { code: 'host/not-a-host', help: [/has vpr\.yaml in it$/] }, 'nor made a host');
  t.throws(() => openHost(join(directory, 'notes.txt')), { code: 'host/not-a-host', help: [/has vpr\.yaml in it$/] });
  t.throws(() => openHost(join(directory, 'nowhere')), { code: 'host/not-a-host', help: [String, /: vpr host init .*nowhere$/] });
  const root = newHost(t);
  t.throws(() => openHost(join(root, 'journal')), { code: 'host/not-a-host', help: [`name the host that it lies in: ${root}`] });
});

t.test('only the account that a host belongs to writes to it', async (t) => {
  const root = newHost(t);
  const { uid, gid } = statSync(root);
  const stranger = { uid: uid + 1, groups: [gid] };
  t.doesNotThrow(() => openHostToWrite(root));
  t.doesNotThrow(() => refuseStranger({ root }, { uid, groups: [] }));
  t.throws(() => refuseStranger({ root }, stranger), {
    code: 'host/not-owner',
    message: new RegExp(`uid ${uid}.* run as .*uid ${uid + 1}`),
    help: [/: sudo -u \S+ vpr …$/],
  });
  chmodSync(root, 0o2770);
  t.doesNotThrow(() => refuseStranger({ root }, stranger), 'its group may write there');
  t.throws(() => refuseStranger({ root }, { uid: uid + 1, groups: [gid + 1] }), { code: 'host/not-owner' });
});

t.test('commands of other accounts', { skip: process.getuid?.() === 0 ? false : 'only root can be somebody else' }, async (t) => {
  const root = newHost(t);
  addRecord(root, { kind: 'coordination', id: ID }, runGit);
  const run = (...args: string[]) =>
    spawnSync(process.execPath, [packageFile('bin/vpr.js'), ...args], { env: cleanEnvironment({ HOME: root }), encoding: 'utf8' });
  chownSync(root, 12345, 12345);
  const before = readdirSync(root);
  for (const args of [
    ['host', 'add', root, 'coordination'],
    ['host', 'repack', root],
    ['hooks', 'install', '--host', root],
    ['watch', root, '--once'],
    ['projection', 'build', root],
    ['timeline', ID, '--host', root, '--reason', 'to see what happens'],
  ])
    t.match(run(...args), { status: 2, stderr: /^error host\/not-owner: / }, args.join(' '));
  t.same(readdirSync(root), before, 'and leave nothing behind');
  const empty = temporaryDirectory(t);
  chownSync(empty, 12345, 12345);
  t.match(run('host', 'init', empty), { status: 2, stderr: /^error host\/not-owner: / });
  t.match(run('host', 'list', root), { status: 0 }, 'reading is for whoever can');
});

t.test(
  'a host that this account may not look into',
  { skip: process.getuid?.() === 0 ? false : 'only root can be somebody else' },
  async (t) => {
    const root = newHost(t);
    addRecord(root, { kind: 'coordination', id: ID }, runGit);
    chmodSync(join(root, '..'), 0o755);
    const groups = process.getgroups?.() ?? [];
    const become = (id: number, list: number[]) => {
      if (id === 0) process.seteuid?.(id);
      process.setegid?.(id);
      process.setgroups?.(list);
      process.seteuid?.(id);
    };
    t.teardown(() => become(0, groups));
    become(12345, []);
    for (const directory of [root, join(root, 'registry')])
      t.throws(() => openHost(directory), { code: 'host/unreadable', message: /belongs to root \(uid 0\)/, help: [/sudo -u root vpr/] });
    become(0, groups);

    const { registry } = hostPaths(root);
    execFileSync('chown', ['12345', root, registry]);
    become(12345, []);
    t.throws(() => [...registeredRecords(root)], {
      code: 'registry/unreadable',
      message: /registry\/7f, of the registry, cannot be read: EACCES$/,
      help: [/account/, /chown -R --reference=/],
    });
  },
);

t.test('a policy that was put there before is kept, and one that was changed', async (t) => {
  const directory = temporaryDirectory(t);
  mkdirSync(join(directory, 'trust'));
  writeFileSync(join(directory, 'vpr.yaml'), 'version: 1\n');
  t.equal(initHost(directory), true);
  t.equal(readFileSync(join(directory, 'vpr.yaml'), 'utf8'), 'version: 1\n');
  writeFileSync(join(directory, 'vpr.yaml'), 'version: 1 # changed\n');
  t.equal(initHost(directory), false);
  t.equal(readFileSync(join(directory, 'vpr.yaml'), 'utf8'), 'version: 1 # changed\n');
});

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

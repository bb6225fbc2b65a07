import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { readPolicy } from '../../src/format/policy.js';
import { runGit } from '../../src/git/run.js';
import { refuseStranger } from '../../src/hosts/owner.js';
import { packageFile } from '../../src/hosts/package.js';
import { hostPaths } from '../../src/hosts/paths.js';
import { addRecord, initHost, openHost, openHostToWrite } from '../../src/hosts/plain.js';
import { registeredRecords } from '../../src/hosts/registry.js';
import { KNOWN_RULES } from '../../src/validators/rules.js';
import { cleanEnvironment, temporaryDirectory } from '../git/plumbing.js';
import { asAccount, ID, newHost } from './support.js';

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
    for (const directory of [root, join(root, 'registry')]) {
      const unreadable = { code: 'host/unreadable', message: /belongs to root \(uid 0\)/, help: [/sudo -u root vpr/] };
      t.throws(() => asAccount(12345, () => openHost(directory)), unreadable);
    }

    const { registry } = hostPaths(root);
    execFileSync('chown', ['12345', root, registry]);
    t.throws(() => asAccount(12345, () => [...registeredRecords(root)]), {
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

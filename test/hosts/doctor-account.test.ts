/** What `vpr doctor` says of the accounts that can write to a host, and of those that cannot. */
import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { commandLine } from '../../src/format/shell.js';
import { runGit } from '../../src/git/run.js';
import { examine } from '../../src/hosts/doctor.js';
import { examinedAs, ownersShell } from '../../src/hosts/doctor-account.js';
import { hostPaths, shardedPath } from '../../src/hosts/paths.js';
import { temporaryDirectory } from '../git/plumbing.js';
import { asAccount } from './support.js';
import { codes, faults, followHelp, hostWithRecord, ID } from './support-doctor.js';

t.test('who can write where', async (t) => {
  const { root, repo } = hostWithRecord(t);
  for (const path of [
    root,
    hostPaths(root).policy,
    hostPaths(root).hooks,
    hostPaths(root).journal,
    join(repo, 'refs/heads'),
    join(repo, 'hooks'),
    repo,
  ]) {
    const { mode } = statSync(path);
    chmodSync(path, mode | 0o020);
    t.match(faults(root), [{ code: 'writable', help: [/^chmod go-w /] }], path);
    followHelp(root);
    t.same(faults(root), []);
    chmodSync(path, mode | 0o002);
    t.same(codes(root), ['writable']);
    chmodSync(path, mode);
  }
});

t.test('another owner', { skip: process.getuid?.() === 0 ? false : 'only root can give files away' }, async (t) => {
  const { root, repo } = hostWithRecord(t);
  chownSync(join(repo, 'refs'), 12345, 12345);
  t.match(faults(root), [{ code: 'owner', what: /uid 12345/ }]);
});

t.test('what the host cannot write to', async (t) => {
  const { root, repo } = hostWithRecord(t);
  const { journal, registry, participants } = hostPaths(root);
  for (const path of [journal, participants, registry, join(repo, 'objects'), shardedPath(registry, ID)]) {
    const { mode } = statSync(path);
    chmodSync(path, mode & 0o555);
    t.match(faults(root), [{ code: 'unwritable', what: path, help: [/^chmod u\+rwx? /] }], path);
    followHelp(root);
    t.same(faults(root), []);
  }
});

t.test('the shell of the account that owns the repositories', async (t) => {
  const passwd = join(temporaryDirectory(t), 'passwd');
  writeFileSync(
    passwd,
    'root:x:0:0::/root:/bin/bash\ngit:x:998:998::/srv:/usr/bin/git-shell\nvpr:x:997:997::/srv:/usr/sbin/nologin\nann:x:996:996::/:/bin/sh\n',
  );
  t.same([...ownersShell(998, passwd), ...ownersShell(997, passwd), ...ownersShell(5, passwd), ...ownersShell(5, '/nonexistent')], []);
  t.match([...ownersShell(996, passwd)], [{ code: 'account-shell', level: 'note', what: /ann.*\/bin\/sh/ }]);
});

t.test(
  "what one command run as root leaves in another account's host",
  {
    skip: process.getuid?.() === 0 ? false : 'only root can give files away',
  },
  async (t) => {
    const { root, repo } = hostWithRecord(t);
    execFileSync('chown', ['-R', '12345:12345', root]);
    t.same(faults(root), []);
    const entry = shardedPath(hostPaths(root).registry, ID);
    for (const path of [join(entry, '../..'), entry, join(repo, '../..'), join(repo, 'objects/pack'), hostPaths(root).journal]) {
      chownSync(path, 0, 0);
      t.match(faults(root), [{ code: 'owner', what: `${path} belongs to another account (uid 0) than the host (uid 12345)` }], path);
      execFileSync('sh', ['-c', faults(root)[0]?.help[0] ?? '']);
      t.same(faults(root), []);
    }
    t.match(examine(hostPaths(root), [], runGit).findings[0], { code: 'other-account', level: 'note', help: [/sudo -u '#12345' vpr/] });
    t.same([...examinedAs(statSync(root), { uid: 12345, groups: [] })], [], 'and its own account hears nothing of that');

    chmodSync(root, 0o2770);
    chmodSync(join(entry, '../..'), 0o2770);
    chownSync(join(entry, '../..'), 0, 12345);
    t.same(codes(root), ['writable'], "a host that is a group's has entries of several accounts");
  },
);

t.test(
  'a host of which only the directory was given to another account',
  { skip: process.getuid?.() === 0 ? false : 'only root can be somebody else' },
  async (t) => {
    const { root } = hostWithRecord(t);
    chmodSync(join(root, '..'), 0o755);
    chownSync(root, 12345, 12345);
    const found = asAccount(12345, () => faults(root));
    const { registry, journal } = hostPaths(root);
    for (const path of [registry, journal])
      t.ok(
        found.some(({ code, what }) => code === 'owner' && what.startsWith(`${path} belongs`)),
        path,
      );
    const closed = found.filter(({ code }) => code === 'host-unreadable');
    t.match(closed[0], { help: [/sudo/, `or, where that was done, as root: ${commandLine('chown', '-R', '12345', root)}`] });
    t.equal(new Set(closed.map(({ what }) => what)).size, closed.length, 'each once');
    t.notOk(
      found.some(({ code }) => code === 'unregistered'),
      'of a registry that cannot be read nobody knows what is in it',
    );
    execFileSync('chown', ['-R', '12345', root]);
    t.same(codes(root), []);
  },
);

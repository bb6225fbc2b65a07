import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { commandLine } from '../../src/format/shell.js';
import { runGit } from '../../src/git/run.js';
import { examine } from '../../src/hosts/doctor.js';
import { SHOWN } from '../../src/hosts/finding.js';
import { installHook, installProgram } from '../../src/hosts/install.js';
import { hostPaths, shardedPath } from '../../src/hosts/paths.js';
import { addRecord } from '../../src/hosts/plain.js';
import { temporaryDirectory } from '../git/plumbing.js';
import { codes, faults, followHelp, hostWithRecord, ID } from './support-doctor.js';

t.test('nothing is wrong with a new host', async (t) => {
  const { root } = hostWithRecord(t);
  t.same(faults(root), []);
  t.equal(examine(hostPaths(root), [], runGit).repositories, 1);
});

t.test('hooks', async (t) => {
  const { root, repo } = hostWithRecord(t);
  const hook = join(repo, 'hooks/pre-receive');
  const mend = () => installHook(repo, installProgram(root), runGit);

  chmodSync(hook, 0o644);
  t.match(faults(root), [{ code: 'hook-not-executable', repo, help: [/^vpr hooks install '.*'$/] }]);
  mend();
  appendFileSync(hook, '# more\n');
  t.same(codes(root), ['hook-changed']);
  mend();
  rmSync(hook);
  t.same(codes(root), ['hook-missing']);
  mend();
  t.same(codes(root), []);
});

t.test('what a git that was ended holds', async (t) => {
  const { root, repo } = hostWithRecord(t);
  for (const name of ['HEAD.lock', 'refs/heads/main.lock', 'packed-refs.lock']) {
    const lock = join(repo, name);
    writeFileSync(lock, '');
    t.same(codes(root), [], 'a push may be at it');
    utimesSync(lock, 1, 1);
    t.match(faults(root), [{ code: 'lock-left', repo, help: [/^make sure/, /^rm -r /] }]);
    rmSync(lock);
  }
  const notes = () => examine(hostPaths(root), [], runGit).findings.filter(({ code }) => code.endsWith('-left'));
  writeFileSync(join(repo, 'config.lock'), '');
  writeFileSync(join(repo, 'gc.pid'), '1 somewhere\n');
  utimesSync(join(repo, 'config.lock'), 1, 1);
  t.match(notes(), [{ code: 'lock-left', level: 'note', repo }]);
  rmSync(join(repo, 'config.lock'));

  // A push that was killed while it sent its objects, and a repack.
  const quarantine = join(repo, 'objects/tmp_objdir-incoming-aBcDeF');
  mkdirSync(join(quarantine, 'pack'), { recursive: true });
  writeFileSync(join(quarantine, 'pack/tmp_pack_aBcDeF'), 'PACK');
  writeFileSync(join(repo, 'objects/pack/.tmp-123-pack-abc.pack'), 'PACK');
  const old = (...paths: string[]) => {
    for (const path of paths) utimesSync(path, 1, 1);
  };
  old(quarantine, join(quarantine, 'pack'));
  t.strictSame(notes(), [], 'somebody still writes to it');
  old(join(quarantine, 'pack/tmp_pack_aBcDeF'), join(quarantine, 'pack'), quarantine, join(repo, 'objects/pack/.tmp-123-pack-abc.pack'));
  const [left, ...others] = notes();
  t.match([left, others], [{ code: 'objects-left', level: 'note', repo, what: /^2 of its objects'/, help: [/^make sure/, /^rm -r /] }, []]);
  execFileSync('sh', ['-c', left?.help[1] ?? 'false']);
  t.strictSame(notes(), []);
  t.notOk(existsSync(quarantine));
  t.same(codes(root), []);
});

t.test('the program and the launcher', async (t) => {
  const { root, repo } = hostWithRecord(t);
  const { hooks } = hostPaths(root);
  for (const name of ['pre-receive.cjs', 'compiled.cjs', 'start.cjs', 'ask.pl']) {
    appendFileSync(join(hooks, name), '//\n');
    t.match(faults(root), [{ code: 'program-changed', help: [/^vpr hooks install --host '/] }]);
    rmSync(join(hooks, name));
    t.same(codes(root), ['program-missing']);
    installProgram(root);
  }
  writeFileSync(join(hooks, 'pre-receive'), '#!/bin/sh\nexit 0\n');
  t.same(codes(root), ['launcher-changed', 'hook-changed']);
  rmSync(join(hooks, 'pre-receive'));
  t.same(codes(root), ['launcher-missing']);
  installProgram(root);
  t.same(codes(root), []);

  const moved = `${root} moved`;
  cpSync(root, moved, { recursive: true });
  t.ok(codes(moved).includes('launcher-changed'), 'a host that was moved calls the old place');
  installHook(join(moved, repo.slice(root.length + 1)), installProgram(moved), runGit);
  t.same(codes(moved), [], 'and is whole after the hooks were installed again');
});

t.test('configuration, and the commands that mend it', async (t) => {
  const { root, repo } = hostWithRecord(t);
  const set = (...args: string[]) => execFileSync('git', ['config', '--file', join(repo, 'config'), ...args]);
  set('receive.denyDeletes', 'false');
  set('--unset-all', 'transfer.hideRefs');
  set('core.hooksPath', '/dev/null');
  set('receive.fsck.zeroPaddedFilemode', 'ignore');
  set('transfer.fsckObjects', 'false');
  set('transfer.fsckObjects', 'true');
  t.same(codes(root), ['config-weak', 'config-weak', 'config-weak', 'config-weak', 'hook-missing']);
  followHelp(root);
  t.same(faults(root), []);
  writeFileSync(join(repo, 'config'), 'not a configuration');
  t.ok(codes(root).includes('config-unreadable'));
});

t.test('the configuration of the account', async (t) => {
  const { root, repo } = hostWithRecord(t);
  const home = temporaryDirectory(t);
  writeFileSync(
    join(home, '.gitconfig'),
    '[core]\n\thooksPath = /dev/null\n[receive]\n\tdenyDeletes = false\n[receive "fsck"]\n\tmissingEmail = ignore\n',
  );
  const former = process.env['HOME'];
  process.env['HOME'] = home;
  t.teardown(() => {
    process.env['HOME'] = former;
  });
  t.match(faults(root), [{ code: 'account-config', what: /receive\.fsck\.\w+ is set/ }], 'what the repository sets itself outweighs it');
  t.equal(runGit(repo, 'config', 'core.hooksPath'), 'hooks\n');
});

t.test('refs and HEAD, and the commands that mend them', async (t) => {
  const { root, repo } = hostWithRecord(t);
  const tree = execFileSync('git', ['-C', repo, 'hash-object', '-t', 'tree', '-w', '/dev/null'], { encoding: 'utf8' }).trim();
  for (const ref of ['refs/heads/main', 'refs/heads/other', 'refs/tags/v1', 'refs/notes/x']) {
    mkdirSync(join(repo, ref, '..'), { recursive: true });
    writeFileSync(join(repo, ref), `${tree}\n`);
  }
  writeFileSync(
    join(repo, 'packed-refs'),
    `# pack-refs with: peeled fully-peeled sorted \n${tree} refs/replace/${tree}\n${tree} refs/tags/v1\n`,
  );
  writeFileSync(join(repo, 'HEAD'), 'ref: refs/heads/other\n');
  t.same(
    faults(root).map(({ code, what }) => `${code} ${/refs\/\w+\/\w+/.exec(what)?.[0].slice(0, 20)}`),
    [
      'head refs/heads/main',
      'ref-other refs/heads/other',
      'ref-other refs/notes/x',
      'ref-other refs/tags/v1',
      `ref-other refs/replace/${tree}`.slice(0, 30),
    ],
  );
  followHelp(root);
  t.same(faults(root), []);
});

t.test('files that make a history another', async (t) => {
  const { root, repo } = hostWithRecord(t);
  writeFileSync(join(repo, 'shallow'), '');
  writeFileSync(join(repo, 'info/grafts'), '');
  writeFileSync(join(repo, 'objects/info/alternates'), '/elsewhere\n');
  t.same(codes(root), ['borrowed', 'borrowed', 'borrowed']);
});

t.test('the directory of the resident validator', async (t) => {
  const { root } = hostWithRecord(t);
  const { run } = hostPaths(root);
  const notes = () => examine(hostPaths(root), [], runGit).findings.filter(({ code }) => code.startsWith('run-'));
  t.equal(statSync(run).mode & 0o777, 0o700);
  t.same(notes(), []);
  for (const mode of [0o755, 0o770, 0o500]) {
    chmodSync(run, mode);
    const [{ level, help: [help = ''] = [] } = {}] = notes();
    t.equal(level, 'note', 'all is checked, only slower');
    execFileSync('sh', ['-c', help]);
    t.same(notes(), []);
  }
  rmSync(run, { recursive: true });
  t.match(notes(), [{ code: 'run-missing', help: [/^vpr hooks install --host /] }]);
  writeFileSync(run, '');
  t.match(notes(), [{ code: 'run-mode', what: /is not a directory/ }]);
  rmSync(run);
  installProgram(root);
  t.same(notes(), []);
  if (process.getuid?.() !== 0) return;
  chownSync(run, 12345, 12345);
  t.match(notes(), [{ code: 'run-mode', what: /uid 12345/, help: [/^chown 0 /] }]);
});

t.test('records that are not where they should be', async (t) => {
  const { root, repo } = hostWithRecord(t);
  const copy = join(repo, '..', 'ffff2e9d4b0a4f3a9a2c0e9a6b5d1c88.git');
  cpSync(repo, copy, { recursive: true });
  t.match(faults(root), [{ code: 'unregistered', repo: copy }]);
  rmSync(copy, { recursive: true });
  const entry = shardedPath(hostPaths(root).registry, ID);
  renameSync(entry, `${entry}.away`);
  t.match(faults(root), [
    {
      code: 'unregistered',
      repo,
      help: [
        /registry/,
        `${commandLine('mv', repo, `${repo}.away`)} && ${commandLine('vpr', 'host', 'add', root, 'coordination', '--id', ID)}  # and push it from the clone that has the newest main`,
      ],
    },
  ]);
  renameSync(`${entry}.away`, entry);
  writeFileSync(join(repo, 'vpr-record'), 'x\n');
  t.same(codes(root), ['record-file']);
  followHelp(root);
  t.same(faults(root), []);
  rmSync(repo, { recursive: true });
  t.match(faults(root), [{ code: 'repository-missing', help: [new RegExp(`vpr host add .* coordination --id ${ID}`)] }]);
  rmSync(shardedPath(hostPaths(root).registry, ID));
  t.same(codes(root), []);
});

t.test('what the host keeps beside its repositories', async (t) => {
  const { root } = hostWithRecord(t);
  const { registry, journal, participants } = hostPaths(root);
  writeFileSync(shardedPath(registry, ID), '{"kind":"coord');
  const other = addRecord(root, { kind: 'coordination', id: `9${ID.slice(1)}` }, runGit).path;
  chmodSync(join(other, 'hooks/pre-receive'), 0o644);
  const damaged = [
    { code: 'registry-damaged', what: /7f4c2e9d-\S+ is damaged/ },
    { code: 'hook-not-executable', repo: other },
  ];
  t.match(faults(root), damaged, 'one damaged entry hides no other record');
  t.equal(faults(root).length, damaged.length, 'and what it is about is not said to have none');
  for (const path of [journal, participants]) rmSync(path, { recursive: true });
  t.match(faults(root).slice(0, 2), [
    { code: 'kept-missing', what: /when each commit was received/ },
    { code: 'kept-missing', what: /can be claimed by somebody else/ },
  ]);
});

t.test('on a big host one fault is told so many times, and then counted', async (t) => {
  const { root } = hostWithRecord(t);
  for (let index = 0; index < SHOWN + 5; index += 1)
    rmSync(join(addRecord(root, { kind: 'coordination' }, runGit).path, 'hooks/pre-receive'));
  const { findings, more, repositories } = examine(hostPaths(root), [], runGit);
  t.equal(findings.filter(({ code }) => code === 'hook-missing').length, SHOWN);
  t.same(more, { 'hook-missing': 5 });
  t.equal(repositories, SHOWN + 6);
});

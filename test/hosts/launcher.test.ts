import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import t from 'tap';
import { commandLine, shellWord } from '../../src/format/shell.js';
import { isOurs, readHint, readLauncher, renderHint, renderLauncher } from '../../src/hosts/launcher.js';
import { temporaryDirectory } from '../git/plumbing.js';

const VALUES = { node: '/usr/bin/node', hooks: '/srv/vpr/hooks', host: '/srv/vpr', path: '/usr/bin:/bin', perl: '' };
const ODD = `it's a "host" $HOME \`x\` \\ @NODE@ & Co`;

t.test('a launcher is read back as it was written, and no other', async (t) => {
  const text = renderLauncher(VALUES);
  t.same(readLauncher(text), VALUES);
  t.ok(isOurs(text));
  t.equal(readLauncher(`${text}\n`), undefined);
  t.equal(readLauncher(text.replace('exit 1', 'exit 0')), undefined);
  t.equal(readLauncher('#!/bin/sh\nexit 0\n'), undefined);
  t.ok(isOurs(text.replace('exit 1', 'exit 0')), 'changed, but ours');
  t.notOk(isOurs('#!/bin/sh\nexit 0\n'));
  t.throws(() => renderLauncher({ ...VALUES, host: '/srv/\nexit 0' }), { code: 'hooks/odd-path' });
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (node, host) => {
      if (/[\0\n]/.test(node + host)) return true;
      const values = { ...VALUES, node, host };
      return JSON.stringify(readLauncher(renderLauncher(values))) === JSON.stringify(values);
    }),
  );
});

t.test('words are quoted for the shell', async (t) => {
  const words = ['plain', ODD, '', "'", 'ä ö', '-x', '*'];
  t.equal(
    execFileSync('sh', ['-c', `printf '[%s]' ${words.map(shellWord).join(' ')}`], { encoding: 'utf8' }),
    words.map((word) => `[${word}]`).join(''),
  );
  t.equal(commandLine('vpr', 'doctor', '/srv/v p r'), "vpr doctor '/srv/v p r'");
});

t.test('only what says where the push lies gets through, whatever the directory is called', async (t) => {
  const host = join(temporaryDirectory(t), ODD);
  mkdirSync(join(host, 'hooks'), { recursive: true });
  for (const program of ['pre-receive.cjs', 'compiled.cjs']) writeFileSync(join(host, 'hooks', program), '');
  writeFileSync(
    join(host, 'hooks/start.cjs'),
    'console.log(JSON.stringify({ argv: process.argv.slice(2), env: process.env })); process.exitCode = 100',
  );
  const launcher = join(host, 'launcher');
  writeFileSync(launcher, renderLauncher({ ...VALUES, node: process.execPath, hooks: join(host, 'hooks'), host }), { mode: 0o755 });
  const env = {
    PATH: '/nonexistent:/usr/bin:/bin',
    HOME: '/root',
    NODE_OPTIONS: '--throw-deprecation',
    NODE_EXTRA_CA_CERTS: '/nonexistent',
    GIT_CONFIG_PARAMETERS: "'core.hooksPath'='/dev/null'",
    GIT_SHALLOW_FILE: '/tmp/x',
    GIT_DIR: '.',
    GIT_QUARANTINE_PATH: "/a 'b",
    GIT_OBJECT_DIRECTORY: '/a "b',
    GIT_ALTERNATE_OBJECT_DIRECTORIES: '',
  };
  const seen = JSON.parse(execFileSync(launcher, { env, encoding: 'utf8' })) as { argv: string[]; env: Record<string, string> };
  t.same(seen.argv, [host]);
  t.same(seen.env, {
    PATH: '/usr/bin:/bin',
    LC_ALL: 'C',
    GIT_DIR: '.',
    GIT_QUARANTINE_PATH: "/a 'b",
    GIT_OBJECT_DIRECTORY: '/a "b',
    GIT_ALTERNATE_OBJECT_DIRECTORIES: '',
  });
  const bare = JSON.parse(execFileSync(launcher, { env: {}, encoding: 'utf8' })) as { env: Record<string, string> };
  t.same(Object.keys(bare.env).sort(), ['GIT_DIR', 'LC_ALL', 'PATH'], 'what was not set is not set');
  for (const program of [
    '',
    'process.exit(0)',
    'process.exit(2)',
    'process.exit(228)',
    "process.kill(process.pid, 'SIGKILL')",
    'await 0',
  ]) {
    writeFileSync(join(host, 'hooks/start.cjs'), program);
    t.equal(spawnSync(launcher, { stdio: 'ignore' }).status, 1, `${program}: no answer but the one is a yes`);
  }
});

t.test('without node, or without the program, it refuses and says so', async (t) => {
  const host = temporaryDirectory(t);
  const launcher = join(host, 'launcher');
  for (const values of [
    { ...VALUES, node: join(host, 'no-node'), hooks: host, host },
    { ...VALUES, node: process.execPath, hooks: join(host, 'nothing'), host },
  ]) {
    writeFileSync(launcher, renderLauncher(values));
    chmodSync(launcher, 0o755);
    const { status, stderr } = spawnSync(launcher, { encoding: 'utf8' });
    t.equal(status, 1);
    t.match(stderr, /^refused: this host cannot check pushes: .*\n {2}help: tell your administrator/);
  }
});

t.test('so is the hook that tells the watcher', async (t) => {
  const values = { host: ODD, path: '/usr/bin:/bin' };
  const text = renderHint(values);
  t.same(readHint(text), values);
  t.ok(isOurs(text));
  t.equal(readHint(`${text}#\n`), undefined);
  t.equal(readHint(renderLauncher(VALUES)), undefined, 'one is not taken for the other');
  t.equal(readLauncher(text), undefined);
  t.throws(() => renderHint({ ...values, host: '/srv/\nexit 0' }), { code: 'hooks/odd-path' });
});

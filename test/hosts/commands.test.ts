/** The commands for hosts, as an administrator types them. */
import { spawnSync } from 'node:child_process';
import { appendFileSync, chmodSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import t from 'tap';
import type { Findings } from '../../src/hosts/finding.js';
import { hostPaths, shardedPath } from '../../src/hosts/paths.js';
import { cleanEnvironment, git, temporaryDirectory } from '../git/plumbing.js';

const ID = '7f4c2e9d-4b0a-4f3a-9a2c-0e9a6b5d1c88';
const directory = realpathSync(temporaryDirectory(t));
const host = join(directory, "a host's");

function vpr(...args: readonly string[]) {
  return spawnSync(process.execPath, [resolve('bin/vpr.js'), ...args], {
    cwd: directory,
    env: cleanEnvironment({ HOME: directory }),
    encoding: 'utf8',
    input: '',
  });
}

function codes(): string[] {
  const { stdout } = vpr('doctor', host, '--json');
  return (JSON.parse(stdout) as Findings).findings.filter(({ level }) => level === 'fault').map(({ code }) => code);
}

t.test('from nothing to a guarded repository', async (t) => {
  const made = vpr('host', 'init', "a host's");
  t.equal(made.status, 0, made.stderr);
  t.match(made.stdout, `made a host in ${host}`);
  t.match(made.stdout, `vpr host add '${host.replace("'", "'\\''")}' coordination`, 'what to type next, ready to be pasted');
  appendFileSync(join(host, 'vpr.yaml'), '# mine\n');
  t.match(vpr('host', 'init', host), { status: 0, stdout: /is a host already: nothing was changed/ });
  t.match(readFileSync(join(host, 'vpr.yaml'), 'utf8'), /# mine\n$/);

  t.match(vpr('host', 'list', host), { status: 0, stdout: /no records yet/ });
  const added = vpr('host', 'add', host, 'coordination', '--id', ID, '--json');
  t.equal(added.status, 0, added.stderr);
  const { path } = JSON.parse(added.stdout) as { path: string };
  t.match(vpr('host', 'list', host), { status: 0, stdout: `coordination  ${ID}  ${path}` });
  t.match(vpr('host', 'add', host, 'coordination', '--id', ID), {
    status: 2,
    stderr: /^error host\/registered: .*\n {2}help: vpr host list /,
  });

  t.match(vpr('doctor', host), { status: 0, stdout: /note trusts-nobody[\s\S]*looked at 1 repository: nothing stops this host/ });
  chmodSync(join(path, 'hooks/pre-receive'), 0o644);
  const sick = vpr('doctor', host);
  t.equal(sick.status, 1);
  t.match(sick.stdout, /fault hook-not-executable {2}.*\n.*git passes over it without a word\n {2}help: vpr hooks install /);
  t.match(vpr('hooks', 'install', path), { status: 0, stdout: /hooked in: / });
  t.same(codes(), []);
  rmSync(join(host, 'hooks'), { recursive: true });
  t.equal(vpr('doctor', host).status, 1);
  t.equal(vpr('hooks', 'install', '--host', host).status, 0);
  t.same(codes(), []);
});

t.test('a bare repository that was there before', async (t) => {
  git(directory, 'init', '--quiet', '--bare', 'there.git');
  const hooked = vpr('hooks', 'install', '--host', host, 'there.git');
  t.equal(hooked.status, 0, hooked.stderr);
  t.match(hooked.stdout, /every push to it is refused: there\.git\n/);
  t.match(hooked.stdout, / {2}vpr host add '.*' coordination --repository there\.git\n/);
  const added = vpr('host', 'add', host, 'coordination', '--repository', 'there.git', '--json');
  const { id } = JSON.parse(added.stdout) as { id: string };
  t.notMatch(vpr('hooks', 'install', '--host', host, 'there.git').stdout, /refused/);
  t.ok(codes().includes('config-weak'), 'its configuration is still its own');

  const entry = shardedPath(hostPaths(host).registry, id);
  writeFileSync(entry, '{');
  const { status, stdout } = vpr('hooks', 'install', '--host', host);
  t.equal(status, 1, 'one damaged entry is said');
  t.match(stdout, /hooked in: [\s\S]*not hooked in: the registry's entry for \S+ is damaged/, 'and keeps no other from its hook');
  for (const path of [entry, join(directory, 'there.git')]) rmSync(path, { recursive: true });
});

t.test('policies that do not guard', async (t) => {
  const policy = join(host, 'vpr.yaml');
  const good = readFileSync(policy, 'utf8');
  writeFileSync(policy, good.replace(/^rules: .*$/m, 'rules: { thread/append-only: off, commit/signature: warn, commit/time: warn }'));
  const { status, stdout } = vpr('doctor', host);
  t.equal(status, 1);
  t.match(stdout, /fault rule-off\n {2}the rule thread\/append-only is off, which protects history itself/);
  t.match(stdout, /fault rule-warns\n {2}the rule commit\/signature only warns, which protects history itself/);
  t.match(stdout, /note rule-warns\n {2}the rule commit\/time only warns/);
  writeFileSync(policy, good.replace(/^roots: .*$/m, 'roots: [{ file: trust/x.crt, authorities: [{ name: GMC, class: clinician }] }]'));
  t.match(vpr('doctor', host), { status: 1, stdout: /fault trust-faulty\n.*trust\/x\.crt: no such file.*: every push is refused/ });
  writeFileSync(policy, `${good}surprise: 1\n`);
  t.match(vpr('doctor', host), { status: 1, stdout: /fault policy-faulty\n.*surprise/ });
  writeFileSync(policy, good);
});

t.test('what cannot be done ends with 2 and says what can', async (t) => {
  writeFileSync(join(directory, 'notes.txt'), '');
  git(directory, 'init', '--quiet', '--bare', 'bare.git');
  for (const [args, says] of [
    [['host', 'init', '.'], /^error host\/not-empty: /],
    [['host', 'init', '/proc/nowhere'], /^error (?:ENOENT|EACCES|EPERM|EROFS): /],
    [['host', 'add', 'nowhere', 'coordination'], /^error host\/not-a-host: .*\n.*\n {2}help: or make a new host: vpr host init nowhere/],
    [['host', 'add', host, 'clinical'], /^error host\/kind: there are no rules yet for clinical records/],
    [['host', 'add', host, 'diary'], /Expected diary to be one of: coordination/],
    [['host', 'add', host, 'coordination', '--id', `${ID}x`], /^error host\/id: /],
    [['host', 'add', host], /Missing 1 required arg/],
    [['host', 'add', host, 'coordination', '--force'], /Nonexistent flag: --force/],
    [['hooks', 'install'], /^error hooks\/which-host: which repositories\?/],
    [['hooks', 'install', 'bare.git'], /^error hooks\/which-host: bare\.git lies in no host\n {2}help: vpr hooks install --host DIR/],
    [['hooks', 'install', '--host', host, 'notes.txt'], /^error hooks\/not-a-repository: /],
    [['doctor', directory], /^error host\/not-a-host: /],
    [['doctor'], /Missing 1 required arg/],
    [['host', 'nonsense'], /not found/],
  ] as const) {
    const { status, stderr } = vpr(...args);
    t.equal(status, 2, args.join(' '));
    t.match(stderr, says);
  }
  const { status, stdout } = vpr('doctor', directory, '--json');
  t.equal(status, 2);
  t.match(JSON.parse(stdout), { error: { code: 'host/not-a-host', help: [/vpr\.yaml/] } });
});

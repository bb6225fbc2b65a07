import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import t from 'tap';
import { issueCertificate } from '../../src/records/issue.js';
import { vpr } from '../commands/support.js';
import { makeWorld, run } from './support.js';

t.test('vpr setup --global: every repository signs, and a clone inherits what it must not copy', async (t) => {
  const world = await makeWorld(t);
  const { jane, tom } = world.people;
  const home = join(world.directory, 'home');
  const global = join(world.directory, 'gitconfig');
  const env = { HOME: home, XDG_CONFIG_HOME: join(home, 'config'), GIT_CONFIG_GLOBAL: global };
  Object.assign(process.env, env);
  const setup = (directory: string, ...args: string[]) => vpr(directory, ['setup', ...args], '', env);
  const pair = ({ certificate, key }: typeof jane) => ['--certificate', certificate, '--key', key];

  const done = setup(world.directory, '--global', ...pair(jane), '--trust', world.trust);
  t.match(done, { status: 0, stdout: /set {4}gpg\.format = x509[\s\S]*warning: every repository of yours signs/ });
  t.ok(existsSync(join(home, 'config/vpr/vpr-sign')));
  t.match(setup(world.directory, '--global', '--in', '.'), { status: 2 }, 'one or the other');
  const homeless = ['-u', 'HOME', '-u', 'XDG_CONFIG_HOME', '-u', 'GIT_CONFIG_GLOBAL', process.execPath, resolve('bin/vpr.js')];
  t.throws(() => run(world.directory, 'env', ...homeless, 'setup', '--global', ...pair(jane)), /setup\/config[\s\S]*help: set HOME/);

  const plain = join(world.directory, 'plain');
  run(world.directory, 'git', 'init', '--quiet', '--initial-branch=main', plain);
  run(plain, 'git', 'commit', '--quiet', '--allow-empty', '-m', 'x');
  t.match(run(plain, 'git', 'cat-file', 'commit', 'HEAD'), /^gpgsig -----BEGIN SIGNED MESSAGE-----$/m);
  t.equal(run(plain, 'git', 'log', '-1', '--format=%G? %GS'), 'G Dr Jane Smith');
  t.equal(existsSync(join(plain, '.git/hooks/prepare-commit-msg')), false, 'only a record has the hook');

  const clone = join(world.directory, 'clone');
  run(world.directory, 'git', 'clone', '--quiet', world.bare, clone);
  t.match(setup(clone, '--care-location', 'Oxford'), { status: 0 });
  const own = readFileSync(join(clone, '.git/config'), 'utf8');
  t.notMatch(own, /certificate|signingkey/i, 'nothing that grows old is copied');
  t.match(own, /careLocation = Oxford[\s\S]*/);
  run(clone, 'git', 'commit', '--quiet', '--allow-empty', '-m', 'coordination:update: x');
  t.match(run(clone, 'git', 'log', '-1', '--format=%G? %B'), /^G [\s\S]*Author-Role: Clinician\nAuthor-Registration: GMC 1234567/);

  t.match(setup(world.directory, '--global', ...pair(tom)), { status: 0 });
  run(clone, 'git', 'commit', '--quiet', '--allow-empty', '-m', 'coordination:update: y');
  t.equal(run(clone, 'git', 'log', '-1', '--format=%G? %an'), 'G Dr Tom Brown', 'another certificate counts in every clone at once');
  for (const [key, value] of [
    ['commit.gpgSign', 'false'],
    ['user.name', 'Somebody'],
  ] as const) {
    run(clone, 'git', 'config', key, value);
    const mended = new RegExp(`warning: ${key} is ${value} in .*mend it: git config --local --unset-all ${key}`);
    t.match(setup(clone), { status: 0, stdout: mended }, 'what the clone has of its own');
    run(clone, 'git', 'config', '--unset-all', key);
  }
  writeFileSync(global, `${readFileSync(global, 'utf8')}[user]\n\tname = Somebody\n`);
  t.throws(() => run(clone, 'git', 'commit', '--quiet', '--allow-empty', '-m', 'coordination:update: z'));
});

t.test("a clone of somebody else than the user's own configuration says", async (t) => {
  const world = await makeWorld(t);
  const { jane, tom } = world.people;
  const home = join(world.directory, 'home');
  const env = { HOME: home, XDG_CONFIG_HOME: join(home, 'config'), GIT_CONFIG_GLOBAL: join(world.directory, 'gitconfig') };
  Object.assign(process.env, env);
  const pair = ({ certificate, key }: Pick<typeof jane, 'certificate' | 'key'>) => ['--certificate', certificate, '--key', key];
  t.match(vpr(world.directory, ['setup', '--global', ...pair(jane), '--trust', world.trust], '', env), { status: 0 });
  const clone = join(world.directory, 'clone of Tom');
  run(world.directory, 'git', 'clone', '--quiet', world.bare, clone);
  t.match(vpr(clone, ['setup', ...pair(tom), '--care-location', 'Oxford'], '', env), { status: 0 });
  t.match(vpr(clone, ['init', 'coordination', '.'], '', env), { status: 0 });
  run(clone, 'git', 'commit', '--quiet', '--allow-empty', '-m', 'coordination:update: x');
  const registered = () => run(clone, 'git', 'log', '-1', '--format=%(trailers:key=Author-Registration,valueonly)').trim();
  t.equal(registered(), 'GMC 7654321', 'of the registrations those of the signer alone');

  const ca = join(world.directory, 'ca');
  const registration = { authority: 'GMC', number: '5555555' };
  const ann = await issueCertificate({
    authority: ca,
    name: 'Dr Ann Lee',
    registration,
    further: [],
    email: 'ann@example.org',
    days: 9,
    out: ca,
  });
  t.match(vpr(clone, ['setup', ...pair(ann)], '', env), { status: 0, stdout: /the certificate has no participant id/ });
  const thread = vpr(clone, ['thread', 'create', '--message', 'Hello.'], '', env);
  t.match(thread, { status: 2, stderr: /writer\/no-id/ }, "nobody's message is written in another's name");
});

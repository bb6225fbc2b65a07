import { chmodSync, existsSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { beginCoordination } from '../../src/records/init-coordination.js';
import { issueCertificate } from '../../src/records/issue.js';
import { setUp } from '../../src/records/setup.js';
import { openWriter } from '../../src/records/writer.js';
import { KNOWN_RULES } from '../../src/validators/index.js';
import { makeWorld, run } from './support.js';

t.test('everything that is said to be set is set, in the clone alone, and again changes nothing', async (t) => {
  const world = await makeWorld(t);
  const clone = await world.clone('jane', 'jane');
  const config = readFileSync(join(clone, '.git/config'), 'utf8');
  const attributes = readFileSync(join(clone, '.git/info/attributes'), 'utf8');
  const again = await setUp({ directory: clone, rules: KNOWN_RULES });
  t.strictSame(again.warnings, []);
  t.strictSame(again.changed, []);
  t.equal(readFileSync(join(clone, '.git/config'), 'utf8'), config);
  t.equal(readFileSync(join(clone, '.git/info/attributes'), 'utf8'), attributes);
  for (const [key, ...values] of again.settings) t.equal(run(clone, 'git', 'config', '--local', '--get-all', key), values.join('\n'), key);
  for (const file of again.files) t.ok(existsSync(file), file);
  t.equal(run(clone, 'git', 'config', 'user.name'), 'Dr Jane Smith');
  t.equal(run(clone, 'git', 'config', 'vpr.role'), 'Clinician', "the role is what the host's policy says of the authority");
  t.equal(run(clone, 'git', 'check-attr', 'merge', 'communications/x/thread.md'), 'communications/x/thread.md: merge: vpr-thread');
  t.equal(statSync(join(clone, '.git/hooks/prepare-commit-msg')).mode & 0o111, 0o111);

  const { changed } = await setUp({ directory: clone, role: 'Consultant', encoding: 'container', rules: KNOWN_RULES });
  t.strictSame(changed, [
    ['vpr.role', 'Consultant'],
    ['vpr.encoding', 'container'],
  ]);
  t.equal(run(clone, 'git', 'config', 'vpr.role'), 'Consultant');
  t.equal(run(clone, 'git', 'config', 'vpr.encoding'), 'container');
  t.equal(run(clone, 'git', 'config', 'vpr.careLocation'), 'Oxford University Hospitals');
});

t.test("another certificate takes nothing over from the former one's holder", async (t) => {
  const world = await makeWorld(t);
  const clone = await world.clone('jane', 'jane');
  const plain = await issueCertificate({
    authority: join(world.directory, 'ca'),
    name: 'Dr Una Plain',
    registration: { authority: 'GMC', number: '5' },
    further: [],
    days: 10,
    out: world.directory,
  });
  const { warnings } = await setUp({ directory: clone, certificate: plain.certificate, key: plain.key, rules: KNOWN_RULES });
  t.match(warnings, [/no participant id/]);
  t.equal(run(clone, 'git', 'config', 'user.name'), 'Dr Una Plain');
  t.equal(run(clone, 'git', 'config', 'user.email'), 'jane.smith@example.org', 'where the certificate has no e-mail, git keeps its own');
  t.equal(run(clone, 'git', 'config', '--get-all', 'vpr.registration'), 'GMC 5');
  t.throws(() => run(clone, 'git', 'config', 'vpr.participantid'), 'the id is gone');
});

t.test('what is in the way is said, with what mends it', async (t) => {
  const world = await makeWorld(t);
  const clone = await world.clone('jane', 'jane');
  const { certificate, key } = world.people.jane;
  const warnings = async () => (await setUp({ directory: clone, rules: KNOWN_RULES })).warnings;

  run(clone, 'git', 'config', 'core.hooksPath', '/etc/hooks');
  t.match(await warnings(), [/core\.hooksPath is \/etc\/hooks: [\s\S]*git config --local core\.hooksPath .*\.git\/hooks$/]);
  run(clone, 'git', 'config', '--unset', 'core.hooksPath');
  run(clone, 'git', 'config', 'author.name', 'Jane');
  t.match(await warnings(), [/author\.name is Jane [\s\S]*git config --local author\.name 'Dr Jane Smith'/]);
  run(clone, 'git', 'config', '--unset', 'author.name');
  run(clone, 'git', 'config', 'commit.template', '/etc/template');
  t.match(await warnings(), [/commit\.template is \/etc\/template: .*git config --local commit\.template \/dev\/null$/]);
  run(clone, 'git', 'config', '--unset', 'commit.template');
  chmodSync(key, 0o644);
  t.match(await warnings(), [/chmod 600/]);
  chmodSync(key, 0o600);

  const hook = join(clone, '.git/hooks/prepare-commit-msg');
  writeFileSync(hook, "#!/bin/sh\n# somebody else's\n");
  t.match(await warnings(), [/is not vpr's and stays as it is; add this line to it/]);
  t.match(readFileSync(hook, 'utf8'), /somebody else/);
  t.ok(existsSync(join(clone, '.git/vpr/prepare-commit-msg')));

  const bare = join(world.directory, 'plain');
  run(world.directory, 'git', 'clone', '--quiet', world.bare, bare);
  t.match((await setUp({ directory: bare, rules: KNOWN_RULES })).warnings, [/will not be signed/, /trust bundle is not here/]);
  t.match((await setUp({ directory: bare, certificate, key, rules: KNOWN_RULES })).warnings, [
    /Author-Role is not known/,
    /Care-Location is not known/,
    /trust bundle/,
  ]);
});

t.test('a clone that was checked out with CRLF has the lines of the record afterwards', async (t) => {
  const world = await makeWorld(t);
  const jane = await world.clone('jane', 'jane');
  const { certificate, key } = world.people.jane;
  beginCoordination(openWriter(jane), {});
  run(jane, 'git', 'push', '--quiet');
  const clone = join(world.directory, 'crlf');
  run(world.directory, 'git', 'clone', '--quiet', '--config', 'core.autocrlf=true', world.bare, clone);
  const file = join(clone, 'COORDINATION_STATUS.yaml');
  t.match(readFileSync(file, 'utf8'), /\r\n/);
  const setup = () => setUp({ directory: clone, certificate, key, careLocation: 'Ward', trust: world.trust, rules: KNOWN_RULES });

  const crlf = readFileSync(file, 'utf8');
  writeFileSync(file, crlf.replace('active', 'closed'));
  t.match((await setup()).warnings, [/2 files here have line ends \(CRLF\).* commit or drop these, then run vpr setup again/]);
  t.match(readFileSync(file, 'utf8'), /closed[^\n]*\r\n/, 'what somebody wrote stays');

  writeFileSync(file, crlf);
  t.strictSame((await setup()).warnings, []);
  t.equal(readFileSync(file, 'utf8'), crlf.replaceAll('\r\n', '\n'));
  t.equal(run(clone, 'git', 'status', '--porcelain'), '');
});

t.test('what cannot be is refused before anything is changed', async (t) => {
  const world = await makeWorld(t);
  const clone = join(world.directory, 'plain');
  run(world.directory, 'git', 'clone', '--quiet', world.bare, clone);
  const config = readFileSync(join(clone, '.git/config'), 'utf8');
  const { jane, tom } = world.people;
  const attempt = (input: object) => () => setUp({ directory: clone, rules: KNOWN_RULES, ...input });
  await t.rejects(attempt({ certificate: jane.certificate }), { code: 'setup/pair' });
  await t.rejects(attempt({ certificate: jane.certificate, key: tom.key }), { code: 'key/other' });
  await t.rejects(attempt({ certificate: jane.key, key: jane.key }), { code: 'certificate/unreadable' });
  await t.rejects(attempt({ certificate: jane.certificate, key: jane.certificate }), { code: 'key/unreadable' });
  await t.rejects(attempt({ trust: jane.certificate }), { code: 'trust/unreadable', message: /not JSON/ });
  await t.rejects(attempt({ trust: join(world.directory, 'none') }), { code: 'file/missing' });
  await t.rejects(attempt({ certificate: jane.certificate, key: jane.key, role: ' x' }), { code: 'setup/line' });
  await t.rejects(attempt({ certificate: jane.certificate, key: jane.key, email: 'x@example.org' }), {
    code: 'setup/email',
    help: ['--email jane.smith@example.org'],
  });
  await t.rejects(attempt({ directory: world.bare }), { code: 'clone/bare' });
  run(world.directory, 'openssl', 'genpkey', '-algorithm', 'RSA', '-out', 'rsa.key');
  await t.rejects(attempt({ certificate: jane.certificate, key: join(world.directory, 'rsa.key') }), { code: 'key/kind' });
  t.equal(readFileSync(join(clone, '.git/config'), 'utf8'), config);
  t.notOk(existsSync(join(clone, '.git/vpr')));
});

t.test('what git takes rather than what was set is said, with what mends it', async (t) => {
  const world = await makeWorld(t);
  const clone = await world.clone('jane', 'jane');
  const again = async () => (await setUp({ directory: clone, rules: KNOWN_RULES })).warnings;
  t.strictSame(await again(), []);
  run(clone, 'git', 'config', 'extensions.worktreeConfig', 'true');
  run(clone, 'git', 'config', '--worktree', 'commit.gpgSign', 'false');
  t.match(await again(), [
    /^commit\.gpgSign is false in .*config\.worktree, .*mend it: git config --worktree --unset-all commit\.gpgSign$/,
  ]);
  run(clone, 'git', 'config', '--worktree', '--unset-all', 'commit.gpgSign');
  writeFileSync(join(clone, '.git/more'), '[gpg]\n\tformat = openpgp\n[user]\n\tname = Somebody\n');
  run(clone, 'git', 'config', 'include.path', 'more');
  t.match(await again(), [/^gpg\.format is openpgp in .*more, .*take it out of .*more/, /^user\.name is Somebody /]);
  run(clone, 'git', 'config', '--unset-all', 'include.path');
  t.strictSame(await again(), []);
});

t.test('a clone that was moved is set up again as it was', async (t) => {
  const world = await makeWorld(t);
  const clone = join(world.directory, 'moved');
  renameSync(await world.clone('jane', 'jane'), clone);
  const { warnings } = await setUp({ directory: clone, rules: KNOWN_RULES });
  t.strictSame(warnings, []);
  t.equal(run(clone, 'git', 'config', 'vpr.trust'), join(clone, '.git/vpr/trust.json'));
  run(clone, 'git', 'commit', '--quiet', '--allow-empty', '-m', 'coordination:update: x');
  t.equal(run(clone, 'git', 'log', '-1', '--format=%G?'), 'G');
  rmSync(join(clone, '.git/vpr/trust.json'));
  await t.rejects(setUp({ directory: clone, rules: KNOWN_RULES }), { code: 'file/missing', help: [/--trust FILE/] });
});

t.test('certificates in a file: each once, the signer first, and no more than a host takes', async (t) => {
  const world = await makeWorld(t);
  const clone = await world.clone('jane', 'jane');
  const { certificate, key } = world.people.jane;
  const file = join(world.directory, 'several.crt');
  const set = (...parts: string[]) => {
    writeFileSync(file, parts.map((part) => readFileSync(part, 'utf8')).join(''));
    return setUp({ directory: clone, certificate: file, key, rules: KNOWN_RULES });
  };
  const root = join(world.directory, 'ca/authority.crt');
  t.strictSame((await set(certificate, root, certificate)).warnings, []);
  run(clone, 'git', 'commit', '--quiet', '--allow-empty', '-m', 'coordination:update: x');
  t.equal(run(clone, 'git', 'log', '-1', '--format=%G?'), 'G');
  t.match((await set(certificate, world.people.tom.certificate)).warnings, [/would refuse .*carries the certificate .*does not need/]);
  await t.rejects(set(root, certificate), { code: 'certificate/unreadable', help: [/own certificate first in that file/] });
});

t.test('a configuration that git cannot write, and a path that git cannot be told, are said in words', async (t) => {
  const world = await makeWorld(t);
  const clone = join(world.directory, 'plain');
  run(world.directory, 'git', 'clone', '--quiet', world.bare, clone);
  writeFileSync(join(clone, '.git/config.lock'), '');
  const help = [/writable/, /remove the \.lock/, /vpr setup/];
  await t.rejects(setUp({ directory: clone, rules: KNOWN_RULES }), { code: 'setup/config', message: /could not lock config file/, help });
  const broken = join(world.directory, 'two\nlines');
  run(world.directory, 'git', 'clone', '--quiet', world.bare, broken);
  await t.rejects(setUp({ directory: broken, rules: KNOWN_RULES }), { code: 'clone/path', message: /line break/ });
});

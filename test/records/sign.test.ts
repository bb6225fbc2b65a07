import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { loadCertificate, loadCredentials, signingFaults } from '../../src/records/credentials.js';
import { beginCoordination } from '../../src/records/init-coordination.js';
import { issueCertificate } from '../../src/records/issue.js';
import { setUp } from '../../src/records/setup.js';
import { openWriter } from '../../src/records/writer.js';
import { KNOWN_RULES } from '../../src/validators/index.js';
import { makeWorld, RECORD, run } from './support.js';

/** A commit made with plain git, and what was said on its way. */
function commit(clone: string, ...args: string[]) {
  const { status, stderr, stdout } = spawnSync('git', ['commit', '--quiet', '--allow-empty', ...args], { cwd: clone, encoding: 'utf8' });
  return { status, said: stderr + stdout };
}

/** What the signing program itself says of a commit that git could not sign: git 2.39 keeps it to itself. */
function refusal(clone: string, author: string, committer = author) {
  const tree = run(clone, 'git', 'write-tree');
  const payload = `tree ${tree}\nauthor ${author} 1700000000 +0000\ncommitter ${committer} 1700000000 +0000\n\nx\n`;
  const key = run(clone, 'git', 'config', 'user.signingkey');
  const { status, stderr } = spawnSync(run(clone, 'git', 'config', 'gpg.x509.program'), ['--status-fd=2', '-bsau', key], {
    cwd: clone,
    input: payload,
    encoding: 'utf8',
  });
  return { status, stderr };
}

t.test('plain git commit signs, fills in the trailers, and is accepted', async (t) => {
  const world = await makeWorld(t);
  const clone = await world.clone('jane', 'jane');
  beginCoordination(openWriter(clone), { id: RECORD });
  writeFileSync(
    join(clone, 'COORDINATION_STATUS.yaml'),
    readFileSync(join(clone, 'COORDINATION_STATUS.yaml'), 'utf8').replace('record_queryable: true ', 'record_queryable: false'),
  );
  t.strictSame(commit(clone, '-a', '-m', 'coordination:update: Not for queries'), { status: 0, said: '' });
  t.equal(
    run(clone, 'git', 'log', '-1', '--format=%B'),
    'coordination:update: Not for queries\n\nAuthor-Name: Dr Jane Smith\nAuthor-Role: Clinician\nAuthor-Registration: GMC 1234567\nCare-Location: Oxford University Hospitals',
  );
  t.match(run(clone, 'git', 'log', '-1', '--format=%G? %GS %GK'), /^G Dr Jane Smith [0-9a-f]{64}$/);
  run(clone, 'git', 'verify-commit', 'HEAD', 'HEAD~1');
  run(clone, 'git', 'push', '--quiet');
  t.strictSame((await world.judge()).verdict.problems, []);

  const raw = execFileSync('git', ['cat-file', 'commit', 'HEAD'], { cwd: clone, encoding: 'latin1' });
  t.match(raw, /gpgsig -----BEGIN SIGNED MESSAGE-----/);
  const payload = raw.replace(/^gpgsig .*\n(?: .*\n)*/m, '');
  const signature = (/^gpgsig (.*\n(?: .*\n)*)/m.exec(raw)?.[1] ?? '').replace(/^ /gm, '').replaceAll('SIGNED MESSAGE', 'CMS');
  writeFileSync(join(world.directory, 'payload'), payload, 'latin1');
  writeFileSync(join(world.directory, 'signature'), signature);
  t.doesNotThrow(
    () =>
      run(
        world.directory,
        'openssl',
        'cms',
        '-verify',
        '-binary',
        '-inform',
        'PEM',
        '-in',
        'signature',
        '-content',
        'payload',
        '-CAfile',
        'ca/authority.crt',
        '-purpose',
        'any',
        '-out',
        'out',
      ),
    'openssl verifies the same signature',
  );
});

t.test('the repository is the one git says, wherever it lies', async (t) => {
  const world = await makeWorld(t);
  const clone = await world.clone('jane', 'jane');
  const apart = join(world.directory, 'apart.git');
  renameSync(join(clone, '.git'), apart);
  run(world.directory, 'git', `--git-dir=${apart}`, 'config', 'gpg.x509.program', join(apart, 'vpr', 'vpr-sign'));
  run(
    world.directory,
    'git',
    `--git-dir=${apart}`,
    `--work-tree=${clone}`,
    'commit',
    '--quiet',
    '--allow-empty',
    '-m',
    'coordination:update: x',
  );
  t.match(run(world.directory, 'git', `--git-dir=${apart}`, 'cat-file', 'commit', 'HEAD'), /^gpgsig -----BEGIN SIGNED MESSAGE-----$/m);
});

t.test('git is told what a signature is worth', async (t) => {
  const world = await makeWorld(t);
  const clone = await world.clone('jane', 'jane');
  beginCoordination(openWriter(clone), { id: RECORD });
  const verify = () => spawnSync('git', ['verify-commit', 'HEAD'], { cwd: clone, encoding: 'utf8' });
  t.match(verify(), { status: 0, stderr: /good signature of Dr Jane Smith, clinician \(GMC 1234567\)/ });

  run(clone, 'git', 'config', '--unset', 'vpr.trust');
  t.match(verify(), { status: 1, stderr: /whose roots to trust is not known: vpr setup --trust FILE/ });
  t.equal(run(clone, 'git', 'log', '-1', '--format=%G?'), 'U');

  run(clone, 'git', 'config', 'vpr.trust', join(clone, '.git/vpr/trust.json'));
  const bytes = execFileSync('git', ['cat-file', 'commit', 'HEAD'], { cwd: clone, encoding: 'latin1' });
  const changed = execFileSync('git', ['hash-object', '-w', '-t', 'commit', '--stdin'], {
    cwd: clone,
    input: Buffer.from(bytes.replace('Created', 'Treated'), 'latin1'),
    encoding: 'utf8',
  }).trim();
  t.equal(run(clone, 'git', 'log', '-1', '--format=%G?', changed), 'B');
  t.equal(spawnSync('git', ['verify-commit', changed], { cwd: clone }).status, 1);
});

t.test('the trailers: kept where given, put below a subject still to come, never twice', async (t) => {
  const world = await makeWorld(t);
  const clone = await world.clone('jane', 'jane');
  const message = () => run(clone, 'git', 'log', '-1', '--format=%B');
  commit(clone, '-m', 'coordination:update: A', '-m', 'Care-Location: Elsewhere');
  t.equal(
    message(),
    'coordination:update: A\n\nCare-Location: Elsewhere\nAuthor-Name: Dr Jane Smith\nAuthor-Role: Clinician\nAuthor-Registration: GMC 1234567',
  );
  const before = message();
  commit(clone, '--amend', '--no-edit');
  t.equal(message(), before, 'amending adds nothing');
  writeFileSync(join(world.directory, 'message'), 'coordination:update: From a file');
  commit(clone, '-F', join(world.directory, 'message'));
  t.match(message(), /^coordination:update: From a file\n\nAuthor-Name: Dr Jane Smith\n/);

  const editor = join(world.directory, 'editor');
  writeFileSync(editor, '#!/bin/sh\ncp "$1" "$0.seen"\nsed -i "1s/^/coordination:update: Typed/" "$1"\n', { mode: 0o755 });
  spawnSync('git', ['commit', '--quiet', '--allow-empty', '--verbose'], { cwd: clone, env: { ...process.env, GIT_EDITOR: editor } });
  t.match(message(), /^coordination:update: Typed\n\nAuthor-Name: Dr Jane Smith\nAuthor-Role: Clinician\n/);
  t.match(readFileSync(`${editor}.seen`, 'utf8'), /^\n\nAuthor-Name: [\s\S]*\n# Please enter the commit message/, 'the comments stay');

  for (const key of ['name', 'role', 'careLocation']) run(clone, 'git', 'config', '--unset', `vpr.${key}`);
  const { status, said } = commit(clone, '-m', 'x');
  t.equal(status, 0, 'a clone that is not set up can still commit');
  t.match(said, /vpr: this clone is not set up for records, so no trailers were filled in: vpr setup/);
});

t.test('what would not be accepted is not signed, and it says how to mend it', async (t) => {
  const world = await makeWorld(t);
  const clone = await world.clone('jane', 'jane');
  const jane = 'Dr Jane Smith <jane.smith@example.org>';
  t.match(refusal(clone, jane), { status: 0, stderr: /SIG_CREATED D 1 8 00 \d+ [0-9a-f]{64}\n$/ });
  t.match(refusal(clone, 'Jane <jane.smith@example.org>', jane), {
    status: 1,
    stderr:
      /the commit's author is "Jane", the certificate's holder is "Dr Jane Smith"\n {2}help: git config user\.name 'Dr Jane Smith'\n {2}help: .*without --author/,
  });
  t.match(refusal(clone, jane, 'Dr Jane Smith <jane@home.example>'), {
    status: 1,
    stderr: /committer's e-mail is "jane@home\.example"[\s\S]*git config user\.email jane\.smith@example\.org/,
  });
  t.match(
    refusal(clone, 'Dr Jane Smith. <jane.smith@EXAMPLE.ORG>', jane),
    { status: 0 },
    'compared as Git writes names, and domains without case',
  );

  const { status, said } = commit(clone, '-m', 'x', '--author', 'Jane <jane.smith@example.org>');
  t.equal(status, 128);
  t.match(
    said,
    /vpr: the commit's author is Jane, the certificate's holder is Dr Jane Smith: git config user\.name/,
    'said by the hook, since git is silent',
  );

  run(clone, 'git', 'config', 'user.signingkey', 'ABCD');
  t.match(refusal(clone, jane), { status: 1, stderr: /git asks for the key "ABCD"/ });
  run(clone, 'git', 'config', 'user.signingkey', world.people.jane.certificate);
  run(clone, 'git', 'config', 'vpr.key', world.people.tom.key);
  t.match(refusal(clone, jane), { status: 1, stderr: /is not the key of the certificate/ });
  run(clone, 'git', 'config', 'vpr.key', '/nonexistent');
  t.match(refusal(clone, jane), { status: 1, stderr: /the private key: there is no file \/nonexistent/ });
  t.throws(() => openWriter(clone), { code: 'file/missing' }, 'the writers say the same before they start');
});

t.test('an expired certificate signs nothing', async (t) => {
  const world = await makeWorld(t);
  const old = await issueCertificate({
    authority: join(world.directory, 'ca'),
    name: 'Dr Jane Smith',
    registration: { authority: 'GMC', number: '1234567' },
    further: [],
    email: 'jane.smith@example.org',
    participant: world.people.jane.participantId,
    days: 1,
    out: join(world.directory, 'old'),
  });
  const clone = await world.clone('jane', 'jane');
  await setUp({ directory: clone, certificate: old.certificate, key: old.key, rules: KNOWN_RULES });
  t.throws(() => openWriter(clone, new Date(Date.now() + 2 * 86_400_000)), {
    code: 'writer/refused',
    message: /the certificate expired on/,
    help: ['get a new one, then: vpr setup --certificate FILE --key FILE'],
  });
  run(clone, 'git', 'config', 'vpr.expires', '1');
  t.match(commit(clone, '-m', 'x').said, /Dr Jane Smith's certificate has expired/);
});

t.test('what a host would refuse is said at the commit: not valid yet, not for signing, another key', async (t) => {
  const world = await makeWorld(t);
  const clone = await world.clone('jane', 'jane');
  const { jane, tom } = world.people;
  const { chain, identity } = loadCertificate(jane.certificate);
  const idents = [{ role: 'author' as const, name: 'Dr Jane Smith', email: 'jane.smith@example.org' }];
  t.strictSame(signingFaults(chain[0], identity, idents, new Date()), []);
  t.match(signingFaults(chain[0], identity, idents, new Date('2020-01-01')), [
    { message: /not valid before 20/, help: [/set your clock right, or wait/] },
  ]);
  t.match(signingFaults(chain[0], identity, idents, new Date('2100-01-01')), [{ message: /expired on/, help: [/get a new one/] }]);
  t.match(signingFaults({ ...chain[0], keyUsage: ['digitalSignature'] }, identity, idents, new Date()), [
    { message: /keyUsage lacks nonRepudiation/ },
  ]);
  t.throws(() => loadCredentials(jane.certificate, tom.key), { code: 'key/other', help: [/--certificate FILE --key FILE/] });

  run(clone, 'git', 'config', 'vpr.key', tom.key);
  const { status } = commit(clone, '-m', 'coordination:update: x');
  t.equal(status, 128, 'git commits nothing');
  t.throws(() => run(clone, 'git', 'rev-parse', '--verify', '--quiet', 'HEAD'));
});

t.test('the container encoding, when told', async (t) => {
  const world = await makeWorld(t);
  const clone = await world.clone('jane', 'jane', 'container');
  beginCoordination(openWriter(clone), { id: RECORD });
  const raw = run(clone, 'git', 'cat-file', 'commit', 'HEAD');
  const [, signature = ''] = /^gpgsig (\S+)$/m.exec(raw) ?? [];
  t.strictSame(Object.keys(JSON.parse(Buffer.from(signature, 'base64').toString('utf8'))), ['signature', 'public_key', 'certificate']);
  run(clone, 'git', 'push', '--quiet');
  t.strictSame((await world.judge()).verdict.problems, []);
});

t.test('a program that has gone says so', async (t) => {
  const world = await makeWorld(t);
  const clone = await world.clone('jane', 'jane');
  const launcher = run(clone, 'git', 'config', 'gpg.x509.program');
  writeFileSync(launcher, readFileSync(launcher, 'utf8').replace(/^script=.*$/m, "script='/nowhere/vpr-sign.cjs'"));
  t.match(refusal(clone, 'x <y>'), {
    status: 1,
    stderr: /vpr is gone from \/nowhere\/vpr-sign\.cjs: install it again, then run vpr setup/,
  });
  run(clone, 'git', 'config', 'vpr.program', '/nowhere/vpr-sign.cjs');
  t.match(commit(clone, '-m', 'x').said, /vpr is gone from \/nowhere/);
  renameSync(launcher, `${launcher}.old`);
  t.not(commit(clone, '-m', 'x').status, 0);
});

import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { loadCredentials } from '../../src/records/credentials.js';
import { beginCoordination } from '../../src/records/init-coordination.js';
import { setUp } from '../../src/records/setup.js';
import { openWriter } from '../../src/records/writer.js';
import { signPayload, withSignature } from '../../src/trust/index.js';
import { KNOWN_RULES } from '../../src/validators/index.js';
import { needsProgram } from '../trust/support/shared.js';
import { makeWorld, RECORD, run } from './support.js';

t.test("git calls no signature good that stands under another's name", async (t) => {
  const world = await makeWorld(t);
  const clone = await world.clone('jane', 'jane');
  beginCoordination(openWriter(clone), { id: RECORD });
  const { chain, key } = loadCredentials(world.people.jane.certificate, world.people.jane.key);
  const worth = (author: string, committer: string) => {
    const tree = run(clone, 'git', 'rev-parse', 'HEAD^{tree}');
    const time = `${Math.floor(Date.now() / 1000)} +0000`;
    const payload = Buffer.from(`tree ${tree}\nauthor ${author} ${time}\ncommitter ${committer} ${time}\n\nx\n`);
    writeFileSync(join(clone, '.git/commit'), withSignature(payload, signPayload(payload, key, chain, 'cms')));
    return run(clone, 'git', 'log', '-1', '--format=%G?', run(clone, 'git', 'hash-object', '-w', '-t', 'commit', '.git/commit'));
  };
  const jane = 'Dr Jane Smith <jane.smith@example.org>';
  t.equal(worth(jane, jane), 'G');
  t.equal(worth(jane, 'Dr Jane Smith <jane.smith@EXAMPLE.org>'), 'G');
  t.equal(worth('Dr Tom Brown <tom.brown@example.org>', jane), 'U');
  t.equal(worth(jane, 'Dr Tom Brown <tom.brown@example.org>'), 'U');
  t.equal(worth(jane, 'Dr Jane Smith <jane@elsewhere.example.org>'), 'U');
});

const programs =
  spawnSync('ssh-keygen', ['-?']).error === undefined
    ? needsProgram('gpg', 'gpg')
    : { skip: 'ssh-keygen is absent: apt-get install openssh-client' };

t.test('nor one of GnuPG or OpenSSH, whose key the keyring has', programs, async (t) => {
  const world = await makeWorld(t);
  const clone = await world.clone('jane', 'jane');
  beginCoordination(openWriter(clone), { id: RECORD });
  const home = join(world.directory, 'gnupg');
  mkdirSync(home, { mode: 0o700 });
  process.env['GNUPGHOME'] = home;
  t.teardown(() => {
    run(home, 'gpgconf', '--kill', 'all');
    delete process.env['GNUPGHOME'];
  });
  run(
    home,
    'gpg',
    '--batch',
    '--quiet',
    '--passphrase',
    '',
    '--quick-gen-key',
    'Jane <jane.smith@example.org>',
    'rsa2048',
    'sign',
    'never',
  );
  const ssh = join(world.directory, 'ssh');
  run(world.directory, 'ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-f', ssh);
  writeFileSync(join(world.directory, 'allowed'), `jane.smith@example.org ${readFileSync(`${ssh}.pub`, 'utf8')}`);
  run(clone, 'git', 'config', 'gpg.ssh.allowedSignersFile', join(world.directory, 'allowed'));
  const worth = (format: string, key: string, program: string) => {
    const options = [`gpg.format=${format}`, `user.signingKey=${key}`, `gpg.${format}.program=${program}`].flatMap((one) => ['-c', one]);
    run(clone, 'git', ...options, 'commit', '--quiet', '--allow-empty', '-m', format);
    t.equal(run(clone, 'git', ...options, 'log', '-1', '--format=%G?'), 'G', 'by its own program');
    return run(clone, 'git', 'log', '-1', '--format=%G?');
  };
  t.equal(worth('openpgp', 'jane.smith@example.org', 'gpg'), 'E');
  t.equal(worth('ssh', ssh, 'ssh-keygen'), 'B');
  t.match(run(clone, 'git', 'log', '-1', '--show-signature'), /which no host of records accepts/);
  await setUp({ directory: clone, rules: KNOWN_RULES });
  run(clone, 'git', 'commit', '--quiet', '--allow-empty', '-m', 'coordination:update: x');
  t.equal(run(clone, 'git', 'log', '-1', '--format=%G?'), 'G');
});

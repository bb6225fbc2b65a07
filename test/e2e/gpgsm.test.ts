/** Stock git and a gpgsm that holds keys on P-256: nothing of ours where the commits are written. */
import { spawnSync } from 'node:child_process';
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { setUp } from '../../src/records/setup.js';
import { certificateDer } from '../../src/trust/pem.js';
import { KNOWN_RULES } from '../../src/validators/index.js';
import { vpr, vprJson } from '../commands/support.js';
import { run, temporary } from '../records/support.js';
import { gpgsmHome, needsOracles } from '../support/agreement.js';
import { type Gpgsm, needsP256Gpgsm, P256_GPGSM } from '../support/gpgsm.js';
import { JANE, outsideAuthority } from '../support/outside.js';
import { beginByHand, change, guarded, stock, underRoot } from './support-by-hand.js';

const missing = [needsOracles(), needsP256Gpgsm()].find(({ skip }) => skip !== false);
const options = { skip: missing?.skip ?? false, timeout: 240_000 };
const EMAIL = 'jane.smith@example.org';

/** A person's gpgsm, which trusts the certificates in a file: keys lie under a passphrase, which git's program hands on. */
function person(t: Test, directory: string, anchor: string) {
  const found = P256_GPGSM as Gpgsm;
  const { home, env, git } = gpgsmHome(t, found, [certificateDer(readFileSync(anchor))]);
  writeFileSync(join(home, 'gpg-agent.conf'), 'allow-loopback-pinentry\n');
  const unlock = 'batch\npinentry-mode loopback\n';
  writeFileSync(join(home, 'gpgsm.conf'), `${readFileSync(join(home, 'gpgsm.conf'), 'utf8')}${unlock}`);
  const gpgsm = (...args: string[]) => {
    const { status, stderr } = spawnSync(found.program, ['--passphrase-fd', '0', ...args], {
      env,
      input: 'hush\n',
      encoding: 'utf8',
      timeout: 60_000,
    });
    if (status !== 0) throw new Error(`gpgsm ${args.join(' ')}: ${stderr}`);
  };
  const secret = join(home, 'secret');
  writeFileSync(secret, 'hush\n');
  const program = join(directory, 'gpgsm');
  writeFileSync(program, `#!/bin/sh\nGNUPGHOME='${home}' exec '${found.program}' --passphrase-fd 3 "$@" 3<'${secret}'\n`, { mode: 0o755 });
  const configure = (line: string) => appendFileSync(join(home, 'gpgsm.conf'), `${line}\n`);
  return { gpgsm, program, git, configure };
}

/** What `vpr verify` says of a clone, by the host's trust. */
function verified(clone: string, trust: string) {
  const { status, value } = vprJson(clone, ['verify', '--trust', trust, '--no-cache']);
  return { status, good: value['good'] };
}

t.test('a key that gpgsm has made, certified by vpr cert issue --csr: accepted, and every look agrees', options, (t) => {
  const directory = temporary(t);
  const authority = vpr(directory, ['cert', 'authority', 'ca', '--name', 'Elm', '--authority', 'GMC', '--no-passphrase']);
  t.match(authority, { status: 0 });
  const root = join(directory, 'ca/authority.crt');
  const { gpgsm, program, git, configure } = person(t, directory, root);
  const parameters = ['Key-Type: ECC', 'Key-Curve: nistp256', 'Key-Usage: sign', `Name-DN: CN=${JANE},O=GMC,serialNumber=1234567`];
  writeFileSync(join(directory, 'parameters'), `${parameters.join('\n')}\nName-Email: ${EMAIL}\n`);
  gpgsm('--armor', '--output', join(directory, 'jane.csr'), '--generate-key', join(directory, 'parameters'));
  const who = ['--name', JANE, '--authority', 'GMC', '--number', '1234567', '--email', EMAIL, '--participant', 'new'];
  t.match(vpr(directory, ['cert', 'issue', '--ca', 'ca', '--csr', 'jane.csr', ...who, '--out', 'jane']), { status: 0 });
  gpgsm('--import', join(directory, 'jane/dr-jane-smith.crt'));

  const { clone, id, trust, agree } = guarded(t, underRoot(), { 'root.crt': root }, directory);
  stock(clone, program, EMAIL);
  beginByHand(clone, id);
  for (let i = 0; i < 3; i += 1) t.equal(change(clone), '');
  t.match(run(clone, 'git', 'cat-file', 'commit', 'HEAD'), /gpgsig -----BEGIN SIGNED MESSAGE-----\n MIAG/, 'indefinite lengths');
  const pushed = run(clone, 'git', 'rev-parse', 'HEAD');
  run(clone, 'git', 'rebase', '--quiet', '--force-rebase', 'HEAD~2');
  t.not(run(clone, 'git', 'rev-parse', 'HEAD'), pushed, 'signed anew');
  const all = run(clone, 'git', 'rev-list', 'HEAD').split('\n');
  t.equal(all.length, 4);
  for (const commit of all) agree(clone, commit);
  const shown = git(clone, 'log', '-1', '--show-signature', '--format=%G? %GS').stdout;
  t.match(shown, /Good signature from[\s\S]*^G .*Dr Jane Smith/m);
  t.match(verified(clone, trust), { status: 0, good: true });

  run(clone, 'git', 'reset', '--quiet', '--hard', 'origin/main');
  configure('include-certs 1');
  t.match(change(clone), /leads to no root this host trusts/, 'nobody has the intermediate');
  run(clone, 'git', 'reset', '--quiet', '--hard', 'origin/main');
  configure('include-certs -1');
  t.match(change(clone), /carries the certificate of CN=Elm, which its path does not need \(a root is never carried\)/);
  t.end();
});

t.test('a self-signed certificate that the host lists, with its key taken over from openssl', options, (t) => {
  const directory = temporary(t);
  const who = [JANE, 'GMC', '1234567', '--email', EMAIL, '--participant', 'new'];
  t.match(vpr(directory, ['create-certificate', ...who, '--cert-out', 'self.crt', '--key-out', 'self.key']), { status: 0 });
  const self = join(directory, 'self.crt');
  const { gpgsm, program } = person(t, directory, self);
  run(directory, 'openssl', 'pkcs12', '-export', '-in', self, '-inkey', 'self.key', '-out', 'self.p12', '-passout', 'pass:hush');
  gpgsm('--import', join(directory, 'self.p12'));
  const policy = 'certificates:\n  - file: trust/self.crt\n    authorities:\n      - { name: GMC, class: clinician }\n';
  const { clone, id, trust, agree } = guarded(t, policy, { 'self.crt': self }, directory);
  stock(clone, program, EMAIL);
  beginByHand(clone, id);
  t.equal(change(clone), '');
  for (const commit of run(clone, 'git', 'rev-list', 'HEAD').split('\n')) agree(clone, commit);
  t.match(verified(clone, trust), { status: 0, good: true });
  t.end();
});

t.test('what vpr-sign signs verifies for somebody who has that gpgsm and the root alone', options, async (t) => {
  const directory = temporary(t);
  const outside = outsideAuthority(join(directory, 'outside'));
  const { git } = person(t, directory, outside.root);
  const { clone, id, trust } = guarded(t, underRoot(), { 'root.crt': outside.root }, directory);
  await setUp({
    directory: clone,
    certificate: outside.certificate,
    key: outside.key,
    careLocation: 'Elsewhere',
    trust,
    rules: KNOWN_RULES,
  });
  beginByHand(clone, id);
  t.equal(change(clone), '');
  t.match(git(clone, 'verify-commit', 'HEAD', 'HEAD~1'), { status: 0, stderr: /Good signature from[\s\S]*Good signature from/ });
  t.equal(git(clone, 'log', '--format=%G?').stdout, 'G\nG\n');
});

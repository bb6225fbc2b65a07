/** Certificate files that are not enough, or are something else: what is said, and that following it helps. */
import { execSync, spawnSync } from 'node:child_process';
import { appendFileSync, copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import t from 'tap';
import { certificatesIn, loadCertificate } from '../../src/records/credentials.js';
import { setUp } from '../../src/records/setup.js';
import { renderBundle } from '../../src/records/trust-bundle.js';
import { exportBundle } from '../../src/records/trust-export.js';
import { KNOWN_RULES } from '../../src/validators/index.js';
import { needsProgram } from '../trust/support/shared.js';
import { janeBelowIntermediate, run, temporary } from './support.js';

/** A clone for Jane, whose certificate an intermediate has issued, and a host's directory that trusts the root alone. */
async function prepared(t: Parameters<typeof temporary>[0]) {
  const directory = temporary(t);
  const { ca, jane } = await janeBelowIntermediate(directory);
  const leaf = join(directory, "jane's leaf.crt");
  run(directory, 'openssl', 'x509', '-in', jane.certificate, '-out', leaf);
  copyFileSync(join(ca, 'issuing/authority.crt'), join(directory, 'ISSUING.crt'));
  const policy = join(directory, 'vpr.yaml');
  writeFileSync(policy, 'version: 1\nroots: [{ file: ca/authority.crt, authorities: [{ name: GMC, class: clinician }] }]\n');
  const clone = join(directory, 'clone');
  run(directory, 'git', 'init', '--quiet', '--initial-branch=main', clone);
  const trust = join(directory, 'trust.json');
  const set = (certificate: string, encoding: 'cms' | 'container' = 'cms') => {
    writeFileSync(trust, renderBundle(exportBundle(directory, KNOWN_RULES)));
    return setUp({ directory: clone, certificate, key: jane.key, encoding, careLocation: 'Elsewhere', trust, rules: KNOWN_RULES });
  };
  return { directory, jane, leaf, clone, policy, set };
}

/** What the signing program itself says: git keeps it to itself where it signs. */
function signing(clone: string) {
  const [program, key] = ['gpg.x509.program', 'user.signingkey'].map((name) => run(clone, 'git', 'config', name));
  const ident = 'Dr Jane Smith <jane@example.org> 1700000000 +0000';
  const input = `tree ${run(clone, 'git', 'write-tree')}\nauthor ${ident}\ncommitter ${ident}\n\nx\n`;
  const { status, stderr } = spawnSync(program ?? '', ['--status-fd=2', '-bsau', key ?? ''], { cwd: clone, input, encoding: 'utf8' });
  return { status, stderr };
}

const MEND = /put the certificate of the authority that issued yours after yours in the file: (cat ISSUING\.crt >> '[^\n;]*leaf\.crt')/;

t.test(
  'the leaf alone, where the host has the root alone: said at set-up and at the commit',
  needsProgram('openssl', 'openssl'),
  async (t) => {
    const { directory, leaf, clone, set } = await prepared(t);
    const [warning = '', ...more] = (await set(leaf)).warnings;
    t.strictSame(more, []);
    t.match(
      warning,
      /would refuse what this certificate signs: .*CN=Elm, issuing.* leads to no root .*if it is an intermediate authority: /,
    );
    const said = signing(clone);
    t.match(said, { status: 0, stderr: /vpr-sign: warning: nothing leads from CN=Elm, issuing, .*[\s\S]*help: if it is an intermediate/ });
    const [, command = ''] = MEND.exec(said.stderr) ?? [];
    execSync(command, { cwd: directory });
    t.notMatch(signing(clone).stderr, 'warning');
    t.strictSame((await set(leaf)).warnings, []);
  },
);

t.test('where the host has the intermediate, it is certain, and nothing is signed', needsProgram('openssl', 'openssl'), async (t) => {
  const { directory, jane, leaf, clone, policy, set } = await prepared(t);
  appendFileSync(policy, 'intermediates: [ISSUING.crt]\n');
  t.match((await set(leaf)).warnings, [/the signature lacks the certificate of CN=Elm, issuing.*; put the certificate of the authority/]);
  const said = signing(clone);
  t.match(said, { status: 1, stderr: /leaf\.crt lacks the certificate of CN=Elm, issuing, which every signature has to carry/ });
  t.strictSame((await set(leaf, 'container')).warnings, [], 'a container need not carry it');
  t.match(signing(clone), { status: 0, stderr: /^(?!.*warning)/ });
  await set(leaf);
  execSync(MEND.exec(said.stderr)?.[1] ?? '', { cwd: directory });
  t.match(signing(clone), { status: 0 });
  t.strictSame((await set(jane.certificate)).warnings, []);
});

t.test(
  'an intermediate that the host trusts by itself stands in the file: it is told what to take out',
  needsProgram('openssl', 'openssl'),
  async (t) => {
    const { jane, leaf, clone, policy, set } = await prepared(t);
    writeFileSync(policy, readFileSync(policy, 'utf8').replace('ca/authority.crt', 'ISSUING.crt'));
    t.match((await set(jane.certificate)).warnings, [
      /carries the certificate of CN=Elm, issuing.*; take the certificate of CN=Elm, issuing out of that file/,
    ]);
    t.match(signing(clone), { status: 0, stderr: /warning: .* has the certificate of CN=Elm, issuing, which is not between/ });
    t.strictSame((await set(leaf)).warnings, []);
    t.notMatch(signing(clone).stderr, 'warning');
  },
);

t.test('a certificate that has signed itself, and that the host does not have', needsProgram('openssl', 'openssl'), async (t) => {
  const { directory, clone, leaf, set } = await prepared(t);
  await set(leaf);
  const made = ['create-certificate', 'Dr Jane Smith', 'GMC', '1234567', '--cert-out', 'own.crt', '--key-out', 'own.key'];
  run(directory, process.execPath, resolve('bin/vpr.js'), ...made);
  for (const [name, file] of [
    ['vpr.certificate', 'own.crt'],
    ['user.signingkey', 'own.crt'],
    ['vpr.key', 'own.key'],
  ])
    run(clone, 'git', 'config', name ?? '', join(directory, file ?? ''));
  t.match(
    signing(clone).stderr,
    /warning: the certificate in .*own\.crt has signed itself, and the host neither has it.*\n.*help: ask the host's administrator/,
  );
});

t.test('a container, where the host has the root alone', needsProgram('openssl', 'openssl'), async (t) => {
  const { jane, set } = await prepared(t);
  t.match((await set(jane.certificate, 'container')).warnings, [/a container carries no intermediates: .*or: vpr setup --encoding cms$/]);
});

t.test('a PKCS #12 store is told as one, with the commands that make PEM of it', needsProgram('openssl', 'openssl'), async (t) => {
  const { directory, jane, clone, set } = await prepared(t);
  const store = join(directory, 'my store.p12');
  const [chain, root] = [jane.certificate, join(directory, 'ca/authority.crt')];
  run(
    directory,
    'openssl',
    'pkcs12',
    '-export',
    '-in',
    chain,
    '-inkey',
    jane.key,
    '-certfile',
    root,
    '-out',
    store,
    '-passout',
    'pass:secret',
  );
  const attempt = (certificate: string, key: string) => setUp({ directory: clone, certificate, key, rules: KNOWN_RULES });
  const refused = { code: 'file/pkcs12', message: /my store\.p12 is a PKCS #12 store/ };
  await t.rejects(attempt(jane.certificate, store), refused);
  const found = await attempt(store, store).then(
    () => undefined,
    (error: { help: string[] }) => error,
  );
  t.match(found, refused);
  const [certificates = '', key = ''] = (found?.help ?? []).map((line) => line.replace(/^[^:]*: /, ''));
  // As typed, but for the passphrases, which openssl asks for.
  const typed = (line: string) => line.replaceAll('openssl pkcs12', 'openssl pkcs12 -passin pass:secret');
  execSync(typed(certificates), { cwd: directory });
  execSync(`${typed(key)} -passout pass:again`, { cwd: directory });
  t.strictSame(
    loadCertificate(join(directory, 'new.crt'))
      .chain.slice(0, 2)
      .map(({ fingerprint }) => fingerprint),
    loadCertificate(jane.certificate).chain.map(({ fingerprint }) => fingerprint),
  );
  run(directory, 'openssl', 'pkey', '-in', 'new.key', '-passin', 'pass:again', '-out', 'plain.key');
  t.match(readFileSync(join(directory, 'new.key'), 'utf8'), 'ENCRYPTED PRIVATE KEY');
  await set(join(directory, 'new.crt'));
  t.match(signing(clone), { status: 0 });
});

t.test('a PKCS #7 file as well', needsProgram('openssl', 'openssl'), async (t) => {
  const { directory, jane, clone } = await prepared(t);
  const { fingerprint } = loadCertificate(jane.certificate).chain[0];
  for (const form of ['PEM', 'DER']) {
    const file = join(directory, `chain-${form}.p7b`);
    run(directory, 'openssl', 'crl2pkcs7', '-nocrl', '-certfile', jane.certificate, '-outform', form, '-out', file);
    const found = await setUp({ directory: clone, certificate: file, key: jane.key, rules: KNOWN_RULES }).then(
      () => undefined,
      (error: { help: string[] }) => error,
    );
    t.match(found, { code: 'file/pkcs7', message: /chain-...\.p7b is a PKCS #7 file/ });
    execSync((found?.help[0] ?? '').replace(/^[^:]*: /, ''), { cwd: directory });
    t.ok(certificatesIn(join(directory, 'new.crt')).some((one) => one.fingerprint === fingerprint));
  }
});

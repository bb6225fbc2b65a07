/** What a refusal of a signature or a signer says to type is typed as it stands, and the push is accepted. */

import { createPrivateKey, webcrypto } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { readCertificate } from '../../src/trust/index.js';
import { type Holder, JANE_ID, makePerson, P256, x509 } from '../trust/support/authorities.js';
import { accepted, COMMENT, COMMIT, cloneWith, makeHost, NAME, refusedBy, sh, signCarelessly, type } from './support.js';

const host = await makeHost(t);
const LAST = 'git commit --amend --no-edit -S  # where it is the last commit';
const SEVERAL = "git rebase --exec 'git commit --amend --no-edit -S' origin/main  # where there are several";
const SETUP = 'vpr setup --certificate FILE --key FILE';

t.test('a commit that is not signed', async (t) => {
  const clone = await cloneWith(t, host, 'unsigned', COMMENT, `${COMMIT} --no-gpg-sign`);
  const [help] = refusedBy(t, host, clone, 'commit/signature');
  t.equal(help, LAST);
  type(t, clone, LAST);
  accepted(t, host, clone);
  t.end();
});

t.test('several that are not', async (t) => {
  const unsigned = `${COMMIT} --no-gpg-sign`;
  const clone = await cloneWith(
    t,
    host,
    'several',
    'git config commit.gpgSign false',
    COMMENT,
    unsigned,
    COMMENT,
    unsigned,
    COMMENT,
    `${COMMIT} -S`,
  );
  const [, help] = refusedBy(t, host, clone, 'commit/signature');
  t.equal(help, SEVERAL);
  type(t, clone, SEVERAL);
  accepted(t, host, clone);
  t.end();
});

t.test('one that is not the last', async (t) => {
  const clone = await cloneWith(t, host, 'earlier', COMMENT, `${COMMIT} --no-gpg-sign`, COMMENT, COMMIT);
  const { output } = sh(clone, 'git push');
  const [, rebase = ''] = /^remote: where it is not your last commit: (.*?) *$/m.exec(output) ?? [];
  const [, resume = ''] = /^remote: .* then: (git rebase --continue) *$/m.exec(output) ?? [];
  const [amend = ''] = refusedBy(t, host, clone, 'commit/signature');
  t.equal(sh(clone, rebase, { GIT_SEQUENCE_EDITOR: `sed -i.bak '1s/^pick/edit/'` }).status, 0, rebase);
  type(t, clone, amend, resume);
  accepted(t, host, clone);
  t.end();
});

t.test(
  'signed with another kind of key',
  { skip: sh(host.directory, 'command -v ssh-keygen').status === 0 ? false : 'there is no ssh-keygen here' },
  async (t) => {
    const key = 'ssh-keygen -q -t ed25519 -N "" -f .git/key';
    const format = 'git config gpg.format ssh';
    // vpr setup has put vpr-sign in its place, which signs nothing of the kind.
    const program = 'git config gpg.ssh.program ssh-keygen';
    const clone = await cloneWith(t, host, 'ssh', key, format, program, 'git config user.signingKey .git/key', COMMENT, COMMIT);
    const [setup = '', ...sign] = refusedBy(t, host, clone, 'commit/signature');
    t.equal(setup, `${SETUP}  # then sign again:`);
    t.strictSame(sign, [LAST, SEVERAL]);
    type(t, clone, withFiles(setup), LAST);
    accepted(t, host, clone);
    t.end();
  },
);

t.test('an expired certificate', async (t) => {
  const expired = await expiredCertificate();
  const clone = await cloneWith(t, host, 'expired');
  signCarelessly(host, clone, expired);
  type(t, clone, COMMENT, COMMIT);
  const [setup = '', ...sign] = refusedBy(t, host, clone, 'commit/signer');
  t.ok(setup.startsWith(`${SETUP}  # with a new certificate`), setup);
  t.strictSame(sign, [LAST, SEVERAL]);
  type(t, clone, withFiles(setup), LAST);
  accepted(t, host, clone);
});

t.test('an expired certificate, before anything is signed with it', async (t) => {
  const clone = await cloneWith(t, host, 'expired-here');
  const { certificate, key } = await expiredCertificate();
  type(t, clone, `${SETUP.replace('FILE', certificate).replace('FILE', key)} | grep "warning: the certificate expired"`, COMMENT);
  const { status, output } = sh(clone, COMMIT);
  t.equal(status, 128, 'vpr-sign does not sign', { output });
  const [, setup = ''] = /^vpr: .*'s certificate has expired: get a new one, then (vpr setup .*)$/m.exec(output) ?? [];
  t.equal(setup, SETUP);
  type(t, clone, withFiles(setup), COMMIT);
  accepted(t, host, clone);
});

t.test("another's name as author and committer", async (t) => {
  const clone = await host.clone('name');
  signCarelessly(host, clone, host.jane);
  type(t, clone, 'git config user.name "Jane"', COMMENT, COMMIT);
  const [help = ''] = refusedBy(t, host, clone, 'commit/author');
  t.equal(help, "git config user.name 'Dr Jane O'\\''Brien' && git commit --amend --no-edit -S --reset-author");
  type(t, clone, help);
  accepted(t, host, clone);
  t.end();
});

t.test("another's e-mail", async (t) => {
  const clone = await host.clone('email');
  signCarelessly(host, clone, host.jane);
  type(t, clone, 'git config user.email jane@example.com', COMMENT, COMMIT);
  const [help = ''] = refusedBy(t, host, clone, 'commit/author');
  t.equal(help, 'git config user.email jane.smith@example.org && git commit --amend --no-edit -S --reset-author');
  type(t, clone, help);
  accepted(t, host, clone);
  t.end();
});

t.test("another's name, before anything is signed with it", async (t) => {
  const clone = await cloneWith(t, host, 'name-here', 'git config user.name "Jane"', COMMENT);
  const { status, output } = sh(clone, COMMIT);
  t.equal(status, 128, 'vpr-sign does not sign', { output });
  const [, help = ''] = /^vpr: .*: (git config user\.name .*)$/m.exec(output) ?? [];
  type(t, clone, help, COMMIT);
  accepted(t, host, clone);
  t.end();
});

t.test('another name, and another registration, in the trailers', async (t) => {
  const trailers =
    '--trailer "Author-Name: Dr Tom Brown" --trailer "Author-Registration: GMC 7654321" --trailer "Author-Registration: GMC 1234567"';
  const clone = await cloneWith(t, host, 'trailers', COMMENT, `${COMMIT} ${trailers}`);
  const [name = ''] = refusedBy(t, host, clone, 'commit/author');
  t.equal(name, "git -c trailer.ifexists=replace commit --amend --no-edit -S --trailer 'Author-Name: Dr Jane O'\\''Brien'");
  type(t, clone, name);
  const [registration = ''] = refusedBy(t, host, clone, 'commit/author');
  t.match(
    registration,
    /^git log -1 --format=%B \| sed '[^']*' \| git commit --amend -S -F - --trailer 'Author-Registration: GMC 1234567'$/,
  );
  type(t, clone, registration);
  accepted(t, host, clone);
  t.equal(
    sh(clone, 'git log -1 --format="%(trailers:key=Author-Registration)%(trailers:key=Author-Name)"').output.trim(),
    `Author-Registration: GMC 1234567\nAuthor-Name: ${NAME}`,
  );
  t.end();
});

/** The pair that may sign, in place of `FILE`. */
function withFiles(line: string): string {
  return line.replace('FILE', host.jane.certificate).replace('FILE', host.jane.key);
}

/** Jane's certificate as it was until a minute ago: from the host's root, with files for it and its key. */
async function expiredCertificate(): Promise<{ certificate: string; key: string }> {
  const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();
  const { certificate, key } = await makePerson(
    { name: NAME, email: 'jane.smith@example.org', id: JANE_ID },
    { issuer: await authority(), from: minutesAgo(4), to: minutesAgo(1) },
  );
  const directory = join(host.directory, 'old');
  mkdirSync(directory, { recursive: true });
  const files = { certificate: join(directory, 'jane.crt'), key: join(directory, 'jane.key') };
  writeFileSync(files.certificate, new x509.X509Certificate(certificate.der as Uint8Array<ArrayBuffer>).toString('pem'));
  writeFileSync(files.key, key.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
  return files;
}

/** The host's root, as it can issue. */
async function authority(): Promise<Holder> {
  const [pem, keyPem] = ['authority.crt', 'authority.key'].map((file) => readFileSync(join(host.directory, 'ca', file)));
  const certificate = readCertificate(pem ?? Buffer.of());
  if (!certificate.ok || keyPem === undefined) throw new Error('the authority does not read');
  const key = createPrivateKey(keyPem);
  const privateKey = await webcrypto.subtle.importKey('pkcs8', key.export({ type: 'pkcs8', format: 'der' }), P256, false, ['sign']);
  const subject = new x509.X509Certificate(certificate.value.der as Uint8Array<ArrayBuffer>).subjectName;
  return { certificate: certificate.value, key, keys: { privateKey, publicKey: privateKey }, subject, algorithm: P256 };
}

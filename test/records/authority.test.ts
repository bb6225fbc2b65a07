import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { openAuthority, openIssuing } from '../../src/records/authority.js';
import { revoke, writeCrl } from '../../src/records/crl.js';
import { findIssued } from '../../src/records/find-issued.js';
import { createHierarchy, createUnder } from '../../src/records/hierarchy.js';
import { issueCertificate } from '../../src/records/issue.js';
import { readRegister } from '../../src/records/register.js';
import { needsProgram } from '../trust/support/shared.js';
import { run, temporary } from './support.js';

const SECRET = Buffer.from('correct horse battery');
const OTHER = Buffer.from('staple staple staple');
const JANE = { name: 'Dr Jane Smith', registration: { authority: 'GMC', number: '1234567' }, further: [], days: 30 } as const;
const openssl = needsProgram('openssl', 'openssl');

/** An authority with an intermediate, its keys under two passphrases. */
async function practice(t: Parameters<typeof temporary>[0]) {
  const directory = temporary(t);
  const ca = join(directory, 'ca');
  const made = await createHierarchy({
    directory: ca,
    name: 'Elm Street',
    authorities: ['GMC'],
    days: 3650,
    passphrase: SECRET,
    issuing: { days: 1825, passphrase: OTHER },
  });
  return { directory, ca, made };
}

t.test('root and intermediate: both keys encrypted, for their owner alone; openssl reads all of it', openssl, async (t) => {
  const { directory, ca, made } = await practice(t);
  t.equal(made.length, 2);
  for (const [index, { key, certificate }] of made.entries()) {
    t.match(readFileSync(key, 'utf8'), /^-----BEGIN ENCRYPTED PRIVATE KEY-----\n/);
    t.equal(statSync(key).mode & 0o777, 0o600);
    writeFileSync(join(directory, 'secret'), index === 0 ? SECRET : OTHER);
    t.equal(
      run(directory, 'openssl', 'pkey', '-in', key, '-passin', 'file:secret', '-pubout'),
      run(directory, 'openssl', 'x509', '-in', certificate, '-noout', '-pubkey'),
    );
    writeFileSync(join(directory, 'secret'), 'wrong wrong wrong');
    t.throws(() => run(directory, 'openssl', 'pkey', '-in', key, '-passin', 'file:secret', '-noout'));
  }
  const text = run(directory, 'openssl', 'asn1parse', '-in', join(ca, 'authority.key'));
  t.match(text, /:PBES2[\s\S]*:scrypt[\s\S]*:4000[\s\S]*:aes-256-cbc/);
  t.match(run(directory, 'openssl', 'x509', '-in', join(ca, 'issuing/authority.crt'), '-noout', '-text'), /CA:TRUE, pathlen:0/);
  t.match(run(directory, 'openssl', 'x509', '-in', join(ca, 'authority.crt'), '-noout', '-text'), /CA:TRUE, pathlen:1/);
});

t.test('what it issues carries the intermediate, and openssl accepts the path with both lists', openssl, async (t) => {
  const { directory, ca } = await practice(t);
  const wrong = { file: join(directory, 'wrong') };
  writeFileSync(wrong.file, 'not this one at all\n');
  await t.rejects(issueCertificate({ ...JANE, authority: ca, out: directory, authorityPassphrase: wrong }), { code: 'passphrase/wrong' });
  t.strictSame(existsSync(join(ca, 'issuing/issued')), false, 'nothing was issued');
  const issued = await issueCertificate({ ...JANE, authority: ca, out: directory, authorityPassphrase: { known: OTHER } });
  t.equal(readFileSync(issued.certificate, 'utf8').match(/BEGIN CERTIFICATE/g)?.length, 2);
  const accepts = (name: string) => {
    writeFileSync(
      join(directory, 'lists.pem'),
      readFileSync(join(ca, 'authority.crl'), 'utf8') + readFileSync(join(ca, 'issuing/authority.crl'), 'utf8'),
    );
    return () =>
      run(
        directory,
        'openssl',
        ...['verify', '-x509_strict', '-purpose', 'smimesign', '-crl_check_all', '-CRLfile', 'lists.pem'],
        ...['-CAfile', join(ca, 'authority.crt'), '-untrusted', join(ca, 'issuing/authority.crt'), name],
      );
  };
  t.match(accepts(issued.certificate)(), /OK$/);
  const tom = await issueCertificate({ ...JANE, name: 'Tom', authority: ca, out: directory, authorityPassphrase: { known: OTHER } });

  const found = findIssued(ca, issued.certificate);
  t.equal(found.authority.directory, join(ca, 'issuing'));
  revoke({ ...found, reason: 'superseded' }, new Date());
  await writeCrl(found.authority, 31, { known: OTHER });
  t.throws(accepts(issued.certificate), /certificate revoked/);
  t.match(accepts(tom.certificate)(), /OK$/);

  const between = findIssued(ca, join(ca, 'issuing/authority.crt'));
  t.equal(between.authority.directory, ca, 'the intermediate was issued by the root');
  revoke({ ...between, reason: 'cACompromise', invalidSince: '2026-01-01T00:00:00Z' }, new Date());
  await writeCrl(between.authority, 366, { known: SECRET });
  t.throws(accepts(tom.certificate), /certificate revoked/, "below a revoked intermediate nobody's counts");
});

t.test('lists are complete, numbered, with reason and time; openssl reads them as they were meant', openssl, async (t) => {
  const { directory, ca } = await practice(t);
  const issue = (name: string) => issueCertificate({ ...JANE, name, authority: ca, out: directory, authorityPassphrase: { known: OTHER } });
  const [one, two, three] = [await issue('One'), await issue('Two'), await issue('Three')];
  const now = new Date('2026-11-23T10:00:00.987Z');
  const say = (what: string, reason: 'keyCompromise' | 'superseded' | 'cessationOfOperation', invalidSince?: string) =>
    revoke({ ...findIssued(ca, what), reason, invalidSince }, now);
  say(one.serial, 'cessationOfOperation');
  say(two.certificate, 'keyCompromise', '2026-11-22T10:00:00.5+01:00');
  const since = say(three.serial.toUpperCase(), 'keyCompromise').invalidSince;
  t.equal(
    since,
    findIssued(ca, `serial=${three.serial.toUpperCase()}`).certificate.notBefore.toISOString().replace('.000', ''),
    'without a time: all it ever signed',
  );
  const { number, entries } = await writeCrl(openIssuing(ca), 31, { known: OTHER });
  t.strictSame([number, entries], [2, 3]);
  const crl = join(ca, 'issuing/authority.crl');
  const text = run(directory, 'openssl', 'crl', '-in', crl, '-noout', '-text');
  t.match(text, /Version 2[\s\S]*Authority Key Identifier[\s\S]*CRL Number: \n\s+2\n/);
  t.match(text, new RegExp(`${one.serial}\\s+Revocation Date: Nov 23 10:00:00 2026 GMT[\\s\\S]*?Cessation Of Operation`, 'i'));
  t.match(text, new RegExp(`${two.serial}[\\s\\S]*?Key Compromise[\\s\\S]*?Invalidity Date: \\n\\s+Nov 22 09:00:00 2026 GMT`, 'i'));
  t.match(run(directory, 'openssl', 'asn1parse', '-in', crl), /prim: UTCTIME[\s\S]*prim: UTCTIME/);
  t.doesNotThrow(() => run(directory, 'openssl', 'crl', '-in', crl, '-noout', '-CAfile', join(ca, 'issuing/authority.crt')));

  t.throws(() => say(one.serial, 'superseded'), { code: 'cert/revoked' }, 'a reason is not made milder');
  t.throws(() => say(two.serial, 'keyCompromise', '2026-11-22T12:00:00Z'), { code: 'cert/revoked' });
  const worse = say(one.serial, 'keyCompromise', '2026-11-01T00:00:00Z');
  t.match(worse, { revokedAt: '2026-11-23T10:00:00Z', reason: 'keyCompromise', invalidSince: '2026-11-01T00:00:00Z' });
  t.equal(readRegister(join(ca, 'issuing')).revoked.length, 3);
  t.throws(() => say(two.serial, 'keyCompromise', '2027-01-01T00:00:00Z'), { code: 'cert/invalid-since' });
  t.throws(() => say(two.serial, 'keyCompromise', 'yesterday'), { code: 'cert/invalid-since' });
  t.throws(() => say('00ff', 'superseded'), { code: 'cert/not-issued' });
});

t.test('with the root key away the intermediate goes on; another is made when it is back', openssl, async (t) => {
  const { directory, ca } = await practice(t);
  const key = readFileSync(join(ca, 'authority.key'));
  rmSync(join(ca, 'authority.key'));
  const known = { known: OTHER };
  const jane = await issueCertificate({ ...JANE, authority: ca, out: join(directory, 'jane'), authorityPassphrase: known });
  await t.rejects(writeCrl(openAuthority(ca), 366, { known: SECRET }), { code: 'cert/key-away' });
  t.equal(readRegister(ca).crlNumber, 1, 'no number was used up');
  const next = { directory: join(directory, 'next'), name: 'Elm Street 2', authorities: ['GMC'], days: 1000 };
  await t.rejects(createUnder(next, ca, { known: SECRET }), { code: 'cert/key-away' });
  writeFileSync(join(ca, 'authority.key'), key);
  await t.rejects(createUnder(next, join(ca, 'issuing'), known), { code: 'cert/not-a-root' });
  await createUnder(next, ca, { known: SECRET });
  const tom = await issueCertificate({ ...JANE, name: 'Tom', authority: next.directory, out: directory });
  for (const { certificate } of [jane, tom])
    t.match(
      run(directory, 'openssl', 'verify', '-x509_strict', '-CAfile', join(ca, 'authority.crt'), '-untrusted', certificate, certificate),
      /OK$/,
    );
  await t.rejects(issueCertificate({ ...JANE, name: 'T', authority: next.directory, out: directory, days: 1001 }), { code: 'cert/days' });

  const deeper = { ...next, name: 'Elm Street 3', directory: join(directory, 'deep/er') };
  mkdirSync(deeper.directory, { recursive: true });
  await createUnder(deeper, ca, { known: SECRET });
  for (const { directory: place } of [next, deeper]) {
    revoke({ ...findIssued(ca, join(place, 'authority.crt')), reason: 'cACompromise' }, new Date());
    const refused = issueCertificate({ ...JANE, name: 'U', authority: place, out: directory });
    await t.rejects(refused, { code: 'cert/revoked', message: /intermediate .* was revoked/ }, 'wherever it lies');
  }
  await issueCertificate({ ...JANE, name: 'V', authority: ca, out: directory, authorityPassphrase: known });
});

t.test('an authority that forgot stops: a missing, damaged or busy register, a key that is not its own', async (t) => {
  const { directory, ca } = await practice(t);
  const issuing = openIssuing(ca);
  const register = join(ca, 'issuing/register.json');
  const issueNobody = () =>
    issueCertificate({ ...JANE, authority: ca, out: join(directory, 'nobody'), authorityPassphrase: { known: OTHER } });
  const former = readFileSync(register);
  const crl = readFileSync(join(ca, 'issuing/authority.crl'));
  for (const content of ['{', '{}', '{"crlNumber":-1,"revoked":[]}', '{"crlNumber":1,"revoked":[{"serial":"x"}]}', 'null']) {
    writeFileSync(register, content);
    await t.rejects(writeCrl(issuing, 31, { known: OTHER }), { code: 'cert/register', message: /damaged/ });
    await t.rejects(issueNobody(), { code: 'cert/register', message: /damaged/ });
    t.equal(readFileSync(register, 'utf8'), content, 'it is left as it is');
  }
  rmSync(register);
  await t.rejects(writeCrl(issuing, 31, { known: OTHER }), { code: 'cert/register', message: /missing/ });
  await t.rejects(issueNobody(), { code: 'cert/register', message: /missing/ });
  t.notOk(existsSync(join(directory, 'nobody')), 'nobody is certified who could not be shut out');
  writeFileSync(register, former);
  writeFileSync(join(ca, 'issuing/register.lock'), '1\n');
  await t.rejects(writeCrl(issuing, 31, { known: OTHER }), { code: 'cert/register-busy' });
  rmSync(join(ca, 'issuing/register.lock'));
  t.strictSame(readFileSync(join(ca, 'issuing/authority.crl')), crl, 'the list stays');
  await writeCrl(issuing, 31, { known: OTHER });
  t.strictSame(readdirSync(join(ca, 'issuing')).sort(), [
    'authority.crl',
    'authority.crt',
    'authority.json',
    'authority.key',
    'register.json',
  ]);
  const rootRegister = join(ca, 'register.json');
  const rootFormer = readFileSync(rootRegister);
  rmSync(rootRegister);
  const under = { directory: join(directory, 'under'), name: 'U', authorities: [], days: 3 };
  await t.rejects(createUnder(under, ca, { known: SECRET }), { code: 'cert/register', message: /missing/ });
  t.notOk(existsSync(under.directory));
  writeFileSync(rootRegister, rootFormer);
  writeFileSync(join(ca, 'issuing/authority.key'), readFileSync(join(ca, 'authority.key')));
  await t.rejects(writeCrl(issuing, 31, { known: SECRET }), { code: 'cert/authority-unreadable', message: /not the key of/ });
  mkdirSync(join(directory, 'no'));
  t.throws(() => openIssuing(join(directory, 'no')), { code: 'file/missing' });
});

t.test('serial numbers: random, positive, at most 20 octets', async (t) => {
  const { ca } = await practice(t);
  const serials = new Set<string>();
  for (let i = 0; i < 12; i += 1) {
    const out = join(ca, `out${i}`);
    const { serial } = await issueCertificate({ ...JANE, authority: ca, out, authorityPassphrase: { known: OTHER } });
    t.match(serial, /^[4-7][0-9a-f]{31}$/, '16 octets, of which 126 bits are random, never negative');
    serials.add(serial);
  }
  t.equal(serials.size, 12);
});

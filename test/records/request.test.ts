import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { createAuthority } from '../../src/records/authority.js';
import { revoke } from '../../src/records/crl.js';
import { findIssued } from '../../src/records/find-issued.js';
import { issueCertificate } from '../../src/records/issue.js';
import { readRegister } from '../../src/records/register.js';
import { renewCertificate } from '../../src/records/renew.js';
import { createRequest } from '../../src/records/request.js';
import { showFile } from '../../src/records/show.js';
import { certificateIdentity, readCertificate } from '../../src/trust/index.js';
import { vpr, vprJson } from '../commands/support.js';
import { needsProgram } from '../trust/support/shared.js';
import { run, temporary } from './support.js';

const JANE = { name: 'Dr Jane Smith', registration: { authority: 'GMC', number: '1234567' }, further: [] } as const;
const openssl = needsProgram('openssl', 'openssl');

async function begin(t: Parameters<typeof temporary>[0]) {
  const directory = temporary(t);
  const authority = join(directory, 'ca');
  await createAuthority({ directory: authority, name: 'Root', authorities: ['GMC', 'NMC'], days: 400 });
  return { directory, authority };
}

t.test("a request is the holder's: its key stays, and the authority certifies that key alone", openssl, async (t) => {
  const { directory, authority } = await begin(t);
  const out = join(directory, 'jane');
  const made = await createRequest({ ...JANE, email: 'jane@example.org', out, passphrase: Buffer.from('a long secret') });
  t.match(readFileSync(made.key, 'utf8'), /^-----BEGIN ENCRYPTED PRIVATE KEY-----/);
  t.equal(statSync(made.key).mode & 0o777, 0o600);
  t.match(
    run(directory, 'openssl', 'req', '-in', made.request, '-verify', '-noout', '-text'),
    /Subject: CN = Dr Jane Smith, O = GMC, serialNumber = 1234567/,
  );
  await t.rejects(createRequest({ ...JANE, out }), { code: 'file/exists' });

  const issue = (changes: object = {}) =>
    issueCertificate({ ...JANE, authority, csr: made.request, days: 30, out: join(directory, 'issued'), ...changes });
  const issued = await issue({ name: 'Dr Jane Smyth', further: [{ authority: 'NMC', number: '9' }], participant: 'new' });
  t.equal(issued.key, '');
  t.strictSame(issued.differences, [
    'asked for, not certified: CN Dr Jane Smith',
    'asked for, not certified: email jane@example.org',
    'certified, not asked for: CN Dr Jane Smyth',
    'certified, not asked for: URI vpr://NMC/9',
  ]);
  const text = run(directory, 'openssl', 'x509', '-in', issued.certificate, '-noout', '-text');
  t.match(text, /Subject: CN = Dr Jane Smyth, O = GMC/);
  t.notMatch(text, /jane@example\.org/, 'what only the request says is not certified');
  writeFileSync(join(directory, 'secret'), 'a long secret\n');
  t.equal(
    run(directory, 'openssl', 'pkey', '-in', made.key, '-passin', 'file:secret', '-pubout'),
    run(directory, 'openssl', 'x509', '-in', issued.certificate, '-noout', '-pubkey'),
  );
  await t.rejects(issue({ out: join(directory, 'again') }), { code: 'cert/key-known' }, 'one key, one person');

  const other = (participant: string) => issue({ csr: undefined, out: join(directory, 'other'), participant });
  await t.rejects(other('new'), {
    code: 'cert/participant-known',
    message: `GMC 1234567 has a participant id already, ${issued.participantId}, in the certificate with serial ${issued.serial}`,
    help: [`keep it: --participant ${issued.participantId}`, new RegExp(`vpr cert renew ${issued.serial} --ca .* --out DIR`)],
  });
  t.equal((await other(issued.participantId ?? '')).participantId, issued.participantId);
});

t.test("openssl's requests are read; what is changed, of another curve, or no request is refused", openssl, async (t) => {
  const { directory, authority } = await begin(t);
  const key = (...args: string[]) => run(directory, 'openssl', 'genpkey', '-out', 'k', ...args);
  const request = (name: string) =>
    run(directory, 'openssl', 'req', '-new', '-key', 'k', '-subj', '/CN=Somebody\u001b[31m', '-outform', name, '-out', `${name}.csr`);
  const issue = (name: string) =>
    issueCertificate({ ...JANE, authority, csr: join(directory, name), days: 30, out: join(directory, name.replace('.', '')) });
  key('-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256', '-pkeyopt', 'ec_param_enc:explicit');
  request('PEM');
  await t.rejects(issue('PEM.csr'), { code: 'cert/request', message: /spells its curve out/, help: [/named_curve/] });
  key('-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256');
  request('DER');
  request('PEM');
  t.match((await issue('DER.csr')).differences, [/^asked for, not certified: CN Somebody\\u001b\[31m$/]);
  const der = readFileSync(join(directory, 'DER.csr'));
  const at = der.indexOf('Somebody');
  der[at] = 0x53 ^ 1;
  writeFileSync(join(directory, 'changed.csr'), der);
  await t.rejects(issue('changed.csr'), { code: 'cert/request', message: /signature is not its key's/ });
  key('-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-384');
  request('PEM');
  await t.rejects(issue('PEM.csr'), { code: 'cert/request', message: /secp384r1/, help: [/P-256/] });
  key('-algorithm', 'RSA');
  request('PEM');
  await t.rejects(issue('PEM.csr'), { code: 'cert/request', message: /key is rsa/ });
  for (const content of [
    '',
    'x',
    readFileSync(join(directory, 'k')),
    readFileSync(join(authority, 'authority.crt')),
    der.subarray(0, 90),
    Buffer.alloc(70_000),
  ]) {
    writeFileSync(join(directory, 'bad.csr'), content);
    await t.rejects(issue('bad.csr'), { code: 'cert/request' });
  }
});

t.test('renewed: the same person, another serial number, and a key that suits', openssl, async (t) => {
  const { directory, authority } = await begin(t);
  const old = await issueCertificate({
    ...JANE,
    authority,
    email: 'jane@example.org',
    participant: 'new',
    further: [{ authority: 'NMC', number: '9' }],
    days: 1,
    out: join(directory, 'old'),
  });
  const renew = (key: Parameters<typeof renewCertificate>[0]['key'], out: string) =>
    renewCertificate({ authority, certificate: old.certificate, key, days: 365, out: join(directory, out) });
  const read = (path: string) => {
    const certificate = readCertificate(readFileSync(path));
    if (!certificate.ok) throw new Error('unreadable');
    return certificate.value;
  };
  const former = read(old.certificate);
  const same = await renew('same', 'same');
  t.strictSame(read(same.certificate).spki, former.spki);
  const fresh = await renew('new', 'new');
  t.notSame(read(fresh.certificate).spki, former.spki);
  const { request } = await createRequest({ ...JANE, out: join(directory, 'request') });
  const asked = await renew({ csr: request }, 'asked');
  t.equal(asked.key, '');
  for (const { certificate, serial, participantId } of [same, fresh, asked]) {
    t.not(serial, old.serial);
    t.equal(participantId, old.participantId);
    t.strictSame(certificateIdentity(read(certificate)), certificateIdentity(former));
    t.match(run(directory, 'openssl', 'verify', '-x509_strict', '-CAfile', join(authority, 'authority.crt'), certificate), /OK$/);
  }
  run(directory, 'openssl', 'req', '-new', '-key', old.key, '-subj', '/CN=x', '-out', 'own.csr');
  const own = { csr: join(directory, 'own.csr') };
  const byRequest = await renew(own, 'own');
  t.strictSame(read(byRequest.certificate).spki, former.spki, 'a request by the same key is for the same key');
  await t.rejects(renew('same', 'same'), { code: 'file/exists' });
  await t.rejects(renew({ csr: request }, 'again'), { code: 'cert/key-known' });
  const ofKey = [old.serial, same.serial, byRequest.serial].sort();
  const say = (serial: string, reason: 'keyCompromise' | 'superseded', invalidSince?: string) =>
    revoke({ ...findIssued(authority, serial), reason, invalidSince }, new Date());
  t.strictSame(say(same.serial, 'superseded').sameKey, [], 'only a compromise is about the key');
  const compromised = say(old.serial, 'keyCompromise', '2026-01-02T00:00:00Z');
  t.strictSame([old.serial, ...compromised.sameKey].sort(), ofKey, 'each certificate of the key is revoked with it');
  const { revoked } = readRegister(authority);
  t.strictSame(
    revoked.map(({ serial, reason }) => [serial, reason]).sort(),
    ofKey.map((serial) => [serial, 'keyCompromise']),
  );
  t.throws(() => say(same.serial, 'keyCompromise', '2026-01-03T00:00:00Z'), { code: 'cert/revoked' });
  const register = join(authority, 'register.json');
  const all = JSON.parse(readFileSync(register, 'utf8'));
  writeFileSync(register, JSON.stringify({ ...all, revoked: revoked.filter(({ serial }) => serial === same.serial) }));
  await t.rejects(renew('same', 'x'), { code: 'cert/revoked', message: /has the same key/ }, 'of a list that was made before that');
  say(same.serial, 'keyCompromise', '2026-01-02T00:00:00Z');
  t.equal(readRegister(authority).revoked.length, 3, 'and what was left out then is added');
  await t.rejects(renew('same', 'x'), { code: 'cert/revoked', help: [/without --same-key/] }, 'a stolen key is not certified again');
  await t.rejects(renew(own, 'x'), { code: 'cert/revoked' }, 'nor by a request');
  run(directory, 'openssl', 'ec', '-in', old.key, '-conv_form', 'compressed', '-out', 'compressed.key');
  run(directory, 'openssl', 'req', '-new', '-key', 'compressed.key', '-subj', '/CN=x', '-out', 'compressed.csr');
  const otherwise = join(directory, 'compressed.csr');
  await t.rejects(renew({ csr: otherwise }, 'x'), { code: 'cert/revoked' }, 'nor by its point in other octets');
  const stolen = { ...JANE, name: 'Tom', authority, csr: otherwise, days: 1, out: join(directory, 'x') };
  await t.rejects(issueCertificate(stolen), { code: 'cert/key-known' });
  await renew('new', 'after');
  revoke({ ...findIssued(authority, fresh.serial), reason: 'privilegeWithdrawn' }, new Date());
  await t.rejects(renewCertificate({ authority, certificate: fresh.serial, key: 'new', days: 1, out: directory }), {
    code: 'cert/revoked',
  });
});

t.test('shown: everything, in words and as JSON, with nothing a terminal would obey', openssl, async (t) => {
  const { directory, authority } = await begin(t);
  const issued = await issueCertificate({ ...JANE, authority, participant: 'new', days: 1, out: directory });
  writeFileSync(
    join(directory, 'bare.conf'),
    '[req]\ndistinguished_name = dn\nx509_extensions = e\n[dn]\n[e]\nkeyUsage = digitalSignature\n',
  );
  t.match(await showFile(issued.certificate), [{ kind: 'certificate', faults: [] }]);
  t.match(vprJson(directory, ['cert', 'show', issued.certificate]), {
    status: 0,
    value: [
      {
        kind: 'certificate',
        serial: [issued.serial],
        key: ['P-256'],
        names: ['URI vpr://GMC/1234567', `URI urn:uuid:${issued.participantId}`],
        problems: [],
      },
    ],
  });
  run(
    directory,
    'openssl',
    'req',
    '-config',
    'bare.conf',
    '-x509',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:P-256',
    '-nodes',
    '-keyout',
    'k',
    '-out',
    'odd.crt',
    '-subj',
    '/CN=Mallory\u001b]0;x\u0007',
  );
  const odd = vpr(directory, ['cert', 'show', 'odd.crt']);
  t.match(odd, { status: 1, stdout: /Mallory\\u001b\]0;x[\s\S]*problem: the certificate's subject has no O/ });
  t.notMatch(odd.stdout, /[\u0000-\u0009\u000b-\u001f\u007f]/);
  t.match(vpr(directory, ['cert', 'show', 'k']), { status: 2, stderr: /cert\/unreadable: k is no certificate/ });
  for (const form of ['DER', 'PEM']) {
    run(directory, 'openssl', 'x509', '-in', issued.certificate, '-outform', form, '-out', form);
    t.match(await showFile(join(directory, form)), [{ kind: 'certificate' }]);
    run(directory, 'openssl', 'req', '-new', '-key', 'k', '-subj', '/CN=x', '-outform', form, '-out', form);
    t.match(await showFile(join(directory, form)), [{ kind: 'request', faults: [] }]);
  }
});

t.test("VPR's own create-certificate: self-signed, each with a serial number of its own", openssl, (t) => {
  const directory = temporary(t);
  const printed = vpr(directory, ['create-certificate', 'Dr Jane Smith', 'GMC', '1234567']);
  t.match(printed, {
    status: 0,
    stdout: /^-----BEGIN CERTIFICATE-----[\s\S]*-----BEGIN PRIVATE KEY-----[\s\S]*-----END PRIVATE KEY-----\n$/,
  });
  t.match(vpr(directory, ['create-certificate', 'Dr Jane Smith', 'GMC', '1234567', '--cert-out', 'a.crt', '--key-out', 'a.key']), {
    status: 0,
  });
  t.equal(statSync(join(directory, 'a.key')).mode & 0o777, 0o600);
  const text = run(directory, 'openssl', 'x509', '-in', 'a.crt', '-noout', '-text');
  t.match(
    text,
    /Issuer: CN = Dr Jane Smith, O = GMC, serialNumber = 1234567[\s\S]*Subject: CN = Dr Jane Smith, O = GMC, serialNumber = 1234567/,
  );
  t.match(text, /URI:vpr:\/\/GMC\/1234567\n/);
  t.match(run(directory, 'openssl', 'verify', '-CAfile', 'a.crt', 'a.crt'), /OK$/);
  const serial = (file: string) => run(directory, 'openssl', 'x509', '-in', file, '-noout', '-serial');
  writeFileSync(join(directory, 'b.crt'), printed.stdout);
  t.not(serial('a.crt'), serial('b.crt'));
  t.match(vpr(directory, ['create-certificate', 'Dr Jane Smith', 'G MC', '1']), { status: 2, stderr: /cert\/authority/ });
  t.end();
});

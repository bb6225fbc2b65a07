import { createPublicKey, X509Certificate } from 'node:crypto';
import fc from 'fast-check';
import t from 'tap';
import { publicKeyOf } from '../../src/trust/certificate/key.js';
import { readCertificate, readCertificateDer } from '../../src/trust/certificate/read.js';
import { toPem } from '../../src/trust/pem.js';
import { JANE_ID, makeAuthority, makePerson, P384, P521, RSA, x509 } from './support/authorities.js';

const root = await makeAuthority('Root é', { pathLength: 2 });
const jane = await makePerson({ id: JANE_ID, email: 'jane@example.org' }, { issuer: root, serial: '00ff01' });
const { certificate } = jane;

function fault(file: Uint8Array | string): string {
  const reading = readCertificate(typeof file === 'string' ? Buffer.from(file) : file);
  return reading.ok ? 'good' : (reading.faults[0]?.message ?? '');
}

t.test('what it reads is what node reads', async (t) => {
  const holders = [root, jane, ...(await Promise.all([P384, P521, RSA].map((algorithm) => makeAuthority('Other', { algorithm }))))];
  for (const { certificate } of holders) {
    const node = new X509Certificate(certificate.der);
    t.equal(certificate.fingerprint, node.fingerprint256.replaceAll(':', '').toLowerCase());
    t.equal(BigInt(`0x${certificate.serial}`), BigInt(`0x${node.serialNumber}`));
    t.equal(certificate.notBefore.getTime(), Date.parse(node.validFrom));
    t.equal(certificate.notAfter.getTime(), Date.parse(node.validTo));
    t.equal(certificate.isCa, node.ca);
    t.same(publicKeyOf(certificate)?.export({ format: 'jwk' }), node.publicKey.export({ format: 'jwk' }));
    t.equal(publicKeyOf(certificate), publicKeyOf(certificate), 'the key object is made once');
    t.same(certificate.spki, createPublicKey(toPem(certificate.der)).export({ type: 'spki', format: 'der' }));
  }
  t.same(
    holders.map(({ certificate }) => certificate.keyKind),
    ['P-256', 'P-256', 'P-384', 'P-521', 'RSA'],
  );
});

t.test('subject, alternative names, constraints and usages', (t) => {
  t.same([certificate.subject.cn, certificate.subject.o, certificate.subject.serialNumber], [['Dr Jane Smith'], ['GMC'], ['1234567']]);
  t.same(certificate.uris, ['vpr://GMC/1234567', `urn:uuid:${JANE_ID}`]);
  t.same(certificate.emails, ['jane@example.org']);
  t.same(certificate.keyUsage, ['digitalSignature', 'nonRepudiation']);
  t.equal(certificate.isCa, false);
  t.same([root.certificate.isCa, root.certificate.pathLength, root.certificate.keyUsage], [true, 2, ['keyCertSign', 'cRLSign']]);
  t.equal(root.certificate.subject.text, 'CN=Root é');
  t.end();
});

t.test('PEM, with text around it or CRLF, and DER', (t) => {
  const pem = toPem(certificate.der);
  for (const file of [pem, pem.replaceAll('\n', '\r\n'), `Certificate:\n  Data:\n${pem}\n`, pem.trimEnd(), certificate.der]) {
    const reading = readCertificate(typeof file === 'string' ? Buffer.from(file) : file);
    t.equal(reading.ok && reading.value.fingerprint, certificate.fingerprint);
  }
  t.end();
});

t.test('what is no certificate is named', (t) => {
  const pem = toPem(certificate.der);
  const key = jane.key.export({ format: 'pem', type: 'pkcs8' }) as string;
  t.match(fault(key), 'holds a private key, which belongs to its holder alone');
  t.match(fault(jane.key.export({ format: 'pem', type: 'sec1' }) as string), 'a private key');
  t.match(fault(jane.key.export({ format: 'der', type: 'pkcs8' })), 'is a private key');
  t.match(fault(pem + key), 'a private key');
  t.match(fault(pem + pem), 'holds 2 certificates, expected one a file');
  t.match(fault(pem.replaceAll('CERTIFICATE', 'CERTIFICATE REQUEST')), 'a certificate request');
  t.match(fault(pem.replaceAll('CERTIFICATE', 'X509 CRL')), 'a revocation list');
  t.match(fault(createPublicKey(jane.key).export({ format: 'pem', type: 'spki' })), 'a bare public key');
  t.match(fault(pem.replace(/-----END.*/s, '')), 'PEM is damaged');
  t.match(fault(pem.replace(/\n.{10}/, '\n')), /PEM is damaged|DER/);
  t.match(fault('hello'), 'neither PEM nor DER');
  t.match(fault(''), 'empty');
  t.match(fault(new Uint8Array(70_000)), 'expected at most 65536');
  t.match(fault(Buffer.concat([certificate.der, Uint8Array.of(0)])), '1 bytes after the DER');
  t.end();
});

t.test('any byte changed: read as another certificate, or refused; never an exception', (t) => {
  fc.assert(
    fc.property(fc.nat(certificate.der.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
      const changed = Uint8Array.from(certificate.der);
      changed[at] = (changed[at] as number) ^ flip;
      const reading = readCertificateDer(changed);
      return (
        !reading.ok || (reading.value.fingerprint !== certificate.fingerprint && publicKeyOf(reading.value) !== publicKeyOf(certificate))
      );
    }),
    { numRuns: 2000 },
  );
  fc.assert(fc.property(fc.uint8Array(), (bytes) => readCertificate(bytes).ok === false));
  t.end();
});

t.test('an extension twice, another version, a name with a NUL: refused', async (t) => {
  const twice = new x509.BasicConstraintsExtension(false, undefined, true);
  await t.rejects(makePerson({}, { extensions: [twice, twice] }), /one of them stands twice/);
  await t.rejects(makePerson({ uris: ['vpr://GMC/1\0/x'] }), /blanks or control characters/);
  await t.rejects(makePerson({ email: 'a b@c' }), /blanks or control characters/);
  const version1 = Buffer.from(certificate.der);
  version1[version1.indexOf('a003020102', 'hex') + 4] = 0;
  t.match(fault(version1), 'X.509 version 1, expected 3');
});

t.test('an explicit curve or a point that is none gives no key', (t) => {
  const der = Buffer.from(certificate.der);
  const at = der.indexOf(Buffer.from(certificate.point as Uint8Array));
  der[at + 64] = (der[at + 64] as number) ^ 1;
  const reading = readCertificateDer(der);
  t.equal(reading.ok && publicKeyOf(reading.value), undefined);
  t.end();
});

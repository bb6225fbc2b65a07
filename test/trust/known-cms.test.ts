/** CMS of a signer that was seen before reads as it would if it had not been. */
import fc from 'fast-check';
import t from 'tap';
import { readCertificateDer } from '../../src/trust/certificate/read.js';
import { signatureToDer } from '../../src/trust/ecdsa.js';
import { attempt, need } from '../../src/trust/refusal.js';
import { cmsFrom } from '../../src/trust/signature/cms.js';
import { readKnownCms, rememberCms } from '../../src/trust/signature/known-cms.js';
import { readSignedData, STRICT, writeSignedData } from '../../src/trust/signature/signed-data.js';
import { makeAuthority, makePerson } from './support/authorities.js';

const root = await makeAuthority('Root');
const jane = await makePerson({ id: '4f8c2a1d-9e3b-4a7c-8f1e-6b0d2c5a9f12' }, { issuer: root });
const { der, issuer, serial } = jane.certificate;
const rs = fc.uint8Array({ minLength: 64, maxLength: 64 }).map((octets) => octets.map((octet, at) => (at % 32 === 0 ? octet | 1 : octet)));
const cms = (signature: Uint8Array) =>
  writeSignedData({ form: STRICT, certificates: [der], issuer: issuer.der, serial: Buffer.from(serial, 'hex'), signature });

function readWhole(bytes: Uint8Array) {
  return attempt(() => {
    const data = readSignedData(bytes);
    const certificates = data.certificates.map((certificate) => need(readCertificateDer(certificate)));
    return cmsFrom(data, certificates, bytes);
  });
}

t.test('nothing is known of a signer before its first signature', async (t) => {
  t.equal(readKnownCms(cms(new Uint8Array(64).fill(1))), undefined);
});

t.test('another signature of the same signer', async () => {
  fc.assert(
    fc.property(rs, rs, (one, other) => {
      const first = readWhole(cms(one));
      if (!first.ok) return false;
      rememberCms(cms(one), first.value);
      const found = readKnownCms(cms(other));
      if (signatureToDer(one).length !== signatureToDer(other).length) return found === undefined || same(found, other);
      return found !== undefined && same(found, other);
    }),
  );
  function same(found: { signature: Uint8Array; certificates: readonly { fingerprint: string }[] }, signature: Uint8Array): boolean {
    return (
      Buffer.compare(found.signature, signature) === 0 && found.certificates.length === 1 && found.certificates[0] === jane.certificate
    );
  }
});

t.test('octets changed anywhere', async (t) => {
  fc.assert(
    fc.property(rs, fc.nat(), fc.integer({ min: 1, max: 255 }), fc.nat(74), (signature, place, change, tail) => {
      const bytes = Buffer.from(cms(signature));
      const first = readWhole(bytes);
      if (first.ok) rememberCms(bytes, first.value);
      const at = place % 2 === 0 ? bytes.length - 1 - tail : place % bytes.length;
      bytes[at] = (bytes[at] as number) ^ change;
      const found = readKnownCms(bytes);
      if (found !== undefined) t.same({ ok: true, value: found }, readWhole(bytes));
      return true;
    }),
    { numRuns: 1000 },
  );
});

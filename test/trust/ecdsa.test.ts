import { createPublicKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { p256 } from '@noble/curves/nist.js';
import t from 'tap';
import { isLowS, signatureFromDer, signatureToDer, verifyEcdsa } from '../../src/trust/ecdsa.js';
import { attempt } from '../../src/trust/refusal.js';
import { needsVectors, vectors } from './support/shared.js';

interface Suite {
  numberOfTests: number;
  testGroups: {
    publicKeyPem: string;
    publicKey: { uncompressed: string };
    tests: { tcId: number; comment: string; msg: string; sig: string; result: string }[];
  }[];
}

const RAW = 'ecdsa_secp256r1_sha256_p1363_test.json';
const DER = 'ecdsa_secp256r1_sha256_test.json';

function suite(name: string): Suite {
  return JSON.parse(readFileSync(vectors('wycheproof', name), 'utf8')) as Suite;
}

for (const [file, toRaw] of [
  [RAW, (sig: Uint8Array) => sig],
  [DER, (sig: Uint8Array) => rawOf(sig)],
] as const) {
  t.test(`Wycheproof ${file}: every result as expected`, needsVectors('wycheproof', file), (t) => {
    const { testGroups, numberOfTests } = suite(file);
    let run = 0;
    for (const group of testGroups) {
      const key = createPublicKey(group.publicKeyPem);
      for (const { tcId, comment, msg, sig, result } of group.tests) {
        run++;
        const raw = toRaw(Buffer.from(sig, 'hex'));
        const valid = raw !== undefined && verifyEcdsa(Buffer.from(msg, 'hex'), raw, key);
        if (valid !== (result === 'valid')) t.fail(`tcId ${tcId} (${comment}) is ${result}, found ${valid}`);
        if (raw !== undefined && valid && tcId % 8 === 0) {
          const second = p256.verify(raw, Buffer.from(msg, 'hex'), Buffer.from(group.publicKey.uncompressed, 'hex'), { lowS: false });
          t.equal(second, true, 'noble agrees');
        }
        if (raw !== undefined && file === DER && valid) t.same(Buffer.from(signatureToDer(raw)), Buffer.from(sig, 'hex'));
      }
    }
    t.equal(run, numberOfTests);
    t.end();
  });
}

t.test('low-S is a rule of its own: n - s verifies as well and is refused by it', needsVectors('wycheproof', RAW), (t) => {
  let high = 0;
  for (const group of suite(RAW).testGroups) {
    const key = createPublicKey(group.publicKeyPem);
    for (const { msg, sig, result } of group.tests.filter(({ result }) => result === 'valid')) {
      const raw = Buffer.from(sig, 'hex');
      const { r, s } = p256.Signature.fromBytes(raw, 'compact');
      const twin = new p256.Signature(r, p256.Point.Fn.neg(s));
      t.equal(isLowS(raw), !p256.Signature.fromBytes(raw, 'compact').hasHighS());
      t.not(isLowS(raw), isLowS(twin.toBytes('compact')));
      t.equal(verifyEcdsa(Buffer.from(msg, 'hex'), twin.toBytes('compact'), key), result === 'valid');
      if (!isLowS(raw)) high++;
    }
  }
  t.ok(high > 10);
  t.end();
});

t.test('the half of the order is low, one more is high', (t) => {
  const half = p256.Point.Fn.ORDER >> 1n;
  t.equal(isLowS(new p256.Signature(1n, half).toBytes('compact')), true);
  t.equal(isLowS(new p256.Signature(1n, half + 1n).toBytes('compact')), false);
  t.end();
});

function rawOf(der: Uint8Array): Uint8Array | undefined {
  const reading = attempt(() => signatureFromDer(der));
  return reading.ok ? reading.value : undefined;
}

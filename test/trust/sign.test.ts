// cspell:ignore gnupghome gpgconf trustlist
import { execFileSync } from 'node:child_process';
import { createHash, createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { p256 } from '@noble/curves/nist.js';
import t from 'tap';
import { toPem } from '../../src/trust/pem.js';
import { signPayload } from '../../src/trust/sign.js';
import { fromArmour } from '../../src/trust/signature/armour.js';
import { readSignature } from '../../src/trust/signature/read.js';
import { verifyCommit } from '../../src/trust/verify.js';
import { makeAuthority, makePerson, NOW } from './support/authorities.js';
import { isGood, PAYLOAD, signed, trustOf } from './support/commits.js';
import { needsProgram } from './support/shared.js';

const root = await makeAuthority('Root');
const inter = await makeAuthority('Inter', { issuer: root });
const jane = await makePerson({}, { issuer: inter });
const chain = [jane.certificate, inter.certificate, root.certificate];
const trust = trustOf({ roots: [root], intermediates: [inter.certificate] });

t.test('what is signed is low-S, verifies here and with noble, whatever the encoding', (t) => {
  for (let i = 0; i < 30; i++) {
    const payload = Buffer.concat([PAYLOAD, Buffer.from(`${i}\n`)]);
    const encoding = i % 2 ? 'cms' : 'container';
    const reading = readSignature(signPayload(payload, jane.key, chain, encoding));
    if (!reading.ok) throw new Error('unreadable');
    t.equal(p256.verify(reading.value.signature, payload, jane.certificate.point as Uint8Array, { lowS: true }), true);
    t.ok(isGood(verifyCommit(signed([jane, inter, root], encoding, payload), trust, NOW)));
  }
  t.end();
});

t.test("an authority's new key under its old one goes along, though it names itself as its issuer", async (t) => {
  const rolled = await makeAuthority('Inter', { issuer: inter });
  const tom = await makePerson({}, { issuer: rolled });
  t.ok(isGood(verifyCommit(signed([tom, rolled, inter, root]), trustOf({ roots: [root] }), NOW)));
  const held = trustOf({ roots: [root], intermediates: [rolled.certificate, inter.certificate] });
  t.ok(isGood(verifyCommit(signed([tom, rolled, inter, root]), held, NOW)), 'and the host may hold it');
  const forged = await makeAuthority('Inter', { issuer: await makeAuthority('Inter') });
  const eve = await makePerson({}, { issuer: forged });
  const fooled = trustOf({ roots: [root], intermediates: [forged.certificate, inter.certificate] });
  t.notOk(isGood(verifyCommit(signed([eve, forged, inter, root]), fooled, NOW)), 'but not under a key that nobody certified');
});

t.test("keys that are not the certificate's, or not P-256, sign nothing", (t) => {
  const other = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
  t.throws(() => signPayload(PAYLOAD, other, chain, 'cms'), { code: 'sign/key', message: /not the key of the certificate/ });
  for (const key of [generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey, generateKeyPairSync('ed25519').privateKey]) {
    t.throws(() => signPayload(PAYLOAD, key, chain, 'cms'), { code: 'sign/key', message: /not an elliptic curve key on P-256/ });
  }
  t.throws(() => signPayload(PAYLOAD, jane.key, [], 'cms'), { code: 'sign/key' });
  const sec1 = createPrivateKey(jane.key.export({ format: 'pem', type: 'sec1' }));
  t.ok(signPayload(PAYLOAD, sec1, chain, 'cms'));
  t.end();
});

t.test('openssl cms -verify accepts what we write', needsProgram('openssl', 'openssl'), (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'vpr-sign-'));
  t.teardown(() => rmSync(directory, { recursive: true }));
  const file = (name: string, content: string | Uint8Array) => {
    writeFileSync(join(directory, name), content);
    return join(directory, name);
  };
  const verifies = (der: Uint8Array, payload: Uint8Array) => {
    const where = [
      '-inform',
      'DER',
      '-in',
      file('s.p7s', der),
      '-content',
      file('payload', payload),
      '-CAfile',
      file('root.pem', toPem(root.certificate.der)),
    ];
    const how = ['-binary', '-purpose', 'any', '-attime', String(NOW.getTime() / 1000), '-out', join(directory, 'out')];
    try {
      execFileSync('openssl', ['cms', '-verify', ...where, ...how], { stdio: 'ignore' });
      return true;
    } catch {
      return false;
    }
  };
  const der = fromArmour(signPayload(PAYLOAD, jane.key, chain, 'cms'));
  t.equal(verifies(der, PAYLOAD), true);
  t.equal(verifies(der, Buffer.concat([PAYLOAD, Buffer.from(' ')])), false);
  t.end();
});

t.test('gpgsm verifies what we write, with the root imported', needsProgram('gpgsm', 'gpgsm'), (t) => {
  const home = mkdtempSync(join(tmpdir(), 'vpr-gpgsm-'));
  const env = { PATH: process.env['PATH'], GNUPGHOME: home };
  t.teardown(() => {
    execFileSync('gpgconf', ['--kill', 'all'], { env });
    rmSync(home, { recursive: true, force: true });
  });
  const file = (name: string, content: string | Uint8Array) => {
    writeFileSync(join(home, name), content);
    return join(home, name);
  };
  const sha1 = createHash('sha1').update(root.certificate.der).digest('hex').toUpperCase();
  file('trustlist.txt', `${sha1} S relax\n`);
  file('gpgsm.conf', 'disable-crl-checks\nfaked-system-time 20260601T120000\n');
  const gpgsm = (...args: string[]) => execFileSync('gpgsm', args, { env, stdio: ['ignore', 'pipe', 'ignore'] }).toString();
  gpgsm('--import', file('root.pem', toPem(root.certificate.der)));
  const signature = file('signature', `${signPayload(PAYLOAD, jane.key, chain, 'cms')}\n`);
  t.match(gpgsm('--status-fd=1', '--verify', signature, file('payload', PAYLOAD)), /GOODSIG .*[\s\S]*TRUST_FULLY/);
  t.throws(() => gpgsm('--status-fd=1', '--verify', signature, file('payload', `${PAYLOAD} `)));
  t.end();
});

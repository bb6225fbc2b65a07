/** Roots that signed themselves long ago with SHA-1: what they sign today is what counts. */
import t from 'tap';
import { toPem } from '../../src/trust/pem.js';
import { loadTrust } from '../../src/trust/store.js';
import { verifyCommit } from '../../src/trust/verify.js';
import { makeAuthority, makePerson, NOW, P256, x509 } from './support/authorities.js';
import { isGood, messages, policyOf, signed, trustOf } from './support/commits.js';

const SHA1 = { ...P256, hash: 'SHA-1' };
const old = await makeAuthority('Root of old', { algorithm: SHA1 });
/** The same root, as it signs today. */
const root = { ...old, algorithm: P256 };
const inter = await makeAuthority('Inter', { issuer: root });
const jane = await makePerson({}, { issuer: inter });
const look = (commit: Uint8Array, roots = [root]) => verifyCommit(commit, trustOf({ roots }), NOW, { known: 'host' });

t.test('one is trusted because the policy names it', async (t) => {
  t.equal(old.certificate.signatureAlgorithm, '1.2.840.10045.4.1');
  t.ok(isGood(look(signed([jane, inter]))));
  t.strictSame(signed([jane, inter, root]).length > 0 && messages(look(signed([jane, inter, root]))), [], 'and is left out of signatures');
});

t.test('what it signs with SHA-1 is refused as ever, and a bad signature is one', async (t) => {
  const weak = await makeAuthority('Weak', { issuer: old });
  const tom = await makePerson({}, { issuer: weak });
  t.match(messages(look(signed([tom, weak]))), [/leads to no root .*is signed with 1\.2\.840\.10045\.4\.1/]);
  const forged = await makeAuthority('Forged');
  const bytes = Buffer.from(forged.certificate.der);
  bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
  const policy = policyOf({ roots: [forged] });
  t.match(
    loadTrust(policy, () => Buffer.from(toPem(bytes))),
    { ok: false, faults: [{ message: /is not signed with its issuer's key/ }] },
  );
});

t.test("an authority's new key, certified by the former one with SHA-1, is no root by itself", async (t) => {
  const [former, fresh] = [await makeAuthority('Twice', { algorithm: SHA1 }), await makeAuthority('Twice')];
  const keyIds = [
    await x509.AuthorityKeyIdentifierExtension.create(former.keys.publicKey as x509.PublicKeyType),
    await x509.SubjectKeyIdentifierExtension.create(fresh.keys.publicKey as x509.PublicKeyType),
  ];
  const link = await makeAuthority('Twice', { issuer: former, keys: fresh.keys, extensions: keyIds });
  const { isSelfSigned } = await import('../../src/trust/path/build.js');
  t.strictSame(
    [former, fresh, link].map(({ certificate }) => isSelfSigned(certificate)),
    [true, true, false],
  );
});

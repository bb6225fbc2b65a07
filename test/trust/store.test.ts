import t from 'tap';
import { toPem } from '../../src/trust/pem.js';
import { loadTrust, policyListsFor } from '../../src/trust/store.js';
import { JANE_ID, makeAuthority, makePerson, P384, x509 } from './support/authorities.js';
import { CLINICIANS, policyOf, type Trusted, trustOf } from './support/commits.js';

const root = await makeAuthority('Root');
const jane = await makePerson({ id: JANE_ID });
const tom = await makePerson({ name: 'Dr Tom Patel', number: '7654321' });

/** Messages of loading these, where a file's content may be replaced. */
function faults(trusted: Trusted, replace?: string | Uint8Array): string[] {
  const all = [
    ...(trusted.roots ?? []),
    ...(trusted.listed ?? []),
    ...(trusted.intermediates ?? []).map((certificate) => ({ certificate })),
  ];
  const reading = loadTrust(policyOf(trusted), (path) => {
    if (replace !== undefined) return Buffer.from(replace);
    return all.find(({ certificate }) => certificate.fingerprint === path)?.certificate.der;
  });
  return reading.ok ? [] : reading.faults.map(({ message }) => message.replace(/ [0-9a-f]{64}/, ''));
}

t.test('roots, intermediates and single certificates', async (t) => {
  const inter = await makeAuthority('Inter', { issuer: root });
  const trust = trustOf({
    roots: [root],
    intermediates: [inter.certificate],
    listed: [
      { certificate: jane.certificate, authorities: CLINICIANS },
      { certificate: tom.certificate, participantId: JANE_ID },
    ],
  });
  t.same(trust.roots, [{ certificate: root.certificate, authorities: CLINICIANS }]);
  t.match(trust.intermediates, [{ fingerprint: inter.certificate.fingerprint }]);
  t.match(trust.listed, [{ authorities: CLINICIANS }, { participantId: JANE_ID }]);
  t.equal(policyListsFor(trust, tom.certificate, JANE_ID), true);
  t.equal(policyListsFor(trust, tom.certificate, JANE_ID.replace('4', '5')), false);
  t.equal(policyListsFor(trust, jane.certificate, JANE_ID), false, 'what policy does not say of it');
  t.equal(policyListsFor(trust, root.certificate, JANE_ID), false);
});

t.test('the digest covers the certificates and what policy says of them', (t) => {
  const listed = { certificate: tom.certificate };
  const trusted: Trusted[] = [
    { roots: [root] },
    { roots: [] },
    { roots: [{ ...root, authorities: [{ name: 'GMC', class: 'patient' }] }] },
    { roots: [{ ...root, authorities: [{ name: 'NMC', class: 'clinician' }] }] },
    { roots: [root], intermediates: [root.certificate] },
    { roots: [root], listed: [listed] },
    { roots: [root], listed: [{ ...listed, participantId: JANE_ID }] },
    { roots: [root], listed: [{ ...listed, authorities: CLINICIANS }] },
  ];
  t.equal(new Set(trusted.map((one) => trustOf(one).digest)).size, trusted.length);
  t.equal(trustOf({ roots: [root] }).digest, trustOf({ roots: [root] }).digest);
  t.match(trustOf({}).digest, /^[0-9a-f]{64}$/);
  t.end();
});

t.test('files that are missing, or not what they should be', async (t) => {
  const none = loadTrust(policyOf({ roots: [root] }), () => undefined);
  t.match(none, { ok: false, faults: [{ message: /^roots\[0\]\.file .*: no such file/, help: [/vpr\.yaml/] }] });
  t.match(faults({ roots: [root] }, 'hello'), [/^roots\[0\]\.file: is neither PEM nor DER/]);
  t.match(faults({ roots: [root] }, ''), [/empty/]);
  t.match(faults({ listed: [jane] }, jane.key.export({ format: 'pem', type: 'pkcs8' })), [/^certificates\[0\]\.file: holds a private key/]);
  t.match(faults({ roots: [root] }, toPem(root.certificate.der) + toPem(root.certificate.der)), [/2 certificates/]);
  t.match(faults({ roots: [jane] }), [/^roots\[0\]\.file: is not an authority's certificate/]);
  t.match(faults({ intermediates: [jane.certificate] }), [/^intermediates\[0\]: is not an authority's certificate/]);
  t.match(faults({ roots: [root, root] }), [/^roots: .* listed twice/]);
  t.match(faults({ listed: [jane, tom, jane] }), [/^certificates: .* listed twice/]);
  const noSign = await makeAuthority('No', { extensions: [] });
  t.same(faults({ roots: [noSign] }), []);
  t.equal(faults({ roots: [jane, tom], listed: [root] }).length > 2, true, 'all faults at once');
});

t.test('a damaged self-signed certificate', (t) => {
  const der = Buffer.from(root.certificate.der);
  const last = der.length - 1;
  der[last] = (der[last] as number) ^ 1;
  t.match(faults({ roots: [root] }, der), [/names itself as its issuer and is not signed with its issuer's key/]);
  t.end();
});

t.test('a single certificate that could never sign', async (t) => {
  const trusted = (certificate: typeof jane.certificate) => faults({ listed: [{ certificate, authorities: CLINICIANS }] });
  t.same(trusted(jane.certificate), []);
  t.match(trusted(root.certificate), [
    /an authority's \(CA\)/,
    /lacks digitalSignature and nonRepudiation/,
    /no O/,
    /no serialNumber/,
    /no URI/,
  ]);
  t.match(trusted((await makePerson({ usage: x509.KeyUsageFlags.digitalSignature })).certificate), [/lacks nonRepudiation/]);
  t.match(trusted((await makePerson({}, { algorithm: P384 })).certificate), [/key is P-384, expected P-256/]);
  t.match(trusted((await makePerson({ authority: 'NMC' })).certificate), [/registration with NMC, which its authorities do not list/]);
  t.same(faults({ listed: [await makePerson({ authority: 'NMC' })] }), [], 'only listed: its root is asked');
  t.match(
    trusted((await makePerson({}, { issuer: root })).certificate),
    [/has authorities of its own, and is issued by CN=.*: only a self-signed certificate can/],
    'whose issuer could revoke it, and would not be asked',
  );
  const other = JANE_ID.replace('4', '5');
  t.match(faults({ listed: [{ certificate: jane.certificate, participantId: other }] }), [
    /participant_id is .*, and the certificate's own is/,
  ]);
  t.same(faults({ listed: [{ certificate: jane.certificate, participantId: JANE_ID }] }), []);
});

import t from 'tap';
import { toBase64 } from '../../src/trust/base64.js';
import { signPayload } from '../../src/trust/sign.js';
import { renderCms } from '../../src/trust/signature/cms.js';
import { readSignature, renderSignature } from '../../src/trust/signature/read.js';
import type { ContainerSignature } from '../../src/trust/signature/types.js';
import { verifyCommit } from '../../src/trust/verify.js';
import { type Holder, JANE_ID, makeAuthority, makePerson, NOW, P384, x509 } from './support/authorities.js';
import { CLINICIANS, isGood, messages, PAYLOAD, payload, signed, trustOf, withSignature } from './support/commits.js';

const root = await makeAuthority('Root');
const inter = await makeAuthority('Inter', { issuer: root });
const jane = await makePerson({ id: JANE_ID, email: 'jane@example.org' }, { issuer: inter });
const tom = await makePerson({ name: 'Dr Tom Patel', number: '7654321' }, { issuer: inter });
const alone = await makePerson({ number: '555' });
const trust = trustOf({
  roots: [root],
  intermediates: [inter.certificate],
  listed: [{ certificate: alone.certificate, authorities: CLINICIANS }],
});

const faults = (bytes: Uint8Array, by = trust, at = NOW) => messages(verifyCommit(bytes, by, at));
const leafUnder = (issuer: Holder, person = {}, options = {}) => makePerson(person, { issuer, ...options });

t.test('who signed, in CMS and container', (t) => {
  for (const encoding of ['cms', 'container'] as const) {
    const verification = verifyCommit(signed([jane, inter, root], encoding), trust, NOW);
    t.same(messages(verification), []);
    t.match(verification, {
      encoding,
      certificate: { fingerprint: jane.certificate.fingerprint },
      signer: {
        name: 'Dr Jane Smith',
        organisation: 'GMC',
        registrations: [{ authority: 'GMC', number: '1234567' }],
        emails: ['jane@example.org'],
        participantId: JANE_ID,
        participantIdFrom: 'certificate',
        class: 'clinician',
      },
    });
  }
  t.end();
});

t.test('without trust only the signature is said to be good', (t) => {
  const verification = verifyCommit(signed([jane, inter]), undefined, NOW);
  t.same(messages(verification), []);
  t.equal(verification.signer, undefined);
  t.equal(verification.certificate?.fingerprint, jane.certificate.fingerprint);
  t.end();
});

t.test('changed, moved and unsigned commits', (t) => {
  const bytes = signed([jane, inter]);
  t.match(faults(Buffer.from(bytes.toString().replace('Oxford', 'London'))), [/changed after it was signed/]);
  const other = payload('Dr Tom Patel');
  t.match(
    faults(withSignature(other, signPayload(PAYLOAD, jane.key, [jane.certificate, inter.certificate], 'cms'))),
    [/changed after it was signed/],
    'moved',
  );
  t.match(faults(PAYLOAD), ['the commit is not signed']);
  const moved = bytes
    .toString()
    .replace(/^(.*?)(gpgsig .*?\n)\n/s, (_, before, signature) => `${before.replace('author', `${signature}author`)}\n`);
  t.match(faults(Buffer.from(moved)), [/followed by another header/]);
  t.end();
});

t.test('high-S is refused, and read in what was taken over', (t) => {
  for (const encoding of ['cms', 'container', 'raw'] as const) {
    const reading = readSignature(signPayload(PAYLOAD, jane.key, [jane.certificate, inter.certificate], encoding));
    if (!reading.ok) throw new Error('unreadable');
    const high = withSignature(PAYLOAD, renderSignature({ ...reading.value, signature: negated(reading.value.signature) }));
    const listed = trustOf({ roots: [root], intermediates: [inter.certificate], listed: [jane] });
    t.match(faults(high, listed), ['the signature is high-S'], encoding);
    t.ok(isGood(verifyCommit(high, listed, NOW, { takenOver: true })), encoding);
    t.equal(verifyCommit(high, listed, NOW).signer, undefined);
  }
  t.end();
});

function negated(signature: Uint8Array): Uint8Array {
  const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
  const s = order - BigInt(`0x${Buffer.from(signature.subarray(32)).toString('hex')}`);
  return Buffer.concat([signature.subarray(0, 32), Buffer.from(s.toString(16).padStart(64, '0'), 'hex')]);
}

t.test('CMS carries the path without its root, and nothing else', async (t) => {
  const sig = signPayload(PAYLOAD, jane.key, [jane.certificate, inter.certificate], 'cms');
  const reading = readSignature(sig);
  if (!reading.ok) throw new Error('unreadable');
  const { signature } = reading.value;
  const carrying = (...holders: Holder[]) => {
    const [first, ...rest] = holders.map(({ certificate }) => certificate);
    return first === undefined ? PAYLOAD : withSignature(PAYLOAD, renderCms({ signature, certificates: [first, ...rest] }));
  };
  t.same(faults(carrying(jane, inter)), []);
  t.match(faults(carrying(jane)), [/lacks the certificate of CN=Inter, an intermediate/], 'though the host has it');
  t.match(faults(carrying(jane), trustOf({ roots: [root] })), [/leads to no root this host trusts/]);
  t.match(faults(carrying(jane, inter, root)), [/carries the certificate of CN=Root, which its path does not need/]);
  t.match(faults(carrying(jane, inter, tom)), [/carries the certificate with SHA-256 .*, which its path does not need/]);
  t.match(faults(carrying(jane, inter, inter)), [/carries the certificate of CN=Inter, which its path does not need/]);
  const twin = await makeAuthority('Root', { keys: root.keys });
  t.match(faults(carrying(jane, inter, twin)), [/carries the certificate of CN=Root/], 'a twin of the root is no intermediate');
});

t.test('a certificate under another name, serial or key', async (t) => {
  const twin = await makePerson({ id: JANE_ID }, { issuer: inter, serial: jane.certificate.serial });
  t.same(faults(signed([twin, inter])), []);
  const container = readSignature(signPayload(PAYLOAD, jane.key, [jane.certificate], 'container'));
  if (!container.ok || container.value.encoding !== 'container') throw new Error('unreadable');
  const of = (change: Partial<ContainerSignature>) =>
    withSignature(PAYLOAD, renderSignature({ ...(container.value as ContainerSignature), ...change }));
  t.match(faults(of({ certificate: tom.certificate })), [/public_key is not its certificate's key/]);
  t.match(faults(of({ certificate: tom.certificate, publicKey: tom.certificate.point as Uint8Array })), [
    /changed after it was signed, or signed with another key/,
  ]);
  t.same(faults(of({ form: 'DER' })), [], 'DER is as good as PEM');
});

t.test('a container without its certificate, and a raw signature, need one that policy lists', async (t) => {
  const full = signPayload(PAYLOAD, jane.key, [jane.certificate], 'container');
  const { signature, public_key } = JSON.parse(Buffer.from(full, 'base64').toString()) as Record<string, string>;
  const bare = withSignature(PAYLOAD, toBase64(Buffer.from(JSON.stringify({ signature, public_key }))));
  const raw = withSignature(PAYLOAD, signature as string);
  const listing = (...listed: Holder[]) => trustOf({ roots: [root], intermediates: [inter.certificate], listed });
  t.match(faults(bare), [/bare key, and 0 certificates that the host's policy lists have it/]);
  t.same(verifyCommit(bare, trust, NOW).signatureFaults, [], 'the signature itself is good');
  t.match(faults(raw, trustOf({ roots: [root] })), [/of 0 certificates .* under the author's name 0 verify it/]);
  t.match(verifyCommit(bare, listing(jane), NOW), { encoding: 'container', signer: { participantId: JANE_ID } });
  t.match(verifyCommit(raw, listing(jane, tom), NOW), { encoding: 'raw', signer: { participantId: JANE_ID } });
  const again = await leafUnder(inter, {}, { keys: jane.keys });
  t.match(faults(bare, listing(jane, again)), [/2 certificates/]);
  t.match(faults(raw, listing(jane, again)), [/of 2 certificates .* 2 verify it/]);
  t.match(faults(raw, listing(await leafUnder(inter))), [/of 1 certificates .* 0 verify it/]);
  t.match(faults(withSignature(payload('Dr Tom Patel'), signature as string), listing(jane)), [/of 0 certificates/]);
  t.match(messages(verifyCommit(raw, undefined, NOW)), [/cannot be checked without/]);
  t.same(messages(verifyCommit(bare, undefined, NOW)), []);
  t.equal(verifyCommit(bare, undefined, NOW).certificate, undefined);
});

t.test('certificates trusted by themselves', async (t) => {
  for (const encoding of ['cms', 'container'] as const) {
    t.match(verifyCommit(signed([alone], encoding), trust, NOW), { signer: { class: 'clinician', registrations: [{ number: '555' }] } });
    t.match(faults(signed([await makePerson({ number: '555' })], encoding)), [/is self-signed and not one this host trusts by itself/]);
  }
  t.match(faults(signed([alone]), trustOf({ roots: [root], listed: [alone] })), [/is self-signed/], 'listed is not trusted');
  t.match(faults(signed([alone, inter])), [/carries the certificate of CN=Inter/]);
  t.match(faults(signed([alone]), trust, new Date('2031-01-01')), [/expired on 2030-01-01/]);
});

t.test('what a root may certify is what policy says of that root', async (t) => {
  const patients = await makeAuthority('Patients');
  const host = trustOf({ roots: [root, { ...patients, authorities: [{ name: 'NHS', class: 'patient' }] }] });
  t.match(faults(signed([await leafUnder(patients)]), host), [
    /registration with GMC, which this host does not let the root CN=Patients certify \(it may: NHS\)/,
  ]);
  t.match(verifyCommit(signed([await leafUnder(patients, { authority: 'NHS' })]), host, NOW), { signer: { class: 'patient' } });
  const further = { authority: 'NHS', uris: ['vpr://NHS/1234567', 'vpr://GMC/1234567'] };
  t.match(faults(signed([await leafUnder(patients, further)]), host), [/registration with GMC/]);
  const nurse = { uris: ['vpr://GMC/1234567', 'vpr://NMC/9'] };
  t.match(faults(signed([await leafUnder(root, nurse)]), host), [/registration with NMC/]);
  const both = trustOf({ roots: [{ ...root, authorities: [...CLINICIANS, { name: 'NMC', class: 'administrator' }] }] });
  t.match(
    verifyCommit(signed([await leafUnder(root, nurse)]), both, NOW),
    { signer: { class: 'clinician' } },
    'further registrations add no class',
  );
  const crossed = await makeAuthority('Patients', { issuer: root, keys: patients.keys });
  t.ok(isGood(verifyCommit(signed([await leafUnder(patients), crossed]), host, NOW)), 'any of several paths may do');
});

t.test('leaves that may not sign', async (t) => {
  const of = async (person: object, options = {}) => faults(signed([await leafUnder(root, person, options)]));
  const { digitalSignature, nonRepudiation, keyCertSign } = x509.KeyUsageFlags;
  t.match(await of({ usage: digitalSignature }), [/keyUsage lacks nonRepudiation/]);
  t.match(await of({ usage: nonRepudiation }), [/keyUsage lacks digitalSignature/]);
  t.match(
    await of(
      { usage: digitalSignature | nonRepudiation | keyCertSign },
      { extensions: [new x509.BasicConstraintsExtension(true, undefined, true)] },
    ),
    [/\(CA\)/],
  );
  t.match(await of({ uris: ['vpr://GMC/1234567', `urn:uuid:${JANE_ID}`, `urn:uuid:${JANE_ID.replace('4', '5')}`] }), [
    /at most one participant id/,
  ]);
  t.match(await of({}, { extensions: [new x509.Extension('1.2.3.4', true, Uint8Array.of(5, 0))] }), [/not understood/]);
  t.match(await of({}, { to: '2026-05-31T00:00:00Z' }), [/expired on 2026-05-31/]);
  t.match(await of({}, { from: '2026-06-02T00:00:00Z' }), [/valid from 2026-06-02/]);
  t.match(faults(signed([await leafUnder(await makeAuthority('Stranger'))])), [/of issuer CN=Stranger leads to no root/]);
  t.match(faults(signed([await leafUnder(await makeAuthority('Root'))])), [
    /is not signed with its issuer's key \(the certificate of CN=Root\)/,
  ]);
  const big = await leafUnder(root, {}, { algorithm: P384 });
  t.throws(() => signed([big]), { code: 'sign/key' });
});

t.test('faults name no person, and help', async (t) => {
  const expired = await leafUnder(root, {}, { to: '2026-05-31T00:00:00Z' });
  const { signerFaults } = verifyCommit(signed([expired]), trust, NOW);
  t.notMatch(JSON.stringify(signerFaults), 'Jane');
  t.match(signerFaults, [{ help: [/vpr cert renew/, /git commit --amend --no-edit -S/, /git rebase --exec/] }]);
});

t.test('a participant id from the policy', async (t) => {
  const sue = await leafUnder(root);
  const listed = trustOf({ roots: [root], listed: [{ certificate: sue.certificate, participantId: JANE_ID }] });
  t.match(verifyCommit(signed([sue]), listed, NOW), { signer: { participantId: JANE_ID, participantIdFrom: 'policy' } });
  t.equal(verifyCommit(signed([sue]), trustOf({ roots: [root] }), NOW).signer?.participantId, undefined);
});

t.test('no bytes make it throw', (t) => {
  const bytes = signed([jane, inter]);
  for (let length = 0; length < bytes.length; length += 7) t.notOk(isGood(verifyCommit(bytes.subarray(0, length), trust, NOW)));
  t.end();
});

/** What revocation lists mean for a commit (FORMAT §6 "When a certificate counts"). */
import t from 'tap';
import { element, sequence } from '../../src/trust/der/write.js';
import { loadTrust } from '../../src/trust/store.js';
import type { ReceiptKnown, Verification } from '../../src/trust/types.js';
import { verifyCommit } from '../../src/trust/verify.js';
import { type Holder, make, makeAuthority, makePerson, NOW, x509 } from './support/authorities.js';
import { CLINICIANS, isGood, messages, policyOf, signed, type Trusted, trustOf } from './support/commits.js';
import { asn1Time, extension, type Listing, makeList, pemOf } from './support/lists.js';

const root = await makeAuthority('Root');
const inter = await makeAuthority('Inter', { issuer: root });
const jane = await makePerson({}, { issuer: inter });
const commit = signed([jane, inter]);

const KEY_COMPROMISE = 1;
const CA_COMPROMISE = 2;
const SUPERSEDED = 4;
const HOLD = 6;

/** A list of the intermediate. */
const list = (change: Partial<Listing> = {}) => makeList({ issuer: inter, ...change });
/** A list of the intermediate that names Jane. */
const revoked = (entry: object, change: Partial<Listing> = {}) =>
  list({ entries: [{ holder: jane, date: '2026-05-20T00:00:00Z', ...entry }], ...change });
const ofRoot = makeList({ issuer: root });

function look(crls: readonly Uint8Array[], change: Partial<Trusted> = {}, at = NOW, known: ReceiptKnown = 'host'): Verification {
  return verifyCommit(commit, trustOf({ roots: [root], crls, revocation: 'require', ...change }), at, { known });
}

/** Good, or what is said. */
function said(verification: Verification): string {
  return isGood(verification) && verification.revocationFaults.length === 0 ? '' : messages(verification).join('; ');
}

t.test('what is not known is what policy says', async (t) => {
  t.equal(said(look([list(), ofRoot])), '');
  const without = look([ofRoot]);
  t.equal(without.signer, undefined);
  t.match(messages(without), [
    /whether the certificate with SHA-256 .* is revoked is not known: no revocation list of CN=Inter is at hand/,
  ]);
  const warned = look([ofRoot], { revocation: 'warn' });
  t.ok(isGood(warned));
  t.match(warned.revocationFaults, [{ message: /no revocation list of CN=Inter is at hand/, help: [/crls in its vpr\.yaml/] }]);
  t.equal(look([], { revocation: 'warn' }).revocationFaults.length, 2, 'of every certificate below the root');
  t.ok(isGood(look([], { revocation: 'off' })));
  t.equal(look([], { revocation: 'off' }).revocationFaults.length, 2, 'which is known all the same');
  const self = await makePerson({});
  const pinned = { listed: [{ certificate: self.certificate, authorities: CLINICIANS }] };
  const alone = verifyCommit(signed([self]), trustOf({ ...pinned, revocation: 'require' }), NOW, { known: 'host' });
  t.equal(said(alone), '', 'what is trusted by itself has no list above it');
});

t.test('a list that is out of date says nothing new, and what it said stays', async (t) => {
  const stale = { from: '2026-05-01T00:00:00Z', to: '2026-05-25T00:00:00Z' };
  t.match(said(look([list(stale), ofRoot])), /the list of CN=Inter is out of date since 2026-05-25/);
  t.equal(said(look([list(stale), ofRoot], {}, new Date('2026-05-25T00:00:00.999Z'))), '');
  t.match(said(look([list(stale), ofRoot], {}, new Date('2026-05-25T00:00:01Z'))), /out of date/);
  t.match(
    said(look([revoked({ reason: SUPERSEDED }, stale)], { revocation: 'off' })),
    /was revoked on 2026-05-20T00:00:00Z \(superseded\)/,
  );
  t.equal(
    said(look([list({ from: '2026-08-01T00:00:00Z', to: '2026-09-01T00:00:00Z' }), ofRoot])),
    '',
    'a later list tells of earlier times',
  );
});

t.test('a compromised key voids what was received since its invalidity date', async (t) => {
  const crls = [revoked({ reason: KEY_COMPROMISE, invalidity: '2026-05-10T00:00:00Z' }), ofRoot];
  const at = (time: string, known: ReceiptKnown = 'host') => look(crls, {}, new Date(time), known);
  t.equal(said(at('2026-05-09T23:59:59Z')), '');
  t.match(
    said(at('2026-05-10T00:00:00Z')),
    /was revoked on 2026-05-20T00:00:00Z \(keyCompromise, since 2026-05-10T00:00:00Z\), and the commit counts from 2026-05-10/,
  );
  t.match(said(at('2026-06-01T00:00:00Z')), /revoked/);
  t.equal(at('2026-06-01T00:00:00Z').cannotBeShown, undefined);
  const early = at('2026-02-01T00:00:00Z', 'signer');
  t.equal(early.cannotBeShown, true, "without the host's word nothing of that key can be shown");
  t.equal(early.signer, undefined);
  t.match(early.signerFaults, [{ message: /cannot be shown by its signer's word alone/, help: [/--journal/] }]);
  t.equal(at('2026-06-01T00:00:00Z', 'signer').cannotBeShown, true);
  t.equal(verifyCommit(commit, trustOf({ roots: [root], crls }), new Date('2026-02-01')).cannotBeShown, true, 'unless said otherwise');
});

t.test('a compromised key is so under another certificate of it as well, where the revoked one is known', async (t) => {
  const renewed = await makePerson({}, { issuer: inter, keys: jane.keys });
  const elsewhere = await makeAuthority('Elsewhere');
  const other = await makePerson({}, { issuer: elsewhere, keys: jane.keys });
  const known = { roots: [root, elsewhere], intermediates: [inter.certificate], listed: [{ certificate: jane.certificate }] };
  const entry = { reason: KEY_COMPROMISE, invalidity: '2026-05-10T00:00:00Z' };
  const see = (holder: Holder, crls: readonly Uint8Array[], change: Partial<Trusted> = {}, at = NOW, by: ReceiptKnown = 'host') => {
    const carried = holder === renewed ? [renewed, inter] : [holder];
    return verifyCommit(signed(carried), trustOf({ ...known, crls, revocation: 'off', ...change }), at, { known: by });
  };
  for (const holder of [renewed, other]) {
    t.ok(isGood(see(holder, [list()])));
    t.match(messages(see(holder, [revoked(entry)])), [
      /which has the same key, was revoked on 2026-05-20T00:00:00Z \(keyCompromise, since/,
    ]);
    t.ok(isGood(see(holder, [revoked(entry)], {}, new Date('2026-05-09T00:00:00Z'))), 'what was received before that stays good');
    t.equal(see(holder, [revoked(entry)], {}, new Date('2026-05-09T00:00:00Z'), 'signer').cannotBeShown, true);
    t.ok(isGood(see(holder, [revoked({ reason: SUPERSEDED })])), 'another reason is about the certificate alone');
    t.ok(isGood(see(holder, [revoked(entry)], { listed: [] })), 'of a certificate that is not here the key is not known');
    t.ok(isGood(see(holder, [makeList({ issuer: elsewhere, entries: [{ holder: jane, date: '2026-05-20T00:00:00Z', ...entry }] })])));
  }
  const pinned = await makePerson({}, { keys: jane.keys });
  const listed = [{ certificate: jane.certificate }, { certificate: pinned.certificate, authorities: CLINICIANS }];
  t.match(messages(see(pinned, [revoked(entry)], { listed })), [/which has the same key/], 'also where it is trusted by itself');
  t.match(said(see(renewed, [list(), ofRoot], { revocation: 'require' })), '', 'of the other one nothing more need be known');
});

t.test('a compromised key of which nobody says since when', async (t) => {
  const crls = [revoked({ reason: KEY_COMPROMISE }), ofRoot];
  const before = look(crls, {}, new Date('2026-05-19T00:00:00Z'));
  t.equal(before.cannotBeShown, true);
  t.match(messages(before), [/the list does not say when that was/]);
  t.match(said(look(crls)), /was revoked on/);
  t.equal(look(crls).cannotBeShown, undefined);
  const late = [revoked({ reason: KEY_COMPROMISE, invalidity: '2026-05-25T00:00:00Z' }), ofRoot];
  t.match(
    said(look(late, {}, new Date('2026-05-22T00:00:00Z'))),
    /was revoked on/,
    'an invalidity date after the revocation changes nothing',
  );
});

t.test('other reasons void nothing received before the revocation', async (t) => {
  for (const reason of [undefined, SUPERSEDED, HOLD]) {
    const crls = [revoked({ ...(reason === undefined ? {} : { reason }), invalidity: '2026-01-01T00:00:00Z' }), ofRoot];
    t.equal(said(look(crls, {}, new Date('2026-05-19T23:59:59Z'))), '', `${reason}`);
    t.equal(said(look(crls, {}, new Date('2026-05-19T23:59:59Z'), 'signer')), '', `${reason}, by the signer's word`);
    t.match(said(look(crls, {}, new Date('2026-05-20T00:00:00Z'))), /was revoked on/, `${reason}`);
  }
});

t.test('a hold ends with the newest list; another revocation does not', async (t) => {
  const newer = list({ from: '2026-05-28T00:00:00Z', number: 9 });
  t.match(said(look([revoked({ reason: HOLD }), ofRoot])), /certificateHold/);
  t.equal(said(look([revoked({ reason: HOLD }), newer, ofRoot])), '');
  t.match(said(look([revoked({ reason: SUPERSEDED }), newer, ofRoot])), /superseded/);
  t.equal(said(look([revoked({ reason: HOLD }), list({ number: 2 }), ofRoot])), '', 'of the same moment, by number');
  t.match(said(look([revoked({ reason: HOLD }, { number: 3 }), list({ number: 2 }), ofRoot])), /certificateHold/);
});

t.test('an authority that is revoked takes what is below it along', async (t) => {
  const entries = (reason: number, invalidity?: string) => [
    { holder: inter, date: '2026-05-20T00:00:00Z', reason, ...(invalidity === undefined ? {} : { invalidity }) },
  ];
  const crls = [list(), makeList({ issuer: root, entries: entries(CA_COMPROMISE, '2026-05-10T00:00:00Z') })];
  t.match(said(look(crls)), /the certificate of CN=Inter was revoked on .* \(cACompromise, since 2026-05-10T00:00:00Z\)/);
  t.equal(said(look(crls, {}, new Date('2026-05-09T00:00:00Z'))), '');
  t.equal(look(crls, {}, new Date('2026-05-09T00:00:00Z'), 'signer').cannotBeShown, true);
});

t.test('a list counts where its issuer signed it, and may', async (t) => {
  const stranger = await makeAuthority('Inter');
  t.match(said(look([list({ signer: stranger }), ofRoot])), /the list of CN=Inter of 2026-05-01 is not signed with its issuer's key/);
  t.match(said(look([revoked({}, { signer: stranger }), list(), ofRoot])), /^$/, 'a forged one revokes nothing');
  const sha1 = list({ algorithm: '1.2.840.10045.4.1' });
  t.match(said(look([sha1, ofRoot])), /of 2026-05-01 is signed with 1\.2\.840\.10045\.4\.1, expected ECDSA or RSA with SHA-256/);
  const mute = await make({
    subject: [{ CN: ['Mute'] }],
    issuer: root,
    extensions: [
      new x509.BasicConstraintsExtension(true, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign, true),
    ],
  });
  const tom = await makePerson({}, { issuer: mute });
  const trust = (crls: readonly Uint8Array[], intermediates: readonly Holder[] = []) =>
    trustOf({ roots: [root], crls, revocation: 'require', intermediates: intermediates.map(({ certificate }) => certificate) });
  const verify = (...given: Parameters<typeof trust>) => said(verifyCommit(signed([tom, mute]), trust(...given), NOW, { known: 'host' }));
  t.match(verify([makeList({ issuer: mute }), ofRoot]), /keyUsage lacks cRLSign/);
  const usage = new x509.KeyUsagesExtension(x509.KeyUsageFlags.cRLSign, true);
  const lister = await make({ subject: [{ CN: ['Mute'] }], issuer: root, extensions: [usage] });
  const apart = makeList({ issuer: mute, signer: lister });
  t.match(verify([apart, ofRoot]), /is not signed with its issuer's key/, 'by a certificate that is not at hand');
  t.equal(verify([apart, ofRoot], [lister]), '', 'by another certificate of its name');
  t.match(verify([apart], [lister]), /signed by a certificate that is not valid itself/, 'of which it is not known whether it is revoked');
  const gone = makeList({ issuer: root, entries: [{ holder: lister, date: '2026-05-20T00:00:00Z' }] });
  t.match(verify([apart, gone], [lister]), /signed by a certificate that is not valid itself/, 'which is revoked');
  const elsewhere = await makeAuthority('Elsewhere');
  const foreign = await make({ subject: [{ CN: ['Mute'] }], issuer: elsewhere, extensions: [usage] });
  const away = makeList({ issuer: mute, signer: foreign });
  t.match(verify([away, ofRoot, makeList({ issuer: elsewhere })], [foreign, elsewhere]), /not valid itself/, 'of another root');
  const keyId = extension('2.5.29.35', false, sequence(element(0x80, Uint8Array.of(1, 2, 3))));
  const named = await makeAuthority('Named', { issuer: root, extensions: [new x509.SubjectKeyIdentifierExtension('040506')] });
  const rob = await makePerson({}, { issuer: named });
  const listed = (extensions: readonly Uint8Array[]) =>
    said(verifyCommit(signed([rob, named]), trust([makeList({ issuer: named, extensions }), ofRoot]), NOW, { known: 'host' }));
  t.equal(listed([]), '');
  t.match(listed([keyId]), /has a key identifier that is not its issuer's/);
});

t.test('what a list is about', async (t) => {
  const about = (value: Uint8Array) => said(look([list({ extensions: [extension('2.5.29.28', true, value)] }), ofRoot]));
  const flag = (tag: number) => sequence(element(tag, Uint8Array.of(0xff)));
  t.equal(about(flag(0x81)), '');
  t.match(about(flag(0x82)), /no revocation list of CN=Inter/);
  t.match(about(flag(0x85)), /no revocation list of CN=Inter/);
  t.match(about(sequence(element(0x83, Uint8Array.of(5, 0x60)))), /about some reasons only/);
  t.match(about(sequence(element(0xa0, element(0xa0, element(0x86, Buffer.from('http://x/1.crl')))))), /no revocation list of CN=Inter/);
});

t.test('a list from after the expiry says nothing, but for one that keeps what expired', async (t) => {
  const short = await makePerson({}, { issuer: inter, to: '2026-03-01T00:00:00Z' });
  const verify = (...crls: Uint8Array[]) =>
    said(
      verifyCommit(signed([short, inter]), trustOf({ roots: [root], crls, revocation: 'require' }), new Date('2026-02-01'), {
        known: 'host',
      }),
    );
  t.match(verify(list(), ofRoot), /were made after the certificate had expired/);
  t.equal(verify(list(), list({ from: '2026-02-20T00:00:00Z', to: '2026-03-20T00:00:00Z' }), ofRoot), '', 'the last one from before');
  const keeps = extension('2.5.29.60', false, asn1Time('2026-01-01T00:00:00Z', true));
  t.equal(verify(list({ extensions: [keeps] }), ofRoot), '');
  const entries = [{ holder: short, date: '2026-01-15T00:00:00Z' }];
  t.match(verify(list({ entries }), ofRoot), /was revoked on/, 'what it does name is revoked');
});

t.test('files: faults by their place, and the digest', async (t) => {
  const files: Record<string, Uint8Array> = { a: pemOf(list(), ofRoot), b: Buffer.from('<html>') };
  const policy = { ...policyOf({}), crls: ['a', 'b', 'c'] };
  const reading = loadTrust(policy, (path) => files[path]);
  t.match(reading, {
    ok: false,
    faults: [
      { message: 'crls[1] b: is neither PEM nor DER, expected a revocation list' },
      { message: 'crls[2] c: no such file, or not readable', help: [/put the revocation list there, or correct crls\[2\]/] },
    ],
  });
  const trust = trustOf({ crls: [files['a'] as Uint8Array] });
  t.equal(trust.crls.length, 2);
  t.not(trust.digest, trustOf({}).digest);
  t.not(trustOf({ revocation: 'warn' }).digest, trustOf({}).digest);
});

// cspell:ignore cades noattr nosmimecap outform
import { execFileSync } from 'node:child_process';
import { createHash, sign } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { TAG } from '../../src/trust/der/tags.js';
import { element, objectId, octetString, sequence } from '../../src/trust/der/write.js';
import { OID } from '../../src/trust/oids.js';
import { toPem } from '../../src/trust/pem.js';
import { convertSignature } from '../../src/trust/sign.js';
import { toArmour } from '../../src/trust/signature/armour.js';
import { readSignature, renderSignature } from '../../src/trust/signature/read.js';
import { type Form, type SignedData, STRICT, writeSignedData } from '../../src/trust/signature/signed-data.js';
import { verifyCommit } from '../../src/trust/verify.js';
import { type Holder, JANE_ID, makeAuthority, makePerson, NOW } from './support/authorities.js';
import { CLINICIANS, isGood, messages, PAYLOAD, trustOf, withSignature } from './support/commits.js';
import { needsProgram } from './support/shared.js';

const root = await makeAuthority('Root');
const inter = await makeAuthority('Inter', { issuer: root });
const jane = await makePerson({ id: JANE_ID }, { issuer: inter });
const alone = await makePerson({ number: '555' });
const knowing = trustOf({ roots: [root], intermediates: [inter.certificate], listed: [{ ...alone, authorities: CLINICIANS }] });
const bare = trustOf({ roots: [root] });

/** gpgsm's shape: indefinite lengths outside, NULL parameters. */
const LOOSE: Form = Object.fromEntries(Object.keys(STRICT).map((choice) => [choice, true])) as unknown as Form;

const attribute = (type: string, ...values: Uint8Array[]) => sequence(objectId(type), element(TAG.set, ...values));
const CONTENT_TYPE = attribute(OID.contentType, objectId(OID.data));
const DIGEST = attribute(OID.messageDigest, octetString(createHash('sha256').update(PAYLOAD).digest()));
const TIME = attribute(OID.signingTime, element(TAG.utcTime, Buffer.from('260601120000Z')));

interface Choices extends Partial<SignedData> {
  readonly signer?: Holder;
  readonly list?: readonly Uint8Array[];
}

/** A commit signed over attributes. */
function signedOver({ signer = jane, list = [CONTENT_TYPE, TIME, DIGEST], ...change }: Choices = {}): Uint8Array {
  const attributes = Buffer.concat([...list].sort(Buffer.compare));
  const signature = sign('sha256', element(TAG.set, attributes), { key: signer.key, dsaEncoding: 'ieee-p1363' });
  const { issuer, serial } = signer.certificate;
  const certificates = signer === alone ? [alone.certificate.der] : [jane.certificate.der, inter.certificate.der];
  const data = { form: STRICT, certificates, issuer: issuer.der, serial: Buffer.from(serial, 'hex'), attributes, signature, ...change };
  return withSignature(PAYLOAD, toArmour(writeSignedData(data)));
}

const faults = (choices: Choices, by = knowing) => messages(verifyCommit(signedOver(choices), by, NOW));

t.test("any of its writers' choices is good, and read as it was written", (t) => {
  for (const choice of [STRICT, LOOSE, ...Object.keys(STRICT).map((one) => ({ ...STRICT, [one]: true }))])
    t.same(faults({ form: choice }), [], JSON.stringify(choice));
  t.same(faults({ certificates: [inter.certificate.der, jane.certificate.der] }), [], 'certificates in any order');
  t.same(faults({ certificates: [jane.certificate.der] }), [], 'an intermediate that the host has may be missing');
  t.match(faults({ certificates: [jane.certificate.der] }, bare), [/leads to no root/]);
  t.match(faults({ certificates: [jane.certificate.der, inter.certificate.der, root.certificate.der] }), [
    /carries the certificate of CN=Root/,
  ]);
  t.match(faults({ certificates: [jane.certificate.der, inter.certificate.der, inter.certificate.der] }), [
    /carries the certificate of CN=Inter/,
  ]);
  t.match(faults({ certificates: [inter.certificate.der] }), [/no certificate of its signer, and 0 that the host trusts/]);
  t.match(faults({ certificates: [jane.certificate.der, jane.certificate.der] }), [/two certificates with the issuer and serial number/]);
  t.end();
});

t.test('both high and low s are good, and nothing converts it', (t) => {
  for (let i = 0; i < 8; i++) t.same(faults({}), []);
  const reading = convertSignature(gpgsigOf(signedOver()), 'container');
  t.match(reading, { ok: false, faults: [{ message: /over signed attributes/ }] });
  t.end();
});

t.test('a signer that is trusted by itself may be left out', async (t) => {
  t.same(faults({ signer: alone }), []);
  t.same(faults({ signer: alone, certificates: [], form: LOOSE }), []);
  t.match(faults({ signer: alone, certificates: [] }, bare), [/0 that the host trusts by themselves/]);
  t.match(messages(verifyCommit(signedOver({ signer: alone, certificates: [] }), undefined, NOW)), [/no certificate of its signer/]);
});

t.test("the attributes are the ones allowed, say the payload's digest, and are signed", async (t) => {
  const hash = (holder: Holder) => octetString(Buffer.from(holder.certificate.fingerprint, 'hex'));
  const names = (holder: Holder) => attribute(OID.signingCertificateV2, sequence(sequence(sequence(hash(holder)))));
  t.same(faults({ list: [CONTENT_TYPE, DIGEST] }), []);
  t.same(faults({ list: [CONTENT_TYPE, DIGEST, names(jane), attribute(OID.smimeCapabilities, sequence())] }), []);
  t.match(faults({ list: [CONTENT_TYPE, DIGEST, names(alone)] }), [/signingCertificateV2 names another/]);
  t.same(faults({ signer: alone, certificates: [], list: [CONTENT_TYPE, DIGEST, names(alone)] }), [], 'also where it is left out');
  t.match(faults({ signer: alone, certificates: [], list: [CONTENT_TYPE, DIGEST, names(jane)] }), [/0 that the host trusts by themselves/]);
  t.match(faults({ list: [CONTENT_TYPE] }), [/messageDigest: missing/]);
  t.match(faults({ list: [DIGEST] }), [/contentType: missing/]);
  t.match(faults({ list: [CONTENT_TYPE, DIGEST, TIME, TIME] }), [/order of DER/]);
  t.match(faults({ list: [CONTENT_TYPE, attribute(OID.messageDigest, octetString(new Uint8Array(32)))] }), [
    /messageDigest is not this commit's/,
  ]);
  t.match(faults({ list: [attribute(OID.contentType, objectId(OID.signedData)), DIGEST] }), [
    /contentType: found signedData, expected data/,
  ]);
  t.match(faults({ list: [CONTENT_TYPE, DIGEST, attribute('1.2.3.4', octetString(Uint8Array.of(1)))] }), [/1\.2\.3\.4 is none of/]);
  t.match(faults({ list: [CONTENT_TYPE, DIGEST, attribute(OID.signingTime)] }), [/has 0 values, expected one/]);
  t.match(faults({ attributes: Buffer.concat([DIGEST, CONTENT_TYPE]) }), [/order of DER/]);
  t.match(faults({ attributes: Buffer.concat([CONTENT_TYPE, DIGEST]) }), [/not the certificate's key's/]);
});

t.test('every byte counts', (t) => {
  for (const form of [STRICT, LOOSE]) {
    const bytes = Uint8Array.from(signedOver({ form }));
    t.ok(isGood(verifyCommit(bytes, knowing, NOW)));
    const accepted: number[] = [];
    for (const at of bytes.keys()) {
      for (const pattern of [0x01, 0x20, 0x80]) {
        bytes[at] = (bytes[at] as number) ^ pattern;
        if (isGood(verifyCommit(bytes, knowing, NOW))) accepted.push(at);
        bytes[at] = (bytes[at] as number) ^ pattern;
      }
    }
    t.same(accepted, []);
  }
  t.end();
});

t.test('what openssl cms -sign writes is read', needsProgram('openssl', 'openssl'), (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'vpr-cms-'));
  t.teardown(() => rmSync(directory, { recursive: true }));
  const file = (name: string, content: string | Uint8Array) => {
    writeFileSync(join(directory, name), content);
    return join(directory, name);
  };
  const input = ['-binary', '-in', file('payload', PAYLOAD), '-outform', 'DER'];
  const signer = [
    '-signer',
    file('jane.pem', toPem(jane.certificate.der)),
    '-inkey',
    file('jane.key', jane.key.export({ format: 'pem', type: 'pkcs8' })),
  ];
  const between = ['-certfile', file('inter.pem', toPem(inter.certificate.der))];
  for (const options of [[], between, ['-cades'], ['-nosmimecap'], [...between, '-md', 'sha256', '-cades']]) {
    const der = execFileSync('openssl', ['cms', '-sign', ...input, ...signer, ...options]);
    const reading = readSignature(toArmour(der));
    t.match(reading, { ok: true, value: { encoding: 'cms-attributes' } }, options.join(' '));
    t.equal(reading.ok && renderSignature(reading.value), toArmour(der));
    t.same(messages(verifyCommit(withSignature(PAYLOAD, toArmour(der)), knowing, NOW)), []);
  }
  const plain = execFileSync('openssl', ['cms', '-sign', '-noattr', ...input, ...signer, ...between]);
  t.match(readSignature(toArmour(plain)), { ok: true, value: { encoding: 'cms' } }, '-noattr writes what we write');
  t.end();
});

function gpgsigOf(commit: Uint8Array): string {
  return /gpgsig (.*?)\n\n/s.exec(Buffer.from(commit).toString())?.[1]?.replaceAll('\n ', '\n') ?? '';
}

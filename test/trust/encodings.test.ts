import { hash } from 'node:crypto';
import fc from 'fast-check';
import t from 'tap';
import { toBase64 } from '../../src/trust/base64.js';
import { convertSignature, signPayload } from '../../src/trust/sign.js';
import { toArmour } from '../../src/trust/signature/armour.js';
import { readSignature, renderSignature } from '../../src/trust/signature/read.js';
import { type SignedData, STRICT, writeSignedData } from '../../src/trust/signature/signed-data.js';
import { makeAuthority, makePerson } from './support/authorities.js';
import { PAYLOAD } from './support/commits.js';

const root = await makeAuthority('Root');
const inter = await makeAuthority('Inter', { issuer: root });
const jane = await makePerson({ id: '4f8c2a1d-9e3b-4a7c-8f1e-6b0d2c5a9f12' }, { issuer: inter });
const chain = [jane.certificate, inter.certificate];

const TEXTS = {
  cms: signPayload(PAYLOAD, jane.key, chain, 'cms'),
  container: signPayload(PAYLOAD, jane.key, chain, 'container'),
  raw: signPayload(PAYLOAD, jane.key, chain, 'raw'),
} as const;

const DER = Buffer.from(TEXTS.cms.split('\n').slice(1, -1).join(''), 'base64');
const rs = fc.uint8Array({ minLength: 64, maxLength: 64 });

t.test('every encoding is written as it was read, whatever r and s', (t) => {
  fc.assert(
    fc.property(rs, fc.boolean(), (signature, withCertificate) => {
      const container = { signature: toBase64(signature), public_key: toBase64(jane.certificate.point as Uint8Array) };
      const full = withCertificate ? { ...container, certificate: toBase64(jane.certificate.der) } : container;
      const raw = toBase64(signature);
      const texts = [raw, toBase64(Buffer.from(JSON.stringify(full))), cms({ signature })];
      return texts.every((text) => {
        const reading = readSignature(text);
        return reading.ok && renderSignature(reading.value) === text && Buffer.compare(reading.value.signature, signature) === 0;
      });
    }),
  );
  t.end();
});

t.test('CMS and container carry the same r and s, and turn into each other without a key', (t) => {
  const sig = readSignature(TEXTS.cms);
  const second = convertSignature(TEXTS.cms, 'container');
  t.ok(sig.ok && second.ok);
  if (!sig.ok || !second.ok) throw new Error('unreadable');
  t.same(convertSignature(second.value, 'cms', [inter.certificate]), { ok: true, value: TEXTS.cms });
  t.same(convertSignature(TEXTS.cms, 'raw'), { ok: true, value: toBase64(sig.value.signature) });
  t.same(convertSignature(TEXTS.cms, 'cms'), { ok: true, value: TEXTS.cms });
  t.notOk(convertSignature(TEXTS.raw, 'cms').ok, 'nothing comes from nothing');
  t.notOk(convertSignature('what?', 'cms').ok);
  t.end();
});

/** CMS with one choice of its writer changed. */
function cms(change: Partial<SignedData>): string {
  const leaf = jane.certificate;
  const data: SignedData = {
    form: STRICT,
    certificates: [leaf.der, inter.certificate.der].sort(Buffer.compare),
    issuer: leaf.issuer.der,
    serial: Buffer.from(leaf.serial, 'hex'),
    signature: new Uint8Array(64).fill(1),
    ...change,
  };
  return toArmour(writeSignedData(data));
}

function fault(text: string): string {
  const reading = readSignature(text);
  return reading.ok ? 'good' : (reading.faults[0]?.message ?? '');
}

t.test('CMS has one spelling', (t) => {
  t.equal(fault(cms({})), 'good');
  for (const choice of Object.keys(STRICT))
    t.match(fault(cms({ form: { ...STRICT, [choice]: true } })), 'indefinite lengths or algorithm parameters', choice);
  const sorted = [jane.certificate.der, inter.certificate.der].sort(Buffer.compare);
  t.match(fault(cms({ certificates: [...sorted].reverse() })), 'not in the order of DER');
  t.match(fault(cms({ certificates: [] })), "carries 0 certificates and not its signer's");
  t.match(fault(cms({ certificates: [inter.certificate.der] })), "carries 1 certificates and not its signer's");
  t.match(fault(cms({ certificates: [jane.certificate.der, jane.certificate.der] })), 'two certificates');
  t.match(fault(cms({ certificates: Array.from({ length: 9 }, () => jane.certificate.der) })), 'expected at most 8');
  t.match(fault(cms({ serial: Uint8Array.of(0, 1) })), /INTEGER not minimal|not its signer's/);
  t.end();
});

t.test('armour has one spelling', (t) => {
  const lines = TEXTS.cms.split('\n');
  const body = lines.slice(1, -1).join('');
  const [begin = '', end = ''] = [lines[0], lines.at(-1)];
  const wrapped = (width: number) => [begin, ...(body.match(new RegExp(`.{1,${width}}`, 'g')) ?? []), end].join('\n');
  t.equal(fault(wrapped(64)), 'good');
  for (const width of [63, 65, 76, 10_000]) t.match(fault(wrapped(width)), 'lines of 64', `${width}`);
  t.match(fault(`${TEXTS.cms}\n`), 'an empty line behind its last one');
  t.match(fault(`${TEXTS.cms}\n\n`), 'last line');
  t.match(fault(TEXTS.cms.replaceAll('\n', '\r\n')), 'end in CR LF');
  t.match(fault([begin, '', ...lines.slice(1)].join('\n')), 'lines of 64');
  t.match(fault(lines.toSpliced(1, 0, 'Version: 1').join('\n')), 'lines of 64');
  t.match(fault(TEXTS.cms.replace(/.(?==*\n-----END)/, '_')), 'damaged');
  t.match(fault(`${begin}\n${end}`), 'DER ends early');
  t.match(fault(TEXTS.cms.replaceAll('SIGNED MESSAGE', 'CMS')), 'a signature labelled CMS, expected the label that git knows it by');
  t.equal(fault(''), 'the signature is empty');
  t.end();
});

t.test('base64 with spare bits, JSON with anything more: refused', (t) => {
  const json = Buffer.from(TEXTS.container, 'base64').toString();
  const of = (text: string) => fault(toBase64(Buffer.from(text)));
  t.equal(of(json), 'good');
  const changed: [string, string][] = [
    ['white space', json.replace(':', ': ')],
    ['a newline', `${json}\n`],
    ['another member', json.replace(/\}$/, ',"x":1}')],
    ['a member twice', json.replace('{', '{"signature":"AAAA",')],
    ['another order', json.replace(/"signature":("[^"]*"),"public_key":("[^"]*")/, '"public_key":$2,"signature":$1')],
    ['an escape', json.replace('"signature"', '"signatur\\u0065"')],
    ['null', json.replace(/"certificate":"[^"]*"/, '"certificate":null')],
    ['no JSON', '{'],
    ['arrays to any depth', '['.repeat(40_000)],
  ];
  for (const [what, text] of changed) t.match(of(text), 'JSON is not exactly', what);
  t.match(of(json.replace(/"certificate":"[^"]*"/, '"certificate":""')), /empty/);
  t.match(of(json.replace('"signature":"', '"signature":"AAAA')), 'has 67 bytes, expected 64');
  t.match(of(json.replace(/"public_key":"[^"]*"/, `"public_key":"${toBase64(new Uint8Array(65).fill(2))}"`)), 'uncompressed');
  t.match(of(json.replace(/"public_key":"([^"=]*)=+"/, '"public_key":"$1"')), 'canonical base64');
  const pem = (change: (text: string) => string) =>
    of(
      json.replace(
        /"certificate":"([^"]*)"/,
        (_, text) => `"certificate":"${toBase64(Buffer.from(change(Buffer.from(text, 'base64').toString())))}"`,
      ),
    );
  t.equal(
    pem((text) => text),
    'good',
  );
  for (const change of [
    (text: string) => text.trimEnd(),
    (text: string) => `${text}\n`,
    (text: string) => text.replaceAll('\n', '\r\n'),
    (text: string) => `x\n${text}`,
  ]) {
    t.match(pem(change), 'canonical PEM');
  }
  t.match(fault(`${TEXTS.container}\n`), 'over several lines or with a newline');
  t.match(fault(TEXTS.container.endsWith('=') ? TEXTS.container.slice(0, -1) : `${TEXTS.container}=`), 'canonical');
  t.match(fault(`${TEXTS.raw.slice(0, -3)}${TEXTS.raw.at(-3) === 'B' ? 'C' : 'B'}==`), 'canonical');
  t.end();
});

t.test('signatures of other kinds are named, with the help to sign with the certificate', (t) => {
  for (const [text, expected] of [
    ['-----BEGIN SSH SIGNATURE-----\nU1NI\n-----END SSH SIGNATURE-----', 'an SSH signature'],
    ['-----BEGIN PGP SIGNATURE-----\n\niQ==\n-----END PGP SIGNATURE-----', 'a PGP signature'],
    ['-----BEGIN \x1b[31m', 'a signature labelled something unknown'],
  ] as const) {
    const reading = readSignature(text);
    t.match(reading, { ok: false, faults: [{ message: expected, help: [/^vpr setup/] }] });
  }
  for (const label of ['CMS', 'PKCS7']) {
    const reading = readSignature(`-----BEGIN ${label}-----\nMII=\n-----END ${label}-----`);
    t.match(reading, { ok: false, faults: [{ message: `labelled ${label}`, help: [`sed 's/ ${label}-----/ SIGNED MESSAGE-----/'`] }] });
  }
  t.match(fault('\x1b]0;x\x07'), 'neither CMS nor base64');
  t.match(fault('A'.repeat(70_000)), 'expected at most 65536');
  t.end();
});

t.test('no reader throws, and what it takes it writes again', (t) => {
  const texts = Object.values(TEXTS);
  const mutation = fc.record({ text: fc.constantFrom(...texts), at: fc.nat(3000), cut: fc.nat(3), add: fc.string({ maxLength: 3 }) });
  const inside = fc.record({ at: fc.nat(900), value: fc.nat(255) });
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        mutation.map(({ text, at, cut, add }) => text.slice(0, at % text.length) + add + text.slice((at % text.length) + cut)),
        inside.map(({ at, value }) => toArmour(patched(at, value))),
      ),
      (text) => {
        const reading = readSignature(text);
        return !reading.ok || renderSignature(reading.value) === text;
      },
    ),
    { numRuns: 3000 },
  );
  t.end();
});

function patched(at: number, value: number): Uint8Array {
  const copy = Uint8Array.from(DER);
  copy[at % copy.length] = value;
  return copy;
}

t.test('a certificate is remembered by its whole bytes', (t) => {
  t.equal(jane.certificate.fingerprint, hash('sha256', jane.certificate.der, 'hex'));
  t.end();
});

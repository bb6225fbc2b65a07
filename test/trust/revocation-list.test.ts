import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import t from 'tap';
import { element, objectId, sequence, unsignedInteger } from '../../src/trust/der/write.js';
import { readRevocationLists } from '../../src/trust/revocation/read.js';
import type { RevocationList } from '../../src/trust/types.js';
import { makeAuthority, makePerson } from './support/authorities.js';
import { asn1Time, extension, makeList, pemOf } from './support/lists.js';
import { needsProgram } from './support/shared.js';

const root = await makeAuthority('Root');
const jane = await makePerson({}, { issuer: root });
const DATE = '2026-05-01T10:00:00Z';

function only(file: Uint8Array): RevocationList {
  const reading = readRevocationLists(file);
  if (!reading.ok || reading.value.length !== 1) throw new Error(reading.ok ? `${reading.value.length} lists` : reading.faults[0]?.message);
  return reading.value[0] as RevocationList;
}

function fault(file: Uint8Array): string {
  const reading = readRevocationLists(file);
  return reading.ok ? '' : (reading.faults[0]?.message ?? '');
}

t.test('what a list says', async (t) => {
  const entries = [
    { holder: jane, date: DATE, reason: 1, invalidity: '2026-04-01T00:00:00Z' },
    { serial: '05', date: '2026-05-02T00:00:00Z' },
    { serial: '80', date: '2055-01-01T00:00:00Z', reason: 6 },
    { serial: '05', date: '2026-05-03T00:00:00Z', reason: 4 },
  ];
  const list = only(makeList({ issuer: root, number: 300, entries }));
  t.match(list, {
    number: '012c',
    size: 4,
    thisUpdate: new Date('2026-05-01T00:00:00Z'),
    nextUpdate: new Date('2027-01-01T00:00:00Z'),
    scope: {},
  });
  t.equal(list.issuer.text, 'CN=Root');
  t.same(list.find(jane.certificate.serial), [
    { date: new Date(DATE), reason: 'keyCompromise', invalidity: new Date('2026-04-01T00:00:00Z') },
  ]);
  t.same(
    list.find('05').map(({ reason }) => reason),
    ['unspecified', 'superseded'],
    'a serial number that stands twice',
  );
  t.same(list.find('80'), [{ date: new Date('2055-01-01T00:00:00Z'), reason: 'certificateHold' }]);
  t.same(list.find('06'), []);
  t.same(list.find('01'), [], 'octets within another entry are no serial number');
  t.same(only(makeList({ issuer: root })).find('05'), []);
});

t.test('one in DER, several in PEM', async (t) => {
  const [one, other] = [makeList({ issuer: root }), makeList({ issuer: root, number: 2 })];
  const both = readRevocationLists(pemOf(one, other));
  t.ok(both.ok && both.value.map(({ number }) => number).join() === '01,02');
  t.equal(only(Buffer.concat([Buffer.from('Issuer: Root\n'), pemOf(one)])).number, '01', 'text around it is passed over');
  t.match(fault(new Uint8Array()), /empty/);
  t.match(fault(Buffer.from('<html>')), /neither PEM nor DER/);
  t.match(fault(jane.certificate.der), /revocation list/);
  t.match(fault(Buffer.from('-----BEGIN CERTIFICATE-----\n')), /holds a certificate/);
  t.match(fault(Buffer.from('-----BEGIN PRIVATE KEY-----\n')), /a private key/);
  t.match(fault(pemOf(one).subarray(0, 200)), /PEM is damaged/);
  t.match(fault(Buffer.concat([one, Uint8Array.of(0)])), /1 bytes after the DER/);
  t.match(fault(pemOf(...new Array(65).fill(one))), /65 revocation lists/);
  t.match(fault(new Uint8Array(8 * 1024 * 1024 + 1)), /8388609 bytes/);
});

t.test('what makes a list unreadable', async (t) => {
  const of = (change: object) => fault(makeList({ issuer: root, entries: [{ serial: '05', date: DATE }], ...change }));
  t.equal(of({}), '');
  t.match(of({ number: undefined }), /no cRLNumber/);
  t.match(of({ to: '' }), /no nextUpdate/);
  t.match(of({ to: '2026-01-01T00:00:00Z' }), /nextUpdate before its thisUpdate/);
  t.match(of({ version: new Uint8Array() }), /version 1, expected version 2/);
  t.match(of({ version: unsignedInteger(Uint8Array.of(2)) }), /version/);
  const extra = (oid: string, critical: boolean, value: Uint8Array = Uint8Array.of(5, 0)) =>
    of({ extensions: [extension(oid, critical, value)] });
  t.match(extra('1.2.3.4', true), /critical extension 1\.2\.3\.4, which is not understood/);
  t.equal(extra('1.2.3.4', false), '');
  t.match(extra('2.5.29.27', true, unsignedInteger(Uint8Array.of(1))), /is a delta list/);
  t.match(extra('2.5.29.28', true, sequence(element(0x84, Uint8Array.of(0xff)))), /is an indirect list/);
  t.match(extra('2.5.29.28', true, sequence(element(0x81, Uint8Array.of(0xff)), element(0x82, Uint8Array.of(0xff)))), /two kinds/);
  t.match(extra('2.5.29.20', false), /stands twice/);
  const entry = (change: object) => of({ entries: [{ serial: '05', date: DATE, ...change }] });
  t.match(entry({ extensions: [extension('1.2.3.4', true, Uint8Array.of(5, 0))] }), /entry with the critical extension 1\.2\.3\.4/);
  t.equal(entry({ extensions: [extension('1.2.3.4', false, Uint8Array.of(5, 0))] }), '');
  t.match(entry({ extensions: [extension('2.5.29.29', true, sequence())] }), /another issuer/);
  t.match(entry({ reason: 8 }), /removeFromCRL/);
  t.match(entry({ reason: 7 }), /no meaning/);
  t.match(entry({ reason: 11 }), /no meaning/);
  t.match(entry({ serial: '' }), /malformed entry/);
  t.match(entry({ serial: '11'.repeat(22) }), /malformed entry/);
  for (const serial of ['0005', '0000', 'ff80', 'ffff']) t.match(entry({ serial }), /serial number not minimal/, serial);
  for (const serial of ['00', '7f', '80', 'ff', '0080', 'ff7f']) t.equal(entry({ serial }), '', serial);
});

t.test('scope and expired certificates', async (t) => {
  const scope = (value: Uint8Array) => only(makeList({ issuer: root, extensions: [extension('2.5.29.28', true, value)] })).scope;
  t.same(scope(sequence(element(0x81, Uint8Array.of(0xff)))), { only: 'user' });
  t.same(scope(sequence(element(0x82, Uint8Array.of(0xff)))), { only: 'authority' });
  t.same(scope(sequence(element(0x83, Uint8Array.of(5, 0x60)))), { reasons: 0b110 });
  t.match(scope(sequence(element(0xa0, element(0xa0, element(0x86, Buffer.from('http://x/1.crl')))))), {
    names: ['uniformResourceIdentifier http://x/1.crl'],
  });
  const expired = extension('2.5.29.60', false, asn1Time('2020-01-01T00:00:00Z', true));
  t.same(only(makeList({ issuer: root, extensions: [expired] })).expiredSince, new Date('2020-01-01T00:00:00Z'));
});

t.test('openssl reads our lists as we do', needsProgram('openssl', 'openssl'), async (t) => {
  const list = makeList({ issuer: root, number: 7, entries: [{ holder: jane, date: DATE, reason: 4 }] });
  const said = execFileSync('openssl', ['crl', '-inform', 'DER', '-noout', '-text'], { input: list }).toString();
  t.match(said, new RegExp(`Serial Number: ${jane.certificate.serial}`, 'i'));
  t.match(said, /Superseded/);
});

t.test('a large list', async (t) => {
  const entries = Array.from({ length: 100_000 }, (_, i) => ({ serial: (0x40000000 + i * 7).toString(16), date: DATE, reason: 4 }));
  const der = makeList({ issuer: root, entries });
  const list = only(der);
  t.equal(list.size, 100_000);
  t.equal(list.find((0x40000000 + 99_999 * 7).toString(16)).length, 1);
  t.equal(list.find((0x40000000 + 99_999 * 7 + 1).toString(16)).length, 0);
});

t.test('no bytes make the reader throw', async (t) => {
  const good = makeList({
    issuer: root,
    entries: [
      { holder: jane, date: DATE, reason: 1, invalidity: DATE },
      { serial: '05', date: DATE },
    ],
    extensions: [
      extension(
        '2.5.29.28',
        true,
        sequence(
          element(0xa0, element(0xa1, sequence(objectId('2.5.4.3'), element(0x0c, Buffer.from('x'))))),
          element(0x83, Uint8Array.of(5, 0x60)),
        ),
      ),
    ],
  });
  let read = 0;
  const look = (bytes: Uint8Array) => {
    const reading = readRevocationLists(bytes);
    if (!reading.ok) return;
    read++;
    for (const list of reading.value) for (const serial of ['05', jane.certificate.serial, 'ff', '']) list.find(serial);
  };
  const changes = fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { minLength: 1, maxLength: 3 });
  fc.assert(
    fc.property(changes, (list) => {
      const bytes = Uint8Array.from(good);
      for (const [at, octet] of list) bytes[at] = octet;
      look(bytes);
    }),
    { numRuns: 5000 },
  );
  fc.assert(
    fc.property(fc.nat(good.length), (end) => look(good.subarray(0, end))),
    { numRuns: 300 },
  );
  t.ok(read > 10, `${read} were lists`);
});

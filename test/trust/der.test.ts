import fc from 'fast-check';
import t from 'tap';
import { childrenOf, type Der, Fields, readElement } from '../../src/trust/der/read.js';
import { TAG } from '../../src/trust/der/tags.js';
import { time } from '../../src/trust/der/time.js';
import { boolean, integerOctets, namedBits, oid, smallInteger, text } from '../../src/trust/der/values.js';
import { element, objectId, octetString, sequence, unsignedInteger } from '../../src/trust/der/write.js';
import { attempt } from '../../src/trust/refusal.js';

const hex = (text: string) => Uint8Array.from(Buffer.from(text.replaceAll(' ', ''), 'hex'));
const accepts = (bytes: Uint8Array) => attempt(() => readElement(bytes, 'x')).ok;

/** A tree of elements: a leaf's octets, or children. */
type Tree = { tag: number; octets: Uint8Array } | { tag: number; children: Tree[] };

const tree = fc.letrec<{ tree: Tree }>((tie) => ({
  tree: fc.oneof(
    { depthSize: 'small' },
    fc.record({ tag: fc.constantFrom<number>(TAG.octetString, TAG.utf8String, 0x80), octets: fc.uint8Array({ maxLength: 300 }) }),
    fc.record({ tag: fc.constantFrom<number>(TAG.sequence, TAG.set, 0xa0), children: fc.array(tie('tree'), { maxLength: 5 }) }),
  ),
})).tree;

function write(node: Tree): Uint8Array {
  return element(node.tag, ...('octets' in node ? [node.octets] : node.children.map(write)));
}

function reread(found: Der): Uint8Array {
  return element(found.tag, ...(found.tag & 0x20 ? childrenOf(found, 'x').map(reread) : [found.content]));
}

t.test('what is written reads, and written again is the same bytes', (t) => {
  fc.assert(
    fc.property(tree, (node) => {
      const bytes = write(node);
      return Buffer.compare(reread(readElement(bytes, 'x')), bytes) === 0;
    }),
  );
  t.end();
});

t.test('any bytes: read again as themselves, or refused', (t) => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.uint8Array({ maxLength: 64 }),
        tree.map(write).chain((bytes) => mutated(bytes)),
      ),
      (bytes) => {
        const reading = attempt(() => reread(readElement(bytes, 'x')));
        return !reading.ok || Buffer.compare(reading.value, bytes) === 0;
      },
    ),
    { numRuns: 2000 },
  );
  t.end();
});

function mutated(bytes: Uint8Array): fc.Arbitrary<Uint8Array> {
  return fc
    .tuple(fc.nat(Math.max(0, bytes.length - 1)), fc.nat(255))
    .map(([at, value]) => bytes.map((octet, i) => (i === at ? value : octet)));
}

t.test('lengths are definite and minimal', (t) => {
  for (const good of ['0400', '0401ff', `0481 80 ${'00'.repeat(128)}`, `0482 0100 ${'00'.repeat(256)}`])
    t.ok(accepts(hex(good)), good.slice(0, 12));
  for (const bad of [
    '',
    '04',
    '0401',
    '048100',
    '04817f',
    '0481',
    '3080 0000',
    '04820080',
    '0485 0000000001 00',
    '04ff',
    '1f8100 00',
    '0401ff00',
  ]) {
    t.notOk(accepts(hex(bad)), bad);
  }
  t.end();
});

t.test('hostile depth costs nothing until it is asked for', (t) => {
  const deep = hex(`30 82 8000 ${'3080'.repeat(0x4000)}`);
  t.ok(accepts(deep));
  t.notOk(attempt(() => childrenOf(readElement(deep, 'x'), 'x')).ok);
  t.end();
});

t.test('fields are taken in order, and nothing may be left', (t) => {
  const both = readElement(sequence(octetString(hex('01')), unsignedInteger(hex('05'))), 'pair');
  const fields = new Fields(both, 'pair');
  t.equal(fields.takeIf(TAG.integer), undefined);
  fields.take(TAG.octetString, 'first');
  t.match(
    attempt(() => fields.end()),
    { ok: false, faults: [{ message: 'pair: unexpected integer' }] },
  );
  t.match(
    attempt(() => fields.take(TAG.set, 'second')),
    { ok: false, faults: [{ message: 'pair.second: found integer, expected set' }] },
  );
  t.match(
    attempt(() => new Fields(both, 'pair').take(TAG.null, 'first')),
    { faults: [{ message: /found octetString, expected null/ }] },
  );
  t.end();
});

t.test('values: one spelling each', (t) => {
  const as = (tag: number, octets: string) => readElement(element(tag, hex(octets)), 'x');
  for (const bad of ['', '0001', 'ff80']) t.notOk(attempt(() => integerOctets(as(TAG.integer, bad), 'x')).ok, `integer ${bad}`);
  for (const bad of ['80', '0100000000']) t.notOk(attempt(() => smallInteger(as(TAG.integer, bad), 'x')).ok, `small integer ${bad}`);
  t.equal(smallInteger(as(TAG.integer, '00ff'), 'x'), 255);
  t.equal(boolean(as(TAG.boolean, 'ff'), 'x'), true);
  for (const bad of ['', '01', 'ffff']) t.notOk(attempt(() => boolean(as(TAG.boolean, bad), 'x')).ok, `boolean ${bad}`);
  t.same(namedBits(as(TAG.bitString, '06c0'), 'x'), [0, 1]);
  t.same(namedBits(as(TAG.bitString, '070080'), 'x'), [8]);
  t.same(namedBits(as(TAG.bitString, '00'), 'x'), []);
  t.same(namedBits(as(TAG.bitString, '07c000'), 'x'), [0, 1]);
  for (const bad of ['', '01', '08c0', '07c0', '000000000001'])
    t.notOk(attempt(() => namedBits(as(TAG.bitString, bad), 'x')).ok, `bits ${bad}`);
  for (const bad of ['', '80', '8001', '2a86', 'ff'.repeat(12)]) t.notOk(attempt(() => oid(as(TAG.oid, bad), 'x')).ok, `oid ${bad}`);
  t.equal(text(as(TAG.utf8String, 'c3a9')), 'é');
  t.equal(text(as(TAG.bmpString, '00e9')), 'é');
  for (const [tag, bad] of [
    [TAG.utf8String, 'ff'],
    [TAG.printableString, 'e9'],
    [TAG.bmpString, 'd800'],
    [TAG.bmpString, '00'],
    [TAG.teletexString, '41'],
  ] as const) {
    t.equal(text(as(tag, bad)), undefined, `text ${tag} ${bad}`);
  }
  t.end();
});

t.test('object identifiers and integers come back', (t) => {
  const arcs = fc.tuple(fc.constantFrom(0, 1, 2), fc.nat(39), fc.array(fc.nat(), { maxLength: 8 }));
  fc.assert(
    fc.property(arcs, ([first, second, rest]) => {
      const dotted = [first, second, ...rest].join('.');
      return oid(readElement(objectId(dotted), 'x'), 'x') === dotted;
    }),
  );
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 1n << 264n }), (value) => {
      const digits = value.toString(16);
      const octets = integerOctets(
        readElement(unsignedInteger(hex(digits.padStart(digits.length + (digits.length % 2) + 2, '0'))), 'x'),
        'x',
      );
      return BigInt(`0x${Buffer.from(octets).toString('hex')}`) === value;
    }),
  );
  t.end();
});

t.test('times: to the second, in UTC, calendar times only', (t) => {
  const at = (tag: number, digits: string) => attempt(() => time(readElement(element(tag, Buffer.from(digits)), 'x'), 'x'));
  t.same(at(TAG.utcTime, '491231235959Z'), { ok: true, value: new Date('2049-12-31T23:59:59Z') });
  t.same(at(TAG.utcTime, '500101000000Z'), { ok: true, value: new Date('1950-01-01T00:00:00Z') });
  t.same(at(TAG.generalizedTime, '99991231235959Z'), { ok: true, value: new Date('9999-12-31T23:59:59Z') });
  for (const bad of ['260230000000Z', '2602280000Z', '260101000000+0000', '260101240000Z', '260101000060Z', '2601010000 0Z', ''])
    t.notOk(at(TAG.utcTime, bad).ok, bad);
  for (const bad of ['20260101000000.5Z', '20260101000000', '20260229000000Z']) t.notOk(at(TAG.generalizedTime, bad).ok, bad);
  t.notOk(at(TAG.utf8String, '260101000000Z').ok);
  t.end();
});

import fc from 'fast-check';
import t from 'tap';
import { folded } from '../../src/trust/certificate/fold.js';
import { readName, sameName } from '../../src/trust/certificate/name.js';
import { readElement } from '../../src/trust/der/read.js';
import { element, objectId, octetString, sequence } from '../../src/trust/der/write.js';
import { findPaths } from '../../src/trust/path/build.js';
import { readNameConstraints } from '../../src/trust/path/subtrees.js';
import { judgePath } from '../../src/trust/path/validate.js';
import { attempt } from '../../src/trust/refusal.js';
import { type Holder, make, makeAuthority, makeKeys, makePerson, x509 } from './support/authorities.js';

const keys = await makeKeys();
const text = (value: string) => Buffer.from(value, 'latin1');

/** GeneralNames by their tag. */
const dns = (value: string) => element(0x82, text(value));
const email = (value: string) => element(0x81, text(value));
const uri = (value: string) => element(0x86, text(value));
const address = (...octets: number[]) => element(0x87, Uint8Array.from(octets));
const directory = (name: x509.JsonNameParams) => element(0xa4, new Uint8Array(new x509.Name(name).toArrayBuffer()));
const registered = element(0x88, Uint8Array.of(42, 3));

function constraints(permitted: readonly Uint8Array[], excluded: readonly Uint8Array[] = []): x509.Extension {
  const list = (tag: number, bases: readonly Uint8Array[]) =>
    bases.length === 0 ? [] : [element(tag, ...bases.map((base) => sequence(base)))];
  return new x509.Extension('2.5.29.30', true, sequence(...list(0xa0, permitted), ...list(0xa1, excluded)));
}

/** What is said of a certificate with these names below an authority with these constraints; '' where nothing is. */
async function judged(names: readonly Uint8Array[], extension: x509.Extension, subject: x509.JsonNameParams = [{ CN: ['Leaf'] }]) {
  const root = await makeAuthority('Root', { keys });
  const between = await makeAuthority('Between', { issuer: root, keys, extensions: [extension] });
  const extensions = names.length === 0 ? [] : [new x509.Extension('2.5.29.17', false, sequence(...names))];
  return faultsOf(await make({ subject, issuer: between, keys, extensions }), [between], root);
}

function faultsOf(leaf: Holder, candidates: readonly Holder[], root: Holder): string {
  const certificates = candidates.map(({ certificate }) => certificate);
  const { paths } = findPaths(leaf.certificate, certificates, [{ certificate: root.certificate, authorities: [] }]);
  const [path] = paths;
  return path === undefined
    ? 'no path'
    : judgePath(path)
        .faults.map(({ message }) => message)
        .join('; ');
}

const PERMIT = /does not permit/;
const EXCLUDE = /excludes/;
const COMPARE = /cannot be compared/;

t.test('names below constraints (RFC 5280 §4.2.1.10)', async (t) => {
  const table: [string, Uint8Array, Uint8Array, RegExp | undefined][] = [
    // The examples of RFC 5280: host.example.com and what is below it.
    ['a host and what is below it', dns('host.example.com'), dns('host.example.com'), undefined],
    ['a host below', dns('host.example.com'), dns('WWW.host.example.com'), undefined],
    ['no host of another name', dns('host.example.com'), dns('host1.example.com'), PERMIT],
    ['no name that merely ends so', dns('example.com'), dns('badexample.com'), PERMIT],
    ['a dot at the end changes nothing', dns('example.com'), dns('host.example.com.'), undefined],
    ['every host', dns(''), dns('host.example.com'), undefined],
    ['a mailbox', email('root@example.com'), email('root@EXAMPLE.com'), undefined],
    ['no other mailbox', email('root@example.com'), email('Root@example.com'), PERMIT],
    ['all mailboxes at a host', email('example.com'), email('jane@example.com'), undefined],
    ['none below it', email('example.com'), email('jane@mail.example.com'), PERMIT],
    ['all below a domain', email('.example.com'), email('jane@mail.example.com'), undefined],
    ['none at it', email('.example.com'), email('jane@example.com'), PERMIT],
    ['no address that is none', email('example.com'), email('example.com'), COMPARE],
    ['no address with two places', email('example.com'), email('a@b@example.com'), COMPARE],
    ['a host of a URI', uri('host.example.com'), uri('https://jane@Host.example.com:8080/x'), undefined],
    ['no host below', uri('host.example.com'), uri('https://www.host.example.com'), PERMIT],
    ['hosts below a domain', uri('.example.com'), uri('https://a.b.example.com/'), undefined],
    ['no host at it', uri('.example.com'), uri('https://example.com/'), PERMIT],
    ['no URI without a host', uri('.example.com'), uri('urn:uuid:4f8c2a1d-9e3b-4a7c-8f1e-6b0d2c5a9f12'), COMPARE],
    ['no URI with an address', uri('.example.com'), uri('https://192.0.2.1/'), COMPARE],
    ["an authority of VPR's URIs", uri('GMC'), uri('vpr://GMC/1234567'), undefined],
    ["no other authority's", uri('GMC'), uri('vpr://NMC/1234567'), PERMIT],
    ['an address in a network', address(192, 0, 2, 0, 255, 255, 255, 0), address(192, 0, 2, 77), undefined],
    ['no address outside', address(192, 0, 2, 0, 255, 255, 255, 0), address(192, 0, 3, 77), PERMIT],
    ['no address of the other kind', address(192, 0, 2, 0, 255, 255, 255, 0), address(...new Array(16).fill(1)), PERMIT],
    ['no address of five octets', address(192, 0, 2, 0, 255, 255, 255, 0), address(1, 2, 3, 4, 5), COMPARE],
    ['no form that is not known', registered, registered, COMPARE],
    ['another form than the constrained one', dns('example.com'), email('jane@example.org'), undefined],
  ];
  for (const [what, base, name, expected] of table) {
    const said = await judged([name], constraints([base]));
    t[expected === undefined ? 'equal' : 'match'](said, expected ?? '', what);
    if (expected === PERMIT) t.equal(await judged([name], constraints([], [base])), '', `not excluded: ${what}`);
    if (expected === undefined && what !== 'another form than the constrained one')
      t.match(await judged([name], constraints([], [base])), EXCLUDE, `excluded: ${what}`);
  }
});

t.test('directory names, e-mail addresses in subjects, and several authorities', async (t) => {
  const org = directory([{ O: ['Example  Trust'] }]);
  t.equal(await judged([], constraints([org]), [{ O: [{ utf8String: 'EXAMPLE trust' }] }, { CN: ['Jane'] }]), '');
  t.match(await judged([], constraints([org]), [{ O: ['Other'] }]), PERMIT);
  t.match(await judged([], constraints([org]), [{ CN: ['Jane'] }, { O: ['Example Trust'] }]), PERMIT, 'not elsewhere in the name');
  t.match(await judged([], constraints([], [org]), [{ O: [{ utf8String: 'ＥＸＡＭＰＬＥ trust' }] }]), EXCLUDE, 'in other letters');
  t.match(await judged([directory([{ O: ['Other'] }])], constraints([org]), [{ O: ['Example Trust'] }]), PERMIT, 'as an alternative name');
  t.match(await judged([], constraints([email('example.com')]), [{ '1.2.840.113549.1.9.1': [{ ia5String: 'a@example.org' }] }]), PERMIT);
  const root = await makeAuthority('Root', { keys, extensions: [constraints([dns('example.com')])] });
  const between = await makeAuthority('Between', {
    issuer: root,
    keys,
    extensions: [constraints([dns('a.example.com'), dns('b.example.org')])],
  });
  const below = async (name: string) =>
    faultsOf(
      await make({ subject: [], issuer: between, keys, extensions: [new x509.Extension('2.5.29.17', true, sequence(dns(name)))] }),
      [between],
      root,
    );
  t.equal(await below('x.a.example.com'), '');
  t.match(await below('x.example.com'), PERMIT, 'both must permit it');
  t.match(await below('b.example.org'), PERMIT, "the root's own constraints count");
  const again = await makeAuthority('Between', { issuer: between, keys: await makeKeys(), extensions: [] });
  t.equal(faultsOf(await makePerson({}, { issuer: again }), [again, between], root), '', 'self-issued ones are passed over');
});

t.test('constraints that cannot be read', async (t) => {
  const fault = (value: Uint8Array) => {
    const reading = attempt(() => readNameConstraints(value));
    return reading.ok ? '' : reading.faults[0]?.message;
  };
  const one = (base: Uint8Array, ...more: Uint8Array[]) => sequence(element(0xa0, sequence(base, ...more)));
  t.equal(fault(one(dns('example.com'))), '');
  t.match(fault(sequence()), /neither permitted nor excluded/);
  t.match(fault(sequence(element(0xa0))), /0 subtrees/);
  t.match(fault(one(dns('example.com'), element(0x80, Uint8Array.of(1)))), /unexpected \[0\]/);
  t.match(fault(one(dns('example.com'), element(0x81, Uint8Array.of(1)))), /unexpected \[1\]/);
  t.match(fault(one(address(1, 2, 3, 4))), /iPAddress of 4 octets/);
  t.match(fault(one(address(1, 2, 3, 4, 255, 0, 255, 0))), /mask that is no prefix/);
  t.match(fault(one(email('@example.com'))), /no mailbox, host or domain/);
  t.match(fault(one(octetString(Uint8Array.of(1)))), /not a GeneralName/);
  t.match(fault(sequence(element(0xa0, ...new Array(600).fill(sequence(dns('a')))))), /600 subtrees/);
  t.match(await judged(new Array(600).fill(dns('a.example.com')), constraints([dns('example.com')])), /601 names/);
});

t.test('no bytes make the reader throw anything but a refusal', (t) => {
  const good = sequence(
    element(0xa0, sequence(dns('example.com')), sequence(address(1, 2, 3, 4, 255, 255, 0, 0))),
    element(0xa1, sequence(email('a@b'))),
  );
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { maxLength: 4 }), (changes) => {
      const bytes = Uint8Array.from(good);
      for (const [at, octet] of changes) bytes[at] = octet;
      attempt(() => readNameConstraints(bytes));
    }),
    { numRuns: 2000 },
  );
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => void attempt(() => readNameConstraints(bytes))),
    { numRuns: 2000 },
  );
  t.end();
});

t.test('names are compared as RFC 5280 §7.1 says', async (t) => {
  const name = async (subject: x509.JsonNameParams) => (await make({ subject, keys })).certificate.subject;
  const jane = await name([{ O: [{ printableString: 'Example Trust' }] }, { CN: [{ utf8String: 'Jané' }] }]);
  t.ok(sameName(jane, await name([{ O: [{ utf8String: ' EXAMPLE \t Trust ' }] }, { CN: [{ bmpString: 'JANÉ' }] }])));
  t.ok(sameName(jane, await name([{ O: ['Example Trust'] }, { CN: [{ utf8String: 'Jane\u0301' }] }])), 'decomposed');
  t.notOk(sameName(jane, await name([{ O: ['ExampleTrust'] }, { CN: [{ utf8String: 'Jané' }] }])));
  t.notOk(sameName(jane, await name([{ CN: [{ utf8String: 'Jané' }] }, { O: ['Example Trust'] }])), 'in another order');
  t.notOk(sameName(jane, await name([{ O: ['Example Trust'] }])));
  const set = (...types: string[]) => name([Object.fromEntries(types.map((type) => [type, ['x']]))]);
  t.notOk(sameName(await set('O'), await set('OU')), 'another attribute');
  const typed = (tag: number) =>
    readName(readElement(sequence(element(0x31, sequence(objectId('2.5.4.3'), element(tag, text('Jane'))))), 'name'), 'name');
  t.ok(sameName(typed(0x0c), typed(0x13)));
  t.notOk(sameName(typed(0x14), typed(0x0c)), 'a type that is not read as text is compared by its bytes');
  t.end();
});

t.test('folding a text again changes nothing', (t) => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 20 }), (value) => folded(folded(value)) === folded(value)),
    { numRuns: 3000 },
  );
  t.equal(folded('\u{1d70d}'), 'σ', 'a mathematical final sigma');
  t.equal(folded('Straße'), folded('STRASSE'));
  t.equal(folded('ΟΔΟΣ'), folded('οδος'));
  t.equal(folded('a\u200b\u00adb\u0000'), 'ab');
  t.not(folded('ı'), folded('i'));
  t.end();
});

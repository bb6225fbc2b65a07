import fc from 'fast-check';
import t from 'tap';
import { certificateIdentity, comparableName, sameEmail } from '../../src/trust/identity.js';
import { JANE_ID, make, makePerson, type Person, SIGNER_USAGE, x509 } from './support/authorities.js';

async function faults(person: Person): Promise<string[]> {
  const { certificate } = await makePerson(person);
  const reading = certificateIdentity(certificate);
  return reading.ok ? [] : reading.faults.map(({ message }) => message);
}

t.test('a certificate as FORMAT §6 wants it', async (t) => {
  const uris = ['vpr://NMC/76A5432E', 'vpr://GMC/1234567', `urn:uuid:${JANE_ID}`, 'https://example.org/jane', 'vpr://NMC/76A5432E'];
  const { certificate } = await makePerson({ uris, email: 'jane@example.org' });
  t.same(certificateIdentity(certificate), {
    ok: true,
    value: {
      name: 'Dr Jane Smith',
      organisation: 'GMC',
      registrations: [
        { authority: 'GMC', number: '1234567' },
        { authority: 'NMC', number: '76A5432E' },
      ],
      emails: ['jane@example.org'],
      participantId: JANE_ID,
    },
  });
});

t.test('a participant id is read in both spellings, in lowercase only, and once', async (t) => {
  const own = 'vpr://GMC/1234567';
  const plain = certificateIdentity((await makePerson({ uris: [own, `urn:uuid:${JANE_ID.replaceAll('-', '')}`] })).certificate);
  t.match(plain, { ok: true, value: { participantId: JANE_ID } });
  t.match(await faults({ uris: [own, `urn:uuid:${JANE_ID.toUpperCase()}`] }), [/no UUID in lowercase/]);
  t.match(await faults({ uris: [own, `URN:UUID:${JANE_ID}`] }), [/no UUID in lowercase/]);
  t.match(await faults({ uris: [own, `urn:uuid:${JANE_ID}`, `urn:uuid:${JANE_ID.replace('4', '5')}`] }), [
    /2 urn:uuid: URIs, expected at most one/,
  ]);
  t.match(await faults({ uris: [own, `urn:uuid:${JANE_ID}`, `urn:UUID:${JANE_ID}`] }), [/2 urn:uuid: URIs/]);
});

t.test('registrations: the own one in both places, authorities and numbers by their alphabets', async (t) => {
  t.match(await faults({ uris: [] }), [/no URI vpr:\/\/<O>\/<serialNumber>/]);
  t.match(await faults({ uris: ['vpr://GMC/7654321'] }), [/no URI vpr/]);
  t.match(await faults({ uris: ['vpr://GMC/1234567', 'vpr://GMC/1/2'] }), [/vpr: URI that is not/]);
  t.match(await faults({ uris: ['vpr://GMC/1234567', 'VPR://GMC/1'] }), [/vpr: URI that is not/]);
  t.match(await faults({ uris: ['vpr://GMC/1234567', 'vpr:GMC/1'] }), [/vpr: URI that is not/]);
  t.match(await faults({ authority: 'G MC', uris: ['vpr://GMC/1234567'] }), [/O is not an authority/, /no URI/]);
  t.match(await faults({ number: '12 34', uris: ['vpr://GMC/1234567'] }), [/serialNumber is not/, /no URI/]);
});

t.test('a name is one line that a person can have', async (t) => {
  for (const name of [' Jane', 'Jane\n', 'Ja\tne', 'Ja\u202ene', 'Ja\0ne', '<>', '...', 'x'.repeat(300)]) {
    t.match(await faults({ name }), [/CN is not a name on one line/], JSON.stringify(name));
  }
});

t.test('one of each in the subject, as text', async (t) => {
  const of = async (subject: x509.JsonNameParams) => {
    const names = new x509.SubjectAlternativeNameExtension([{ type: 'url', value: 'vpr://GMC/1' }]);
    const { certificate } = await make({ subject, extensions: [names, new x509.KeyUsagesExtension(SIGNER_USAGE, true)] });
    const reading = certificateIdentity(certificate);
    return reading.ok ? [] : reading.faults.map(({ message }) => message);
  };
  t.same(await of([{ CN: ['A'] }, { O: ['GMC'] }, { '2.5.4.5': ['1'] }]), []);
  t.match(await of([{ CN: ['A'] }, { CN: ['B'] }, { O: ['GMC'] }, { '2.5.4.5': ['1'] }]), [/has 2 CN, expected one/]);
  t.match(await of([{ CN: ['A', 'B'] }, { O: ['GMC'] }, { '2.5.4.5': ['1'] }]), [/has 2 CN, expected one/]);
  t.match(await of([{ O: ['GMC'] }, { '2.5.4.5': ['1'] }]), [/has no CN, expected one/]);
  t.match(
    await of([{ CN: ['A'] }, { CN: ['#140142'] }, { O: ['GMC'] }, { '2.5.4.5': ['1'] }]),
    [/has 2 CN/],
    'one that is not read counts',
  );
  t.match(await of([{ CN: ['#140141'] }, { O: ['GMC'] }, { '2.5.4.5': ['1'] }]), [/CN that is empty, or no UTF8String/]);
  t.match(await of([{ CN: ['A'] }, { '2.5.4.5': ['1'] }]), [/has no O/, /no URI/]);
  t.match(await of([{ CN: ['A'] }, { O: ['GMC'] }]), [/has no serialNumber/, /no URI/]);
});

t.test('names compare in NFC, without what Git takes away', (t) => {
  t.equal(comparableName('Jos\u0065\u0301'), comparableName('Jos\u00e9'));
  t.equal(comparableName(' ."Jane <Smith>, Jr.; \\'), 'Jane Smith, Jr');
  t.equal(comparableName("O'Neill"), "O'Neill");
  t.not(comparableName('jane'), comparableName('Jane'));
  t.not(comparableName('Jane  Smith'), comparableName('Jane Smith'));
  const name = fc.string({
    unit: fc.constantFrom('a', 'é', 'e', '\u0301', '\u0338', '\u037e', '<', '>', '.', ' ', '"', '\\', "'", ';', '\n', 'B'),
  });
  fc.assert(fc.property(name, (name) => comparableName(comparableName(name)) === comparableName(name)));
  fc.assert(fc.property(name, (name) => comparableName(asGitWrites(name)) === comparableName(name)));
  t.end();
});

/** What Git makes of a name: crud off both ends, then `<`, `>` and LF out of the middle (ident.c). */
function asGitWrites(name: string): string {
  const isCrud = (character = '') => character <= ' ' || '.,:;<>"\\\''.includes(character);
  let [start, end] = [0, name.length];
  while (start < end && isCrud(name[start])) start++;
  while (end > start && isCrud(name[end - 1])) end--;
  return [...name.slice(start, end)].filter((character) => !'\n<>'.includes(character)).join('');
}

t.test('e-mails compare exactly, but for the case of the domain', (t) => {
  t.ok(sameEmail('jane@Example.ORG', 'jane@example.org'));
  t.notOk(sameEmail('Jane@example.org', 'jane@example.org'));
  t.notOk(sameEmail('jane@example.org', 'jane@example.com'));
  t.end();
});

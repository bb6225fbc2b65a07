import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { createAuthority } from '../../src/records/authority.js';
import { issueCertificate } from '../../src/records/issue.js';
import { certificateIdentity, readCertificate } from '../../src/trust/index.js';
import { run, temporary } from './support.js';

const jane = { name: 'Dr Jane Smith', registration: { authority: 'GMC', number: '1234567' }, further: [], days: 30 } as const;

t.test('openssl accepts the chain, and the leaf is as FORMAT §6 wants it', async (t) => {
  const directory = temporary(t);
  const authority = join(directory, 'ca');
  const root = await createAuthority({ directory: authority, name: 'Prüf-Root, "one"', authorities: [], days: 20000 });
  const issued = await issueCertificate({
    ...jane,
    name: 'Dr Élodie Martin-Roux',
    authority,
    further: [
      { authority: 'NMC', number: '76A5432E' },
      { authority: 'GMC', number: '1234567' },
    ],
    email: 'elodie@example.org',
    participant: '4f8c2a1d9e3b4a7c8f1e6b0d2c5a9f12',
    out: directory,
  });
  t.match(
    run(directory, 'openssl', 'verify', '-x509_strict', '-purpose', 'smimesign', '-CAfile', root.certificate, issued.certificate),
    /OK$/,
  );
  const text = run(directory, 'openssl', 'x509', '-in', issued.certificate, '-noout', '-text');
  t.match(text, /Key Usage: critical\s+Digital Signature, Non Repudiation/);
  t.match(text, /Basic Constraints: critical\s+CA:FALSE/);
  t.equal(statSync(issued.key).mode & 0o777, 0o600, "the key is its holder's alone");
  t.equal(statSync(root.key).mode & 0o777, 0o600);
  t.match(
    run(directory, 'openssl', 'pkey', '-in', issued.key, '-pubout'),
    run(directory, 'openssl', 'x509', '-in', issued.certificate, '-noout', '-pubkey'),
  );

  const read = readCertificate(readFileSync(issued.certificate));
  const identity = read.ok ? certificateIdentity(read.value) : read;
  t.match(identity, {
    ok: true,
    value: {
      name: 'Dr Élodie Martin-Roux',
      organisation: 'GMC',
      registrations: [
        { authority: 'GMC', number: '1234567' },
        { authority: 'NMC', number: '76A5432E' },
      ],
      emails: ['elodie@example.org'],
      participantId: '4f8c2a1d-9e3b-4a7c-8f1e-6b0d2c5a9f12',
    },
  });
});

t.test('what cannot stand in a certificate is refused, and nothing is overwritten', async (t) => {
  const directory = temporary(t);
  const authority = join(directory, 'ca');
  await createAuthority({ directory: authority, name: 'Root', authorities: ['GMC'], days: 40 });
  const issue = (changes: object) => issueCertificate({ ...jane, authority, out: directory, ...changes });
  await t.rejects(issue({ name: 'Dr\tJane' }), { code: 'cert/name', message: /one line/ });
  await t.rejects(issue({ name: 'Dr Jane \u202eSmith' }), { code: 'cert/name', message: /U\+202E/ });
  await t.rejects(issue({ name: ' Jane' }), { code: 'cert/name' });
  await t.rejects(issue({ name: 'Jane Smith.' }), { code: 'cert/name', message: /Git removes/ });
  await t.rejects(issue({ name: 'Jane <Smith>' }), { code: 'cert/name' });
  await t.rejects(issue({ name: 'x'.repeat(65) }), { code: 'cert/name' });
  await t.rejects(issue({ registration: { authority: 'G MC', number: '1' } }), { code: 'cert/authority' });
  await t.rejects(issue({ registration: { authority: 'GMC', number: '1/2' } }), { code: 'cert/number' });
  await t.rejects(issue({ registration: { authority: 'NMC', number: '1' } }), { code: 'cert/foreign-authority' });
  await t.rejects(issue({ email: 'jane' }), { code: 'cert/email' });
  await t.rejects(issue({ participant: 'jane' }), { code: 'cert/participant' });
  await t.rejects(issue({ days: 41 }), { code: 'cert/days', help: [/--days (39|40)/] });
  await t.rejects(issue({ days: 0 }), { code: 'cert/days' });
  await t.rejects(issue({ authority: join(directory, 'none') }), { code: 'file/missing' });

  const { key } = await issue({});
  const former = readFileSync(key, 'utf8');
  await t.rejects(issue({}), { code: 'file/exists' });
  t.equal(readFileSync(key, 'utf8'), former);
  await t.rejects(createAuthority({ directory: authority, name: 'Root', authorities: [], days: 1 }), { code: 'file/exists' });

  const other = join(directory, 'other');
  mkdirSync(other);
  writeFileSync(join(other, 'authority.crt'), 'x');
  await t.rejects(createAuthority({ directory: other, name: 'Root', authorities: [], days: 1 }), { code: 'file/exists' });
  t.throws(() => statSync(join(other, 'authority.key')), 'no key is left without its certificate');
});

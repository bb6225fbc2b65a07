/** What `vpr doctor` says of revocation lists. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { examinePolicy } from '../../src/cli/examine-policy.js';
import { hostPaths } from '../../src/hosts/paths.js';
import { temporaryDirectory } from '../git/plumbing.js';
import { makeAuthority } from '../trust/support/authorities.js';
import { makeList, pemOf } from '../trust/support/lists.js';

const NOW = new Date('2026-06-01T12:00:00Z');
const root = await makeAuthority('Root');
const inter = await makeAuthority('Inter', { issuer: root });

/** Codes and levels of what is found, where the policy goes on like this. */
function found(t: Parameters<typeof temporaryDirectory>[0], policy: string, files: Readonly<Record<string, Uint8Array>> = {}): string[] {
  const directory = temporaryDirectory(t);
  const start = 'version: 1\nroots: [{ file: root.crt, authorities: [{ name: GMC, class: clinician }] }]\nintermediates: [inter.crt]\n';
  writeFileSync(join(directory, 'vpr.yaml'), `${start}${policy}\n`);
  writeFileSync(join(directory, 'root.crt'), root.certificate.der);
  writeFileSync(join(directory, 'inter.crt'), inter.certificate.der);
  for (const [name, bytes] of Object.entries(files)) writeFileSync(join(directory, name), bytes);
  return [...examinePolicy(hostPaths(directory), NOW)].map(({ level, code, what }) => `${level} ${code}: ${what}`);
}

const fresh = { 'a.crl': makeList({ issuer: root }), 'b.crl': makeList({ issuer: inter }) };

t.test('a host that checks revocation as it should has nothing to hear', async (t) => {
  t.same(found(t, 'crls: [a.crl, b.crl]\nrevocation: require', fresh), []);
  t.same(found(t, 'crls: [a.crl]', { 'a.crl': pemOf(fresh['a.crl'], fresh['b.crl']) }), [], 'both in one file');
});

t.test('a host that checks none is told each time', async (t) => {
  t.match(found(t, ''), [/^note revocation-off: whether certificates are revoked is not checked: revocation is off/]);
  t.match(found(t, 'crls: [a.crl]\nrevocation: off', fresh), [/^note revocation-off: .*, but for what the lists at hand name/]);
});

t.test('lists that are missing, unreadable, out of date or nearly', async (t) => {
  t.match(found(t, 'revocation: require'), [
    /^fault crl-missing: no revocation list of CN=Root is at hand: every push/,
    /^fault crl-missing: no revocation list of CN=Inter/,
  ]);
  t.match(found(t, 'crls: [a.crl]', fresh), [/^fault crl-missing: no revocation list of CN=Inter is at hand$/]);
  t.match(found(t, 'crls: [a.crl, gone.crl]', fresh), [
    /^fault trust-faulty: .*crls\[1\] gone\.crl: no such file, .*every push is refused/,
  ]);
  t.match(found(t, 'crls: [a.crl]', { 'a.crl': Buffer.from('<html>') }), [
    /^fault trust-faulty: .*crls\[0\] a\.crl: is neither PEM nor DER/,
  ]);
  const stale = makeList({ issuer: root, to: '2026-05-30T00:00:00Z' });
  t.match(found(t, 'crls: [a.crl, b.crl]', { ...fresh, 'a.crl': stale }), [
    /^fault crl-stale: .* of CN=Root of 2026-05-01 is out of date since 2026-05-30/,
  ]);
  const soon = makeList({ issuer: root, to: '2026-06-04T00:00:00Z' });
  t.match(found(t, 'crls: [a.crl, b.crl]', { ...fresh, 'a.crl': soon }), [/^note crl-expires: .* is out of date from 2026-06-04/]);
  const early = makeList({ issuer: root, from: '2026-06-02T00:00:00Z' });
  t.match(found(t, 'crls: [a.crl, b.crl]', { ...fresh, 'a.crl': early }), [
    /^note crl-future: .* has not come yet: until then it counts for no more than the revocations that it names/,
    /^fault crl-missing: no revocation list of CN=Root is at hand/,
  ]);
  t.match(
    found(t, 'crls: [a.crl, next.crl, b.crl]', { ...fresh, 'a.crl': stale, 'next.crl': early }),
    [/^fault crl-stale/, /^note crl-future/],
    'one that is made beforehand does not hide that the present one has run out',
  );
  const ahead = makeList({ issuer: root, from: '2026-06-01T12:04:00Z' });
  t.same(found(t, 'crls: [a.crl, b.crl]', { ...fresh, 'a.crl': ahead }), [], 'clocks differ by a little');
  const kept = { ...fresh, 'old.crl': makeList({ issuer: root, from: '2026-02-01T00:00:00Z', to: '2026-03-01T00:00:00Z' }) };
  t.same(found(t, 'crls: [a.crl, b.crl, old.crl]', kept), [], 'an older one that is kept beside it is as it should be');
});

t.test('lists that somebody else signed', async (t) => {
  const stranger = await makeAuthority('Root');
  const forged = makeList({ issuer: root, signer: stranger });
  t.match(found(t, 'crls: [a.crl, b.crl, c.crl]', { ...fresh, 'c.crl': forged }), [
    /^fault crl-foreign: .* is not signed with its issuer's key/,
  ]);
  const sha1 = makeList({ issuer: root, algorithm: '1.2.840.10045.4.1' });
  t.match(found(t, 'crls: [a.crl, b.crl, c.crl]', { ...fresh, 'c.crl': sha1 }), [
    /^fault crl-foreign: .* is signed with 1\.2\.840\.10045\.4\.1, expected ECDSA or RSA with SHA-256.*: it counts for nothing/,
  ]);
  const other = makeList({ issuer: await makeAuthority('Other') });
  t.match(found(t, 'crls: [a.crl, b.crl, c.crl]', { ...fresh, 'c.crl': other }), [/^note crl-issuer: .* that no certificate in .* has/]);
});

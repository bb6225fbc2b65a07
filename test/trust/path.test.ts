import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import t from 'tap';
import { findPaths } from '../../src/trust/path/build.js';
import { pathFaults } from '../../src/trust/path/validate.js';
import { toPem } from '../../src/trust/pem.js';
import type { Certificate } from '../../src/trust/types.js';
import { type Holder, make, makeAuthority, makeKeys, makePerson, NOW, P384, P521, RSA, SIGNER_USAGE, x509 } from './support/authorities.js';
import { needsProgram } from './support/shared.js';

/** Messages of the best path at NOW, or of the search. */
function judge(leaf: Holder, candidates: readonly Holder[], root: Holder, at = NOW): string[] {
  const anchor = { certificate: root.certificate, authorities: [] };
  const { paths, deadEnds } = findPaths(
    leaf.certificate,
    candidates.map(({ certificate }) => certificate),
    [anchor],
  );
  const faults = paths.map((path) => pathFaults(path, at).map(({ message }) => message));
  return faults.find((found) => found.length === 0) ?? faults[0] ?? ['no path', ...deadEnds];
}

const root = await makeAuthority('Root');
const inter = await makeAuthority('Inter', { issuer: root });
const jane = await makePerson({}, { issuer: inter });

t.test('paths over authorities of every kind of key', async (t) => {
  t.same(judge(jane, [inter], root), []);
  for (const algorithm of [P384, P521, { ...RSA, hash: 'SHA-512' }]) {
    const other = await makeAuthority('Other', { algorithm });
    t.same(judge(await makePerson({}, { issuer: other }), [], other), [], algorithm.name);
  }
  const sha1 = { ...RSA, hash: 'SHA-1' };
  const weak = await makeAuthority('Weak', { algorithm: sha1 });
  t.match(judge(await makePerson({}, { issuer: weak }), [], weak), ['no path', /1\.2\.840\.113549\.1\.1\.5/]);
  const short = await makeAuthority('Short', { algorithm: { ...RSA, modulusLength: 1024 } });
  t.match(judge(await makePerson({}, { issuer: short }), [], short), ['no path', /RSA key of 1024 bits/]);
});

t.test('dates, both ends included', (t) => {
  const { notBefore, notAfter } = jane.certificate;
  t.same(judge(jane, [inter], root, notBefore), []);
  t.same(judge(jane, [inter], root, new Date(notAfter.getTime() + 999)), []);
  t.match(judge(jane, [inter], root, new Date(notBefore.getTime() - 1)), [/valid from/, /valid from/, /valid from/]);
  t.match(judge(jane, [inter], root, new Date(notAfter.getTime() + 1000)), [/expired on 2030-01-01T00:00:00Z/, /expired/, /expired/]);
  t.end();
});

t.test('a self-signed twin of the root leads nowhere, nor does another key under its name', async (t) => {
  const twin = await makeAuthority('Root');
  t.match(judge(await makePerson({}, { issuer: twin }), [twin], root), ['no path', /is not signed with its issuer's key/]);
  t.match(judge(twin, [], root), ['no path', /is not signed with its issuer's key/]);
  t.end();
});

t.test('a certificate is no authority without saying so', async (t) => {
  t.match(judge(await makePerson({}, { issuer: jane }), [jane, inter], root), [/no authority's/, /lacks keyCertSign/]);
  const unsaid = await make({ subject: [{ CN: ['Unsaid'] }], issuer: root });
  t.match(judge(await makePerson({}, { issuer: unsaid }), [unsaid], root), [/no authority's/]);
});

t.test('extensions: unknown critical ones, and those that narrow a path and cannot be read', async (t) => {
  const with_ = (oid: string, critical: boolean) =>
    makePerson({}, { issuer: root, extensions: [new x509.Extension(oid, critical, Uint8Array.of(0x30, 0))] });
  t.match(judge(await with_('1.2.3.4', true), [], root), [/critical extension 1\.2\.3\.4, which is not understood/]);
  t.same(judge(await with_('1.2.3.4', false), [], root), []);
  t.match(judge(await with_('2.5.29.30', false), [], root), [/nameConstraints: neither permitted nor excluded names/]);
  t.match(judge(await with_('2.5.29.36', true), [], root), [/policyConstraints: says nothing/]);
  const purposes = (...oids: string[]) => makePerson({}, { issuer: root, extensions: [new x509.ExtendedKeyUsageExtension(oids, true)] });
  t.same(judge(await purposes('1.3.6.1.5.5.7.3.1', '1.3.6.1.5.5.7.3.4'), [], root), []);
  t.match(judge(await purposes('1.3.6.1.5.5.7.3.1'), [], root), [/for other purposes/]);
});

t.test('bounds: nine deep is too deep, loops end, a crowd of namesakes ends', async (t) => {
  const chain: Holder[] = [root];
  for (let i = 0; i < 8; i++) chain.unshift(await makeAuthority(`CA ${i}`, { issuer: chain[0] as Holder }));
  t.match(judge(await makePerson({}, { issuer: chain[0] as Holder }), chain, root), ['no path', /more than 8/]);
  t.same(judge(await makePerson({}, { issuer: chain[1] as Holder }), chain, root), []);
  const a = await makeAuthority('A');
  const b = await makeAuthority('B', { issuer: a });
  const aByB = await makeAuthority('A', { issuer: b, keys: a.keys });
  t.match(judge(await makePerson({}, { issuer: a }), [aByB, b], root), ['no path']);
  const crowd = await Promise.all(Array.from({ length: 150 }, () => makeAuthority('A', { issuer: b, keys: a.keys })));
  t.match(judge(await makePerson({}, { issuer: a }), [...crowd, b], root), ['no path', /more than 128 ways/]);
});

t.test('openssl verify says the same of generated chains', needsProgram('openssl', 'openssl'), async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'vpr-path-'));
  t.teardown(() => rmSync(directory, { recursive: true }));
  const level = fc.record({
    // Never absent: openssl takes keyCertSign alone for an authority, unless told to be strict.
    ca: mostly(true, false),
    pathLength: mostly(undefined, 0, 1, 2),
    usage: mostly<number | undefined>(x509.KeyUsageFlags.keyCertSign, undefined, SIGNER_USAGE),
    dates: mostly<'good' | 'over' | 'yet'>('good', 'over', 'yet'),
    critical: mostly(false, true),
    selfIssued: mostly(false, true),
    forged: mostly(false, true),
  });
  let good = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(level, { minLength: 2, maxLength: 5 }), async (levels) => {
      const chain: Holder[] = [];
      for (const [i, spec] of levels.entries()) {
        const above = chain[0];
        const issuer = spec.forged && above !== undefined ? { ...above, keys: (await makeAuthority('X')).keys } : above;
        chain.unshift(await makeLevel(i, spec, issuer));
      }
      const [leaf, ...rest] = chain as [Holder, ...Holder[]];
      const top = rest.at(-1) as Holder;
      const ours = judge(leaf, rest.slice(0, -1), top).length === 0;
      if (ours) good++;
      const theirs = opensslAccepts(
        directory,
        leaf.certificate,
        rest.slice(0, -1).map(({ certificate }) => certificate),
        top.certificate,
      );
      if (ours !== theirs) throw new Error(`ours: ${judge(leaf, rest.slice(0, -1), top).join('; ') || 'good'}, openssl: ${theirs}`);
    }),
    { numRuns: 40 },
  );
  t.ok(good > 5, `${good} of 40 are good`);
});

type Level = {
  ca: boolean;
  pathLength: number | undefined;
  usage: number | undefined;
  dates: string;
  critical: boolean;
  selfIssued: boolean;
};

async function makeLevel(depth: number, spec: Level, issuer: Holder | undefined): Promise<Holder> {
  const { ca, pathLength, usage, dates, critical, selfIssued } = spec;
  const keys = await makeKeys();
  // openssl takes the first certificate of the issuer's name and key identifier, and does not look for others.
  const identifiers = [
    await x509.SubjectKeyIdentifierExtension.create(keys.publicKey as x509.PublicKeyType),
    await x509.AuthorityKeyIdentifierExtension.create((issuer?.keys ?? keys).publicKey as x509.PublicKeyType),
  ];
  return make({
    keys,
    subject: selfIssued && issuer !== undefined ? issuer.subject.toJSON() : [{ CN: [`Level ${depth}`] }],
    ...(issuer === undefined ? {} : { issuer }),
    ...(dates === 'over' ? { to: '2026-02-01T00:00:00Z' } : dates === 'yet' ? { from: '2027-01-01T00:00:00Z' } : {}),
    extensions: [
      ...identifiers,
      new x509.BasicConstraintsExtension(ca, ca ? pathLength : undefined, true),
      ...(usage === undefined ? [] : [new x509.KeyUsagesExtension(usage, true)]),
      ...(critical ? [new x509.Extension('1.2.3.4', true, Uint8Array.of(5, 0))] : []),
    ],
  });
}

function mostly<T>(usual: T, ...others: T[]): fc.Arbitrary<T> {
  return fc.oneof({ weight: 12, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: fc.constantFrom(...others) });
}

function opensslAccepts(directory: string, leaf: Certificate, between: readonly Certificate[], top: Certificate): boolean {
  const file = (name: string, certificates: readonly Certificate[]) => {
    const path = join(directory, name);
    writeFileSync(path, certificates.map(({ der }) => toPem(der)).join(''));
    return path;
  };
  const untrusted = between.length === 0 ? [] : ['-untrusted', file('between', between)];
  const isolated = ['-no-CApath', '-no-CAstore', '-attime', String(NOW.getTime() / 1000)];
  try {
    execFileSync('openssl', ['verify', ...isolated, '-CAfile', file('top', [top]), ...untrusted, file('leaf', [leaf])], {
      stdio: 'ignore',
    });
    return true;
  } catch {
    return false;
  }
}

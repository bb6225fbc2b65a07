/**
 * The Public Key Interoperability Test Suite of NIST: every case, with the
 * result that NIST expects or the reason why not (docs/trust.md).
 */
import { readFileSync } from 'node:fs';
import t from 'tap';
import { readCertificateDer } from '../../src/trust/certificate/read.js';
import { findPaths } from '../../src/trust/path/build.js';
import { judgePath, type PathSettings, pathFaults } from '../../src/trust/path/validate.js';
import { judgeRevocation } from '../../src/trust/revocation/judge.js';
import { readRevocationLists } from '../../src/trust/revocation/read.js';
import { standingsOf } from '../../src/trust/revocation/standing.js';
import type { Certificate } from '../../src/trust/types.js';
import { needsVectors, vectors } from './support/shared.js';

interface Case {
  readonly number: string;
  readonly title: string;
  /** From the trust anchor to the end entity. */
  readonly certificates: readonly string[];
  readonly crls: readonly string[];
  readonly valid: boolean;
  readonly initialPolicySet?: readonly string[];
  readonly userConstrainedPolicySet?: readonly string[];
  readonly initialExplicitPolicy?: boolean;
  readonly initialPolicyMappingInhibit?: boolean;
  readonly initialInhibitAnyPolicy?: boolean;
}

/** What a host that requires fresh revocation lists finds wrong with a case; '' where nothing is. */
function judge(one: Case): string {
  const read = one.certificates.map(certificate);
  const unread = one.certificates.filter((_, i) => read[i] === undefined);
  if (unread.length > 0) return `unreadable: ${unread.join(', ')}`;
  const [root, ...others] = read as [Certificate, ...Certificate[]];
  const between = others.slice(0, -1);
  const faults: string[] = [];
  const lists = one.crls.flatMap((name) => {
    const reading = readRevocationLists(readFileSync(vectors('pkits', 'crls', name)));
    if (!reading.ok) faults.push(...reading.faults.map(({ message }) => `${name} ${message}`));
    return reading.ok ? reading.value : [];
  });
  const anchor = { certificate: root, authorities: [] };
  const { paths, deadEnds } = findPaths(others.at(-1) as Certificate, between, [anchor]);
  if (paths.length === 0) return ['no path', ...deadEnds].join('; ');
  for (const path of paths) {
    const standings = standingsOf(path, { early: [], lists, pool: [root, ...between], anchor });
    const { revoked, notShown, unknown } = judgeRevocation(standings, AT, 'host');
    const found = [...pathFaults(path, AT, settingsOf(one)), ...revoked, ...notShown, ...unknown].map(({ message }) => message);
    if (found.length === 0) return '';
    faults.push(...found);
  }
  return faults.join('; ');
}

const AT = new Date('2026-06-01T12:00:00Z');

t.test('every case has the result that NIST expects, but for those that docs/trust.md lists', needsVectors('pkits', 'cases.json'), (t) => {
  const all = cases();
  t.equal(all.length, 249);
  const other = all.filter((one) => (judge(one) === '') !== one.valid);
  const lines = other.map(({ number, title, valid }) => `${number} ${title} | ${valid ? 'valid' : 'invalid'}`);
  const page = readFileSync('docs/trust.md', 'utf8');
  const listed = [...page.matchAll(/^\| (4\.\d+\.\d+ [^|]*) \| (valid|invalid) \| \S/gm)].map(
    ([, title, expected]) => `${title} | ${expected}`,
  );
  t.same(lines, listed);
  t.end();
});

t.test('what is refused is refused for its reason', needsVectors('pkits', 'cases.json'), (t) => {
  const reasons: Readonly<Record<string, RegExp>> = {
    '4.2.1': /valid from/,
    '4.2.5': /expired/,
    '4.3.1': /^no path$/,
    '4.4.1': /no revocation list of .* is at hand/,
    '4.4.2': /revoked on/,
    '4.4.8': /critical extension 2\.16\.840\.1\.101\.2\.1\.12\.2, which is not understood/,
    '4.4.11': /out of date since 2010-01-02/,
    '4.4.21': /signed by a certificate that is not valid itself/,
    '4.6.1': /no authority's/,
    '4.6.5': /longer than an authority above it allows/,
    '4.7.1': /lacks keyCertSign/,
    '4.7.4': /keyUsage lacks cRLSign/,
    '4.8.4': /no certificate policy/,
    '4.10.7': /maps anyPolicy/,
    '4.13.2': /directoryName that an authority above it does not permit/,
    '4.13.38': /dNSName that an authority above it does not permit/,
    '4.14.17': /some reasons only/,
    '4.16.2': /critical extension .* not understood/,
  };
  for (const one of cases()) {
    const reason = reasons[one.number];
    if (reason !== undefined) t.match(judge(one), reason, `${one.number} ${one.title}`);
  }
  t.end();
});

t.test('the policies that a path is valid for are those that NIST lists', needsVectors('pkits', 'cases.json'), (t) => {
  let compared = 0;
  for (const one of cases()) {
    const { userConstrainedPolicySet: expected } = one;
    if (expected === undefined || !one.valid) continue;
    const [anchor, ...others] = one.certificates.map(certificate) as [Certificate, ...Certificate[]];
    const { paths } = findPaths(others.at(-1) as Certificate, others.slice(0, -1), [{ certificate: anchor, authorities: [] }]);
    const [path] = paths;
    t.ok(path, `${one.number} has a path`);
    if (path === undefined) continue;
    t.same(pathFaults(path, AT, settingsOf(one)), [], `${one.number} ${one.title}`);
    t.same([...judgePath(path, settingsOf(one)).policies].sort(), expected.map(policyId).sort(), `${one.number} ${one.title}`);
    compared++;
  }
  t.ok(compared > 10, `${compared} compared`);
  t.end();
});

function cases(): Case[] {
  return JSON.parse(readFileSync(vectors('pkits', 'cases.json'), 'utf8')) as Case[];
}

function certificate(name: string): Certificate | undefined {
  const reading = readCertificateDer(readFileSync(vectors('pkits', 'certs', name)));
  return reading.ok ? reading.value : undefined;
}

/** `NIST-test-policy-N` and `anyPolicy` as OIDs. */
function policyId(name: string): string {
  return name === 'anyPolicy' ? '2.5.29.32.0' : `2.16.840.1.101.3.2.1.48.${name.replace('NIST-test-policy-', '')}`;
}

function settingsOf(one: Case): PathSettings {
  return {
    ...(one.initialPolicySet === undefined ? {} : { initialPolicies: one.initialPolicySet.map(policyId) }),
    explicitPolicy: one.initialExplicitPolicy === true,
    inhibitPolicyMapping: one.initialPolicyMappingInhibit === true,
    inhibitAnyPolicy: one.initialInhibitAnyPolicy === true,
  };
}

/**
 * The Public Key Interoperability Test Suite of NIST: every case, with the
 * result that NIST expects or the reason why not (docs/trust.md).
 */
import { readFileSync } from 'node:fs';
import t from 'tap';
import { readCertificateDer } from '../../src/trust/certificate/read.js';
import { findPaths } from '../../src/trust/path/build.js';
import { judgePath, type PathSettings, pathFaults } from '../../src/trust/path/validate.js';
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

const AT = new Date('2026-06-01T12:00:00Z');

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

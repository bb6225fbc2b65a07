/**
 * Path validation (RFC 5280 §6.1), from the anchor to the signer. Names and
 * signatures have been followed by `findPaths`; revocation is looked at apart
 * (src/trust/revocation). What time has no say in is judged once a path.
 */
import type { Fault } from '../../format/fault.js';
import { sameName } from '../certificate/name.js';
import { howToRenew } from '../help.js';
import { OID, oidName } from '../oids.js';
import { attempt } from '../refusal.js';
import type { Certificate } from '../types.js';
import { type CertificatePath, labelOf } from './build.js';
import { constraintFault } from './constraints.js';
import { type Narrowing, readNarrowing } from './narrowing.js';
import { addPolicies, constrainedPolicies, mapPolicies, type PolicyGraph, startPolicies } from './policies.js';
import type { NameConstraints } from './subtrees.js';

/** Extensions that are understood, whether critical or not. */
const PROCESSED: readonly string[] = [
  OID.basicConstraints,
  OID.keyUsage,
  OID.extKeyUsage,
  OID.subjectAltName,
  OID.issuerAltName,
  OID.subjectKeyIdentifier,
  OID.authorityKeyIdentifier,
  OID.crlDistributionPoints,
  OID.certificatePolicies,
  OID.policyMappings,
  OID.policyConstraints,
  OID.inhibitAnyPolicy,
  OID.nameConstraints,
];

/** Purposes that a commit's signature is one of, where extKeyUsage is given. */
const PURPOSES: readonly string[] = [OID.anyExtendedKeyUsage, OID.emailProtection, OID.documentSigning];

/** What a path is judged by beside itself (RFC 5280 §6.1.1). A host starts from any policy, and requires none. */
export interface PathSettings {
  /** Dotted OIDs of acceptable policies; absent: any. */
  readonly initialPolicies?: readonly string[];
  readonly explicitPolicy?: boolean;
  readonly inhibitPolicyMapping?: boolean;
  readonly inhibitAnyPolicy?: boolean;
}

/** What is known of a path whatever the time. */
export interface JudgedPath {
  readonly faults: readonly Fault[];
  /** The policies it is valid for, in the anchor's terms, among the initial ones. */
  readonly policies: readonly string[];
}

/** RFC 5280 §6.1.2: what changes from one certificate to the next. Counters end at 0. */
interface State {
  readonly graph: PolicyGraph;
  readonly names: NameConstraints[];
  explicitPolicy: number;
  policyMapping: number;
  anyPolicy: number;
  pathLength: number;
}

/** What is wrong with a path at a time; none where it is valid. */
export function pathFaults(path: CertificatePath, at: Date, settings: PathSettings = {}): Fault[] {
  return [...dateFaults(path, at), ...judgePath(path, settings).faults];
}

/** Everything of RFC 5280 §6.1 but signatures, dates and revocation. */
export function judgePath({ certificates, anchor }: CertificatePath, settings: PathSettings = {}): JudgedPath {
  const count = certificates.length;
  const after = (now: boolean | undefined) => (now === true ? 0 : count + 1);
  const state: State = {
    graph: startPolicies(),
    names: [],
    explicitPolicy: after(settings.explicitPolicy),
    policyMapping: after(settings.inhibitPolicyMapping),
    anyPolicy: after(settings.inhibitAnyPolicy),
    pathLength: anchor.certificate.pathLength ?? Number.POSITIVE_INFINITY,
  };
  const faults: Fault[] = [];
  if (certificates[0] !== anchor.certificate) {
    faults.push(...certificateFaults(anchor.certificate), ...issuerFaults(anchor.certificate));
    // An anchor is a name and a key to RFC 5280; what it says of itself is kept to all the same (RFC 5937).
    faults.push(...reading(anchor.certificate, (narrowing) => narrow(state, narrowing)));
  }
  for (let i = count - 1; i >= 0; i--) {
    const certificate = certificates[i] as Certificate;
    faults.push(...certificateFaults(certificate));
    faults.push(...reading(certificate, (narrowing) => step(state, certificate, narrowing, i === 0)));
    if (i > 0) faults.push(...issuerFaults(certificate), ...lengthFaults(state, certificate));
  }
  const policies = constrainedPolicies(state.graph, settings.initialPolicies);
  if (state.explicitPolicy === 0 && policies.length === 0) faults.push(NO_POLICY);
  return { faults: [...new Map(faults.map((fault) => [fault.message, fault])).values()], policies };
}

const NO_POLICY: Fault = { message: 'the path is valid for no certificate policy, and one is required on it' };

/** Reads what narrows; what can't be read is the fault. */
function reading(certificate: Certificate, use: (narrowing: Narrowing) => string | undefined): Fault[] {
  const reading = attempt(() => use(readNarrowing(certificate)), labelOf(certificate));
  if (!reading.ok) return [...reading.faults];
  return reading.value === undefined ? [] : [{ message: `${labelOf(certificate)} ${reading.value}` }];
}

/** RFC 5280 §6.1.3 (b) to (f), then §6.1.4 for an authority and §6.1.5 for the last one. */
function step(state: State, certificate: Certificate, narrowing: Narrowing, isLast: boolean): string | undefined {
  const selfIssued = sameName(certificate.issuer, certificate.subject);
  const fault = selfIssued && !isLast ? undefined : constraintFault(certificate, state.names);
  addPolicies(state.graph, narrowing.policies, state.anyPolicy > 0 || (!isLast && selfIssued));
  if (!isLast && narrowing.mappings !== undefined) mapPolicies(state.graph, narrowing.mappings, state.policyMapping > 0);
  if (isLast) {
    state.explicitPolicy = Math.max(0, state.explicitPolicy - 1);
    if (narrowing.requireExplicitPolicy === 0) state.explicitPolicy = 0;
  } else {
    if (!selfIssued) countDown(state);
    narrow(state, narrowing);
  }
  return fault;
}

function countDown(state: State): void {
  state.explicitPolicy = Math.max(0, state.explicitPolicy - 1);
  state.policyMapping = Math.max(0, state.policyMapping - 1);
  state.anyPolicy = Math.max(0, state.anyPolicy - 1);
}

/** RFC 5280 §6.1.4 (g), (i) and (j). */
function narrow(state: State, narrowing: Narrowing): undefined {
  if (narrowing.names !== undefined) state.names.push(narrowing.names);
  state.explicitPolicy = Math.min(state.explicitPolicy, narrowing.requireExplicitPolicy ?? state.explicitPolicy);
  state.policyMapping = Math.min(state.policyMapping, narrowing.inhibitPolicyMapping ?? state.policyMapping);
  state.anyPolicy = Math.min(state.anyPolicy, narrowing.inhibitAnyPolicy ?? state.anyPolicy);
}

/** RFC 5280 §6.1.4 (l) and (m). */
function lengthFaults(state: State, certificate: Certificate): Fault[] {
  const selfIssued = sameName(certificate.issuer, certificate.subject);
  const tooLong = !selfIssued && state.pathLength-- <= 0;
  state.pathLength = Math.min(state.pathLength, certificate.pathLength ?? state.pathLength);
  return tooLong ? [{ message: `${labelOf(certificate)} makes the path longer than an authority above it allows` }] : [];
}

/** What dates are wrong with a path: those of its certificates and of its anchor. */
export function dateFaults({ certificates, anchor }: CertificatePath, at: Date): Fault[] {
  const all = certificates[0] === anchor.certificate ? certificates : [anchor.certificate, ...[...certificates].reverse()];
  return all.flatMap((certificate) => dateFault(certificate, at) ?? []);
}

function dateFault(certificate: Certificate, at: Date): Fault | undefined {
  const { notBefore, notAfter } = certificate;
  // Both ends are inclusive, and to the second.
  const early = at < notBefore;
  if (!early && at.getTime() < notAfter.getTime() + 1000) return undefined;
  const when = early ? `is valid from ${iso(notBefore)} only` : `expired on ${iso(notAfter)}`;
  return { message: `${labelOf(certificate)} ${when}, and the commit counts from ${iso(at)}`, help: howToRenew };
}

/** Faults that any certificate of a path can have, whatever the time. */
function certificateFaults(certificate: Certificate): Fault[] {
  const faults: Fault[] = [];
  const label = labelOf(certificate);
  for (const { oid, critical } of certificate.extensions) {
    if (critical && !PROCESSED.includes(oid))
      faults.push({ message: `${label} has the critical extension ${oidName(oid)}, which is not understood` });
  }
  if (certificate.extKeyUsage !== undefined && !certificate.extKeyUsage.some((purpose) => PURPOSES.includes(purpose))) {
    faults.push({ message: `${label} is for other purposes (extKeyUsage), expected emailProtection or documentSigning` });
  }
  return faults;
}

/** Faults of a certificate that issued another (RFC 5280 §6.1.4 (k) and (n)). */
export function issuerFaults(certificate: Certificate): Fault[] {
  const faults: Fault[] = [];
  const label = labelOf(certificate);
  if (!certificate.isCa) faults.push({ message: `${label} issued another and is no authority's (basicConstraints without cA)` });
  if (certificate.keyUsage !== undefined && !certificate.keyUsage.includes('keyCertSign')) {
    faults.push({ message: `${label} issued another and its keyUsage lacks keyCertSign` });
  }
  return faults;
}

function iso(date: Date): string {
  return `${date.toISOString().slice(0, 19)}Z`;
}

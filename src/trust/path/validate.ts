/**
 * Basic path validation (RFC 5280 §6.1), from the anchor to the signer. Names
 * and signatures have been followed by `findPaths`. Revocation, name
 * constraints and policies have their place in `step`; until they are
 * processed, a certificate that wants them is refused.
 */
import type { Fault } from '../../format/fault.js';
import { sameName } from '../certificate/name.js';
import { howToRenew } from '../help.js';
import { OID, oidName } from '../oids.js';
import type { Certificate } from '../types.js';
import { type CertificatePath, labelOf } from './build.js';

/** Extensions that are understood, whether critical or not. */
const PROCESSED: readonly string[] = [
  OID.basicConstraints,
  OID.keyUsage,
  OID.extKeyUsage,
  OID.subjectAltName,
  OID.issuerAltName,
  OID.subjectKeyIdentifier,
  OID.authorityKeyIdentifier,
  // Any policy is acceptable, and none is required unless policyConstraints says so, which is refused below.
  OID.certificatePolicies,
];

/** Extensions that narrow what a path may be: never passed over, even where not critical. */
const NARROWING: readonly string[] = [OID.nameConstraints, OID.policyConstraints, OID.policyMappings, OID.inhibitAnyPolicy];

/** Purposes that a commit's signature is one of, where extKeyUsage is given. */
const PURPOSES: readonly string[] = [OID.anyExtendedKeyUsage, OID.emailProtection, OID.documentSigning];

/** What is wrong with a path at a time; none where it is valid. */
export function pathFaults({ certificates, anchor }: CertificatePath, at: Date): Fault[] {
  const faults: Fault[] = [];
  const pinned = certificates[0] === anchor.certificate;
  let pathLength = anchor.certificate.pathLength ?? Number.POSITIVE_INFINITY;
  if (!pinned) faults.push(...certificateFaults(anchor.certificate, at), ...issuerFaults(anchor.certificate));
  for (let i = certificates.length - 1; i >= 0; i--) {
    const certificate = certificates[i] as Certificate;
    faults.push(...certificateFaults(certificate, at));
    if (i === 0) break;
    faults.push(...issuerFaults(certificate));
    const selfIssued = sameName(certificate.issuer, certificate.subject);
    if (!selfIssued && pathLength-- <= 0)
      faults.push({ message: `${labelOf(certificate)} makes the path longer than an authority above it allows` });
    pathLength = Math.min(pathLength, certificate.pathLength ?? pathLength);
  }
  return faults;
}

/** Faults that any certificate of a path can have. */
function certificateFaults(certificate: Certificate, at: Date): Fault[] {
  const faults: Fault[] = [];
  const label = labelOf(certificate);
  if (at < certificate.notBefore) {
    faults.push({
      message: `${label} is valid from ${iso(certificate.notBefore)} only, and the commit counts from ${iso(at)}`,
      help: howToRenew,
    });
  }
  // notAfter is inclusive, and to the second.
  if (at.getTime() >= certificate.notAfter.getTime() + 1000) {
    faults.push({ message: `${label} expired on ${iso(certificate.notAfter)}, and the commit counts from ${iso(at)}`, help: howToRenew });
  }
  for (const { oid, critical } of certificate.extensions) {
    if (NARROWING.includes(oid)) faults.push({ message: `${label} has ${oidName(oid)}, which is not processed yet` });
    else if (critical && !PROCESSED.includes(oid))
      faults.push({ message: `${label} has the critical extension ${oidName(oid)}, which is not understood` });
  }
  if (certificate.extKeyUsage !== undefined && !certificate.extKeyUsage.some((purpose) => PURPOSES.includes(purpose))) {
    faults.push({ message: `${label} is for other purposes (extKeyUsage), expected emailProtection or documentSigning` });
  }
  return faults;
}

/** Faults of a certificate that issued another. */
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

/** The host's trust store, from its policy (`vpr.yaml`) and the certificates' files. */
import { hash } from 'node:crypto';
import type { Fault, Read } from '../format/fault.js';
import { read, unread } from '../format/fault.js';
import type { Policy } from '../format/policy.js';
import { sameName } from './certificate/name.js';
import { readCertificate } from './certificate/read.js';
import { certificateIdentity } from './identity.js';
import { leafFaults } from './leaf.js';
import { isCheckable, linkFault } from './path/link.js';
import { issuerFaults } from './path/validate.js';
import { readRevocationLists } from './revocation/read.js';
import { namedTwinFaults } from './twins.js';
import type { Certificate, ListedCertificate, Trust, TrustAnchor } from './types.js';

/** Reads a file the policy names, by the path as it stands there; undefined where there is none. */
export type FileReader = (path: string) => Uint8Array | undefined;

/**
 * Reads every certificate and revocation list that the policy names. All faults at once, each with
 * its place in the policy: a missing file, a private key in place of a
 * certificate, a root that is no authority. Dates are judged when a commit is.
 */
export function loadTrust(policy: Policy, file: FileReader): Read<Trust> {
  const faults: Fault[] = [];
  const load = <T>(place: string, path: string, make: (certificate: Certificate) => { value: T; faults: readonly Fault[] }): T[] => {
    const fail = (found: readonly Fault[]) =>
      faults.push(...found.map((fault) => ({ ...fault, message: `${place} ${path}: ${fault.message}` })));
    const bytes = file(path);
    const certificate = bytes === undefined ? undefined : readCertificate(bytes);
    if (certificate === undefined) fail([missing('the certificate', place)]);
    else if (!certificate.ok) fail(certificate.faults);
    else {
      const made = make(certificate.value);
      if (made.faults.length === 0) return [made.value];
      fail(made.faults);
    }
    return [];
  };
  const roots = policy.roots.flatMap((root, i) =>
    load(`roots[${i}].file`, root.file, (certificate) => ({
      value: { certificate, authorities: root.authorities },
      // A root may have signed itself with an algorithm of old, that nothing else may be signed with: the host's word makes it one.
      faults: [...authorityFaults(certificate), ...(isCheckable(certificate) ? selfSignatureFaults(certificate) : [])].slice(0, 1),
    })),
  );
  const intermediates = policy.intermediates.flatMap((path, i) =>
    load(`intermediates[${i}]`, path, (certificate) => ({
      value: certificate,
      // An authority may sign its lists with a certificate of their own (RFC 5280 §6.3.3 (f)). And it may name itself as its
      // issuer without having signed itself: its former key certified this one. Paths check who did.
      faults: certificate.keyUsage?.includes('cRLSign') === true ? [] : authorityFaults(certificate),
    })),
  );
  const listed = policy.certificates.flatMap((entry, i) =>
    load(`certificates[${i}].file`, entry.file, (certificate) => {
      const { file: _, ...rest } = entry;
      const value: ListedCertificate = { certificate, ...rest };
      return { value, faults: listedFaults(value) };
    }),
  );
  const crls = policy.crls.flatMap((path, i) => {
    const bytes = file(path);
    const lists = bytes === undefined ? unread(missing('the revocation list', `crls[${i}]`)) : readRevocationLists(bytes);
    if (lists.ok) return lists.value;
    faults.push(...lists.faults.map((fault) => ({ ...fault, message: `crls[${i}] ${path}: ${fault.message}` })));
    return [];
  });
  faults.push(...twiceFaults('roots', roots), ...twiceFaults('certificates', listed));
  faults.push(
    ...namedTwinFaults([
      ...roots.map(({ certificate }) => ({ certificate, byItself: true })),
      ...intermediates.map((certificate) => ({ certificate, byItself: false })),
      ...listed.map(({ certificate, authorities }) => ({ certificate, byItself: authorities !== undefined })),
    ]),
  );
  if (faults.length > 0) return { ok: false, faults };
  const { revocation } = policy;
  const digest = digestOf({ roots, intermediates, listed, crls, revocation });
  return read({ roots, intermediates, listed, crls, early: [], revocation, digest });
}

function missing(what: string, place: string): Fault {
  return { message: 'no such file, or not readable', help: [`put ${what} there, or correct ${place} in vpr.yaml`] };
}

/** Whether the policy names the certificate for that participant id. */
export function policyListsFor(trust: Trust, certificate: Certificate, participantId: string): boolean {
  return listedAs(trust, certificate)?.participantId === participantId;
}

/** What the policy says of that very certificate. */
export function listedAs(trust: Trust, certificate: Certificate): ListedCertificate | undefined {
  return trust.listed.find((entry) => entry.certificate.fingerprint === certificate.fingerprint);
}

/** Faults of a root or an intermediate, whatever the time. */
function authorityFaults(certificate: Certificate): Fault[] {
  return issuerFaults(certificate).length > 0 ? [NO_AUTHORITY] : [];
}

const NO_AUTHORITY: Fault = {
  message: "is not an authority's certificate (it may not issue others), expected basicConstraints with cA and keyCertSign in keyUsage",
  help: ['list a person\'s or a system\'s certificate under "certificates"'],
};

/** A certificate that names itself as its issuer must have signed itself. */
function selfSignatureFaults(certificate: Certificate): Fault[] {
  if (!sameName(certificate.issuer, certificate.subject)) return [];
  const fault = linkFault(certificate, certificate);
  return fault === undefined ? [] : [{ message: `names itself as its issuer and ${fault}` }];
}

/** Faults of a single certificate, whatever the time: it could never sign anything. */
function listedFaults({ certificate, authorities, participantId }: ListedCertificate): Fault[] {
  const identity = certificateIdentity(certificate);
  const faults = leafFaults(certificate);
  if (!identity.ok) return [...faults, ...identity.faults];
  const own = identity.value.participantId;
  if (own !== undefined && participantId !== undefined && own !== participantId) {
    faults.push({ message: `participant_id is ${participantId}, and the certificate's own is ${own}` });
  }
  for (const authority of new Set(identity.value.registrations.map((registration) => registration.authority))) {
    if (authorities === undefined || authorities.some(({ name }) => name === authority)) continue;
    faults.push({ message: `the certificate claims a registration with ${authority}, which its authorities do not list` });
  }
  return authorities === undefined ? faults : [...faults, ...issuedFaults(certificate), ...selfSignatureFaults(certificate)];
}

/** Only what signed itself is trusted by itself (FORMAT §6): what somebody issued can be revoked, and no list would be asked. */
function issuedFaults({ issuer, subject }: Certificate): Fault[] {
  if (sameName(issuer, subject)) return [];
  const help = ['trust its issuer: name that under "roots", with these authorities', 'under "certificates", leave its authorities out'];
  return [{ message: `has authorities of its own, and is issued by ${issuer.text}: only a self-signed certificate can`, help }];
}

function twiceFaults(where: string, entries: readonly { certificate: Certificate }[]): Fault[] {
  const seen = new Set<string>();
  return entries.flatMap(({ certificate: { fingerprint } }) => {
    if (!seen.has(fingerprint)) {
      seen.add(fingerprint);
      return [];
    }
    return [{ message: `${where}: the certificate with SHA-256 ${fingerprint.slice(0, 16)}… is listed twice` }];
  });
}

/** SHA-256 over every certificate and list, and what the policy says of them. */
function digestOf({ roots, intermediates, listed, crls, revocation }: Omit<Trust, 'digest' | 'early'>): string {
  const authorities = (list: TrustAnchor['authorities'] | undefined) => list?.map(({ name, class: as }) => [name, as]) ?? null;
  const all = {
    roots: roots.map((root) => [root.certificate.fingerprint, authorities(root.authorities)]),
    intermediates: intermediates.map(({ fingerprint }) => fingerprint),
    listed: listed.map((entry) => [entry.certificate.fingerprint, authorities(entry.authorities), entry.participantId ?? null]),
    crls: crls.map(({ fingerprint }) => fingerprint),
    revocation,
  };
  return hash('sha256', JSON.stringify(all), 'hex');
}

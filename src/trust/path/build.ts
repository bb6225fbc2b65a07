/** Finding paths from a certificate to what the host trusts, by names and signatures. */
import { Buffer } from 'node:buffer';
import { sameName } from '../certificate/name.js';
import type { Certificate, TrustAnchor } from '../types.js';
import { isCheckable, linkFault } from './link.js';

/** Most certificates between signer and anchor, the signer's included. */
export const MAX_PATH = 8;
/** Most links tried for one signer; each may cost a signature check. */
const MAX_LINKS = 128;

/** A chain of names and signatures. Whether it is valid is `pathFaults`' to say. */
export interface CertificatePath {
  /** The signer's first; each issued by the next, the last by the anchor. */
  readonly certificates: readonly Certificate[];
  /** For a certificate trusted by itself: that certificate, which is then the only one. */
  readonly anchor: TrustAnchor;
}

/** Every path found, and why others ended, for the message where none is. */
export interface Search {
  readonly paths: readonly CertificatePath[];
  readonly deadEnds: readonly string[];
}

/**
 * All paths from the certificate over the candidates to an anchor, shortest
 * first. Bounded in depth and in links tried; no certificate stands twice in
 * one. What signed itself leads no further and is no candidate: neither is a
 * root, nor its twin with another signature.
 */
export function findPaths(certificate: Certificate, candidates: readonly Certificate[], anchors: readonly TrustAnchor[]): Search {
  const steps = distinct(candidates).filter((candidate) => !isSelfSigned(candidate));
  const paths: CertificatePath[] = [];
  const deadEnds = new Set<string>();
  let links = 0;
  let level: (readonly [Certificate, ...Certificate[]])[] = [[certificate]];
  const linked = (child: Certificate, issuer: Certificate): boolean => {
    if (!sameName(child.issuer, issuer.subject)) return false;
    if (++links > MAX_LINKS) return false;
    const fault = linkFault(child, issuer);
    if (fault !== undefined) deadEnds.add(`${labelOf(child)} ${fault} (${labelOf(issuer)})`);
    return fault === undefined;
  };
  for (let depth = 1; depth <= MAX_PATH && level.length > 0; depth++) {
    const next: typeof level = [];
    // Each chain here begins with the certificate nearest to the anchor.
    for (const chain of level) {
      const [last] = chain;
      for (const anchor of anchors) {
        if (linked(last, anchor.certificate)) paths.push({ certificates: [...chain].reverse(), anchor });
      }
      for (const candidate of steps) {
        if (!chain.some(({ fingerprint }) => fingerprint === candidate.fingerprint) && linked(last, candidate))
          next.push([candidate, ...chain]);
      }
    }
    level = next;
  }
  if (level.length > 0) deadEnds.add(`more than ${MAX_PATH} certificates lie between the signer and a trusted root`);
  if (links > MAX_LINKS) deadEnds.add(`more than ${MAX_LINKS} ways to go on from one certificate to the next`);
  return { paths, deadEnds: [...deadEnds] };
}

function distinct(certificates: readonly Certificate[]): Certificate[] {
  return [...new Map(certificates.map((certificate) => [certificate.fingerprint, certificate])).values()];
}

/**
 * Whether it signed itself, as roots do. One that merely names itself as its issuer may be an authority's new key under its
 * old one. Where the signature can't be checked here (roots of old with SHA-1), the key that it says it was made with counts.
 */
export function isSelfSigned(certificate: Certificate): boolean {
  const { issuer, subject, authorityKeyId, subjectKeyId } = certificate;
  if (!sameName(issuer, subject)) return false;
  if (isCheckable(certificate)) return linkFault(certificate, certificate) === undefined;
  return authorityKeyId === undefined || (subjectKeyId !== undefined && Buffer.compare(authorityKeyId, subjectKeyId) === 0);
}

/** What a certificate is called in messages: authorities by name, people never (their names are content). */
export function labelOf(certificate: Certificate): string {
  return certificate.isCa
    ? `the certificate of ${certificate.subject.text}`
    : `the certificate with SHA-256 ${certificate.fingerprint.slice(0, 16)}…`;
}

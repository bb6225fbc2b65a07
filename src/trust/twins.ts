/**
 * Telling certificates apart that pass for one another: an issuer's ECDSA
 * signature has two forms (s and n − s), and a serial number may be given
 * twice. What is on record stays what it is (FORMAT §6, DESIGN).
 */
import { Buffer } from 'node:buffer';
import { hash } from 'node:crypto';
import type { Fault } from '../format/fault.js';
import { labelOf } from './path/build.js';
import type { Certificate, Trust } from './types.js';

/** A certificate in short: SHA-256 each, in lowercase hex. */
export interface CertificateMark {
  /** Of issuer and serial number: what a certificate is named by. */
  readonly place: string;
  /** Of tbsCertificate: what its issuer signed. */
  readonly tbs: string;
  /** Of all of it. */
  readonly fingerprint: string;
}

const marks = new WeakMap<Certificate, CertificateMark>();

/** A certificate's mark. Remembered: it is asked for with every commit. */
export function markOf(certificate: Certificate): CertificateMark {
  const known = marks.get(certificate);
  if (known !== undefined) return known;
  const { issuer, serial, tbs, fingerprint } = certificate;
  // Names are the same in many spellings: the one that paths are built by counts.
  const named = JSON.stringify([issuer.rdns, serial]);
  const mark = { place: hash('sha256', Buffer.from(named), 'hex'), tbs: hash('sha256', tbs, 'hex'), fingerprint };
  marks.set(certificate, mark);
  return mark;
}

/**
 * Why a certificate doesn't pass beside those on record at its place;
 * undefined where it does. One that the host's policy names always does, and
 * counts as on record before any other.
 */
export function twinFault(certificate: Certificate, onRecord: readonly CertificateMark[], trust: Trust): Fault | undefined {
  const mark = markOf(certificate);
  const policy = policyMarks(trust);
  if (policy.some(({ fingerprint }) => fingerprint === mark.fingerprint)) return undefined;
  const named = policy.filter(({ place }) => place === mark.place);
  const others = (named.length > 0 ? named : onRecord).filter(({ fingerprint }) => fingerprint !== mark.fingerprint);
  const [other] = others;
  if (other === undefined) return undefined;
  const twin = others.some(({ tbs }) => tbs === mark.tbs);
  const what = twin
    ? 'differs from the one on record only in the form of its signature'
    : 'has the issuer and serial number of another one on record';
  return {
    message: `${labelOf(certificate)} ${what} (SHA-256 ${other.fingerprint.slice(0, 16)}…)`,
    help: [
      ...(twin
        ? ['sign with the certificate as its authority issued it: vpr setup --certificate FILE']
        : ['ask the authority for a certificate with a serial number of its own']),
      "where the other one is wrong, the host's administrator names the right one in vpr.yaml",
    ],
  };
}

const policies = new WeakMap<Trust, readonly CertificateMark[]>();

/** Marks of every certificate that the host's policy names. */
function policyMarks(trust: Trust): readonly CertificateMark[] {
  const known = policies.get(trust);
  if (known !== undefined) return known;
  const all = [
    ...trust.roots.map(({ certificate }) => certificate),
    ...trust.intermediates,
    ...trust.listed.map(({ certificate }) => certificate),
  ].map(markOf);
  policies.set(trust, all);
  return all;
}

/** A certificate that a policy names, and whether it is trusted by itself. */
export interface Named {
  readonly certificate: Certificate;
  readonly byItself: boolean;
}

/** Faults of certificates that a policy names beside each other. */
export function namedTwinFaults(named: readonly Named[]): Fault[] {
  const faults: Fault[] = [];
  for (const [i, { certificate, byItself }] of named.entries()) {
    const mark = markOf(certificate);
    for (const other of named.slice(0, i)) {
      const { place, tbs, fingerprint } = markOf(other.certificate);
      if (place !== mark.place || fingerprint === mark.fingerprint) continue;
      const pair = `the certificates with SHA-256 ${fingerprint.slice(0, 16)}… and ${mark.fingerprint.slice(0, 16)}…`;
      if (tbs === mark.tbs)
        faults.push({
          message: `${pair} differ only in the form of their signature`,
          help: ['name only the one that the authority issued'],
        });
      else if (!byItself || !other.byItself)
        faults.push({
          message: `${pair} have one issuer and serial number, and are not both trusted by themselves`,
          help: ['name only one of them, or give authorities to each'],
        });
    }
  }
  return faults;
}

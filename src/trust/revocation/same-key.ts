/** A key in other hands is so under every certificate it has (FORMAT §6: "every commit of that key"). */
import { Buffer } from 'node:buffer';
import { type CertificatePath, findPaths } from '../path/build.js';
import type { Certificate, Trust } from '../types.js';
import { isCompromise } from './judge.js';
import { groundsOf, type Standing, standingsOf } from './standing.js';

/**
 * What lists say of other certificates that have a key of the path's, where
 * they were revoked as compromised. Lists name serial numbers, so that only
 * certificates can be asked about whose bytes are at hand: those that the
 * host's policy names, and what the signature carries. Each needs a path of its
 * own to a root: nobody else's word makes a key bad.
 */
export function standingsOfKeys(path: CertificatePath, carried: readonly Certificate[], trust: Trust): Standing[] {
  if (trust.crls.length + trust.early.length === 0) return [];
  const candidates = [...carried, ...trust.intermediates];
  const known = [...candidates, ...trust.listed.map(({ certificate }) => certificate)];
  return path.certificates.flatMap((certificate) =>
    known
      .filter(({ spki, fingerprint }) => fingerprint !== certificate.fingerprint && Buffer.compare(spki, certificate.spki) === 0)
      .flatMap((other) => standingOfKey(other, candidates, trust)),
  );
}

function standingOfKey(other: Certificate, candidates: readonly Certificate[], trust: Trust): Standing[] {
  const standings = findPaths(other, candidates, trust.roots).paths.flatMap((path) =>
    standingsOf(path, groundsOf(path, candidates, trust)).slice(0, 1),
  );
  const revocations = standings.flatMap((standing) => standing.revocations.filter(isCompromise));
  return revocations.length === 0 ? [] : [{ certificate: other, sameKey: true, revocations, knownUntil: FOR_EVER, why: '' }];
}

/** The last instant there is: what is not known of another certificate is no matter of this one's. */
const FOR_EVER = new Date(8.64e15);

/** From a certificate whose signature verified to a signer the host trusts, or why not. */
import { Buffer } from 'node:buffer';
import type { Fault, Read } from '../format/fault.js';
import { read } from '../format/fault.js';
import { askTheHost } from './help.js';
import { certificateIdentity } from './identity.js';
import { leafFaults } from './leaf.js';
import { type CertificatePath, findPaths, type Search } from './path/build.js';
import { pathFaults } from './path/validate.js';
import { remember } from './remember.js';
import { listedAs } from './store.js';
import type { Certificate, Identity, Signer, Trust, TrustAnchor } from './types.js';

/** A trusted signer, and the path that shows it. */
export interface Established {
  readonly signer: Signer;
  readonly path: CertificatePath;
}

/**
 * Judges a certificate at a time: itself, its paths over what the signature
 * carries and the host's intermediates, and what policy lets each path's
 * anchor certify. A path without a fault counts, one that `fits` before
 * others; where there is none, the faults of the best are given.
 */
export function establishSigner(
  certificate: Certificate,
  carried: readonly Certificate[],
  trust: Trust,
  at: Date,
  fits: (path: CertificatePath) => boolean,
): Read<Established> {
  const identity = certificateIdentity(certificate);
  const own = [...leafFaults(certificate), ...(identity.ok ? [] : identity.faults)];
  const listed = listedAs(trust, certificate);
  const pinned =
    listed?.authorities === undefined ? [] : [{ certificates: [certificate], anchor: { certificate, authorities: listed.authorities } }];
  const search = pathsFor(certificate, carried, trust);
  let good: CertificatePath | undefined;
  let best: readonly Fault[] | undefined;
  for (const path of [...pinned, ...search.paths]) {
    const faults = [...pathFaults(path, at), ...(identity.ok ? claimFaults(identity.value, path.anchor) : [])];
    if (best === undefined || faults.length < best.length) best = faults;
    if (faults.length === 0 && (good === undefined || (fits(path) && !fits(good)))) good = path;
  }
  if (good !== undefined && identity.ok && own.length === 0) {
    return read({ signer: signerOf(identity.value, certificate, good.anchor, listed?.participantId), path: good });
  }
  return { ok: false, faults: [...own, ...(best ?? [noPath(certificate, search.deadEnds)])] };
}

const searches = new WeakMap<Trust, ReturnType<typeof remember<Search>>>();

/** Paths don't depend on the time, and the same few come with every commit. */
function pathsFor(certificate: Certificate, carried: readonly Certificate[], trust: Trust): Search {
  const known = searches.get(trust) ?? remember<Search>(1000);
  searches.set(trust, known);
  const key = [certificate, ...carried].map(({ fingerprint }) => fingerprint).join(' ');
  return known(key, () => findPaths(certificate, [...carried, ...trust.intermediates], trust.roots));
}

/** Registrations the anchor may not certify: the subject's own, or any further one. */
function claimFaults({ registrations }: Identity, anchor: TrustAnchor): Fault[] {
  const claimed = [...new Set(registrations.map(({ authority }) => authority))];
  const foreign = claimed.filter((authority) => !anchor.authorities.some(({ name }) => name === authority));
  const may = anchor.authorities.map(({ name }) => name).join(', ') || 'none';
  const who = anchor.certificate.isCa ? `the root ${anchor.certificate.subject.text}` : 'it';
  return foreign.map((authority) => ({
    message: `the certificate claims a registration with ${authority}, which this host does not let ${who} certify (it may: ${may})`,
    help: askTheHost,
  }));
}

function signerOf(identity: Identity, certificate: Certificate, anchor: TrustAnchor, listedId: string | undefined): Signer {
  // claimFaults has made sure that the subject's own authority is listed.
  const stands = anchor.authorities.find(({ name }) => name === identity.organisation) as TrustAnchor['authorities'][number];
  const signer = { ...identity, class: stands.class, certificate };
  if (identity.participantId !== undefined) return { ...signer, participantIdFrom: 'certificate' };
  return listedId === undefined ? signer : { ...signer, participantId: listedId, participantIdFrom: 'policy' };
}

function noPath(certificate: Certificate, deadEnds: readonly string[]): Fault {
  const selfIssued = Buffer.compare(certificate.issuer.der, certificate.subject.der) === 0;
  const from = selfIssued
    ? 'is self-signed and not one this host trusts by itself'
    : `of issuer ${certificate.issuer.text} leads to no root this host trusts`;
  const why = deadEnds.length === 0 ? '' : `: ${deadEnds.slice(0, 3).join('; ')}`;
  return { message: `the certificate ${from}${why}`, help: askTheHost };
}

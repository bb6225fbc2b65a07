/** From a certificate whose signature verified to a signer the host trusts, or why not. */
import type { Fault } from '../format/fault.js';
import { remember } from '../format/remember.js';
import { sameName } from './certificate/name.js';
import { askTheHost } from './help.js';
import { certificateIdentity } from './identity.js';
import { leafFaults } from './leaf.js';
import { type CertificatePath, findPaths } from './path/build.js';
import { dateFaults, judgePath } from './path/validate.js';
import { judgeRevocation } from './revocation/judge.js';
import { standingsOfKeys } from './revocation/same-key.js';
import { groundsOf, type Standing, standingsOf } from './revocation/standing.js';
import { listedAs } from './store.js';
import type { Certificate, Identity, ReceiptKnown, Signer, Trust, TrustAnchor } from './types.js';

/** A trusted signer, and the path that shows it. */
export interface Established {
  readonly signer: Signer;
  readonly path: CertificatePath;
  /** What is not known of revocation on the path, where the host's policy lets that pass. */
  readonly revocationFaults: readonly Fault[];
}

/** Why nobody is established. */
export interface NotEstablished {
  readonly faults: readonly Fault[];
  /** Some of them are that the commit's age can't be shown. */
  readonly cannotBeShown: boolean;
}

/** As of when a commit counts, and who says so. */
export interface Moment {
  readonly at: Date;
  readonly known: ReceiptKnown;
}

/**
 * Judges a certificate at a time: itself, its paths over what the signature
 * carries and the host's intermediates, what policy lets each path's anchor
 * certify, and revocation. A path without a fault counts, one that `fits`
 * before others; where there is none, the faults of the best are given.
 */
export function establishSigner(
  certificate: Certificate,
  carried: readonly Certificate[],
  trust: Trust,
  moment: Moment,
  fits: (path: CertificatePath) => boolean,
): Established | NotEstablished {
  const { identity, own, paths, noPath } = lastingOf(certificate, carried, trust);
  let good: { readonly path: CertificatePath; readonly revocationFaults: readonly Fault[]; readonly rank: number } | undefined;
  let best: NotEstablished | undefined;
  for (const judged of paths) {
    const { path } = judged;
    const { faults, unknown, cannotBeShown } = isCalm(judged.calm, moment.at) ? judged.calm.found : atMoment(judged, moment, trust);
    if (best === undefined || faults.length < best.faults.length) best = { faults, cannotBeShown };
    if (faults.length > 0 || own.length > 0) continue;
    const rank = (fits(path) ? 0 : 2) + (unknown.length > 0 ? 1 : 0);
    if (good === undefined || rank < good.rank) good = { path, revocationFaults: unknown, rank };
  }
  if (good !== undefined && identity !== undefined) {
    const { path, revocationFaults } = good;
    const signer = signers.get(path) ?? signerOf(identity, certificate, path.anchor, listedAs(trust, certificate)?.participantId);
    signers.set(path, signer);
    return { signer, path, revocationFaults };
  }
  return { faults: [...own, ...(best?.faults ?? [noPath])], cannotBeShown: best?.cannotBeShown ?? false };
}

/** By the very path that was judged, which is remembered with the host's trust. */
const signers = new WeakMap<CertificatePath, Signer>();

/** What is found of a path at a moment. */
interface AtMoment extends NotEstablished {
  /** What is not known of revocation. */
  readonly unknown: readonly Fault[];
}

function atMoment({ path, faults: lasting, standings }: Omit<LastingPath, 'calm'>, { at, known }: Moment, trust: Trust): AtMoment {
  const { revoked, notShown, unknown } = judgeRevocation(standings, at, known);
  const required = trust.revocation === 'require' ? unknown : [];
  return {
    faults: [...dateFaults(path, at), ...lasting, ...revoked, ...notShown, ...required],
    unknown,
    cannotBeShown: notShown.length > 0,
  };
}

/** A path, with all of it that no time changes. */
interface LastingPath {
  readonly path: CertificatePath;
  readonly faults: readonly Fault[];
  readonly standings: readonly Standing[];
  readonly calm: Calm;
}

/** From and until when, in milliseconds, one and the same is found, without a fault: what nearly every commit of a history asks. */
interface Calm {
  readonly from: number;
  readonly until: number;
  readonly found: AtMoment;
}

function isCalm({ from, until }: Calm, at: Date): boolean {
  const time = at.getTime();
  return time >= from && time < until;
}

function calmOf(judged: Omit<LastingPath, 'calm'>, trust: Trust): Calm {
  const { path, standings } = judged;
  const all = [...path.certificates, path.anchor.certificate];
  const ends = [...all.map(({ notAfter }) => notAfter), ...standings.flatMap(({ knownUntil }) => knownUntil ?? [])];
  const from = Math.max(...all.map(({ notBefore }) => notBefore.getTime()));
  const found = atMoment(judged, { at: new Date(from), known: 'signer' }, trust);
  const revoked = standings.some(({ revocations }) => revocations.length > 0);
  // Ends are inclusive, and to the second. Nothing is within a stretch that ends at NaN.
  return { from, until: revoked || found.faults.length > 0 ? Number.NaN : Math.min(...ends.map((end) => end.getTime() + 1000)), found };
}

/** What time has no say in: it is the same for every commit of a signer. */
interface Lasting {
  readonly identity: Identity | undefined;
  /** Faults of the certificate itself. */
  readonly own: readonly Fault[];
  readonly paths: readonly LastingPath[];
  /** The fault where there are none. */
  readonly noPath: Fault;
}

const lasting = new WeakMap<Trust, ReturnType<typeof remember<Lasting>>>();
/** By the very array that a signer's signatures carry, where that is the same each time. */
const lastingByCarried = new WeakMap<
  readonly Certificate[],
  { readonly certificate: Certificate; readonly trust: Trust; readonly found: Lasting }
>();

function lastingOf(certificate: Certificate, carried: readonly Certificate[], trust: Trust): Lasting {
  const last = lastingByCarried.get(carried);
  if (last?.certificate === certificate && last.trust === trust) return last.found;
  const known = lasting.get(trust) ?? remember<Lasting>(1000);
  lasting.set(trust, known);
  const key = [certificate, ...carried].map(({ fingerprint }) => fingerprint).join(' ');
  const found = known(key, () => judgeLasting(certificate, carried, trust));
  lastingByCarried.set(carried, { certificate, trust, found });
  return found;
}

function judgeLasting(certificate: Certificate, carried: readonly Certificate[], trust: Trust): Lasting {
  const identity = certificateIdentity(certificate);
  const candidates = [...carried, ...trust.intermediates];
  const search = findPaths(certificate, candidates, trust.roots);
  const listed = listedAs(trust, certificate)?.authorities;
  const pinned = listed === undefined ? [] : [{ certificates: [certificate], anchor: { certificate, authorities: listed } }];
  const paths = [...pinned, ...search.paths].map((path) => {
    const faults = [...judgePath(path).faults, ...(identity.ok ? claimFaults(identity.value, path.anchor) : [])];
    const standings = [...standingsOf(path, groundsOf(path, candidates, trust)), ...standingsOfKeys(path, carried, trust)];
    const judged = { path, faults, standings };
    return { ...judged, calm: calmOf(judged, trust) };
  });
  return {
    identity: identity.ok ? identity.value : undefined,
    own: [...leafFaults(certificate), ...(identity.ok ? [] : identity.faults)],
    paths,
    noPath: noPath(certificate, search.deadEnds),
  };
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
  const selfIssued = sameName(certificate.issuer, certificate.subject);
  const from = selfIssued
    ? 'is self-signed and not one this host trusts by itself'
    : `of issuer ${certificate.issuer.text} leads to no root this host trusts`;
  const why = deadEnds.length === 0 ? '' : `: ${deadEnds.slice(0, 3).join('; ')}`;
  const carry = 'where an intermediate authority has issued it, its certificate goes into the signature as well (openssl cms -certfile)';
  return { message: `the certificate ${from}${why}`, help: selfIssued ? askTheHost : [carry, ...askTheHost] };
}

/**
 * What revocation lists say of one certificate (RFC 5280 §6.3.3, for complete
 * lists of the certificate's own issuer). Nothing here depends on the time a
 * commit is judged at, so that it is found once a path.
 */
import { Buffer } from 'node:buffer';
import { sameName } from '../certificate/name.js';
import { type CertificatePath, findPaths } from '../path/build.js';
import { linkFault } from '../path/link.js';
import { dateFaults, judgePath } from '../path/validate.js';
import type { Certificate, Revocation, RevocationList, Trust, TrustAnchor } from '../types.js';
import { LACKS_CRL_SIGN, maySignLists } from './lists.js';
import { ALL_REASONS, reasonsCovered } from './scope.js';

/** What is known of one certificate of a path. */
export interface Standing {
  readonly certificate: Certificate;
  /** It is not on the path: a certificate there has its key. */
  readonly sameKey?: true;
  /** Every entry of a list that counts. */
  readonly revocations: readonly Revocation[];
  /** Until when it is known that there are no others; undefined where it isn't known at all. */
  readonly knownUntil?: Date;
  /** Why it isn't known beyond that. */
  readonly why: string;
}

/** What lists are judged by. */
export interface Grounds {
  readonly lists: readonly RevocationList[];
  /** Lists of a time that has not come. */
  readonly early: readonly RevocationList[];
  /** Certificates among which the signer of a list may be. */
  readonly pool: readonly Certificate[];
  readonly anchor: TrustAnchor;
}

/** What a host's lists are judged by for a path, whose other certificates are among the candidates. */
export function groundsOf({ anchor }: CertificatePath, candidates: readonly Certificate[], { crls, early }: Trust): Grounds {
  return { lists: crls, early, pool: [...candidates, anchor.certificate], anchor };
}

/** How deep it is asked whether the signer of a list is itself revoked. */
const DEEPEST = 2;

/** Standings of a path's certificates, the signer's first. None of one that is trusted by itself, which signed itself: no list is above it. */
export function standingsOf({ certificates, anchor }: CertificatePath, grounds: Grounds, depth = 0): Standing[] {
  if (certificates[0] === anchor.certificate) return [];
  return certificates.map((certificate, i) => standingOf(certificate, certificates[i + 1] ?? anchor.certificate, grounds, depth));
}

function standingOf(certificate: Certificate, issuer: Certificate, grounds: Grounds, depth: number): Standing {
  const faults: string[] = [];
  const ofIssuer = (lists: readonly RevocationList[]) =>
    lists.filter((list) => {
      if (!sameName(list.issuer, certificate.issuer) || reasonsCovered(list, certificate) === 0) return false;
      const fault = listFault(list, issuer, grounds, depth);
      if (fault !== undefined) faults.push(`${labelOfList(list)} ${fault}`);
      return fault === undefined;
    });
  const counted = ofIssuer(grounds.lists);
  const early = ofIssuer(grounds.early);
  faults.push(...early.map((list) => `${labelOfList(list)} is of a time that has not come yet`));
  const found = [...counted, ...early].flatMap((list) => list.find(certificate.serial).map((revocation) => ({ list, revocation })));
  const newest = counted
    .filter((list) => coversHolds(list, certificate))
    .sort(byAge)
    .at(-1);
  const revocations = found
    // A hold that the newest list has no more is over; whatever else was once revoked stays so.
    .filter(({ list, revocation }) => revocation.reason !== 'certificateHold' || newest === undefined || byAge(list, newest) >= 0)
    .map(({ revocation }) => revocation);
  return { certificate, revocations, ...coverage(certificate, counted, faults) };
}

function labelOfList({ issuer, thisUpdate }: RevocationList): string {
  return `the list of ${issuer.text} of ${day(thisUpdate)}`;
}

/** Until when all reasons are covered, each by the list that lasts longest. */
function coverage(
  certificate: Certificate,
  lists: readonly RevocationList[],
  faults: readonly string[],
): Pick<Standing, 'knownUntil' | 'why'> {
  const issuer = certificate.issuer.text;
  const lasting = lists.filter((list) => isListedStill(certificate, list));
  let until = Number.POSITIVE_INFINITY;
  for (let reason = 1; reason <= ALL_REASONS; reason <<= 1) {
    if ((ALL_REASONS & reason) === 0) continue;
    const ends = lasting.filter((list) => (reasonsCovered(list, certificate) & reason) !== 0).map(({ nextUpdate }) => nextUpdate.getTime());
    until = Math.min(until, Math.max(Number.NEGATIVE_INFINITY, ...ends));
  }
  if (until > Number.NEGATIVE_INFINITY) {
    const why = `the list of ${issuer} is out of date since ${day(new Date(until))}`;
    return { knownUntil: new Date(until), why };
  }
  if (lasting.length > 0) return { why: `the lists of ${issuer} are about some reasons only` };
  if (lists.length > 0) return { why: `the lists of ${issuer} were made after the certificate had expired, and no longer name it` };
  return { why: faults[0] ?? `no revocation list of ${issuer} is at hand` };
}

/** A list made after a certificate's expiry need not name it any more (RFC 5280 §3.3), unless it says that it does. */
function isListedStill({ notAfter }: Certificate, { thisUpdate, expiredSince }: RevocationList): boolean {
  return thisUpdate <= notAfter || (expiredSince !== undefined && expiredSince <= notAfter);
}

/** Bit 6 of ReasonFlags. */
const HOLD = 1 << 6;

function coversHolds(list: RevocationList, certificate: Certificate): boolean {
  return (reasonsCovered(list, certificate) & HOLD) !== 0;
}

/** By date, then by number, which grows with every list (RFC 5280 §5.2.3). */
function byAge(a: RevocationList, b: RevocationList): number {
  const [first, second] = [a, b].map(({ number }) => BigInt(`0x${number}`)) as [bigint, bigint];
  return a.thisUpdate.getTime() - b.thisUpdate.getTime() || (first < second ? -1 : first > second ? 1 : 0);
}

/**
 * Why a list doesn't count; undefined where the certificate's issuer signed it,
 * or another certificate of that name under the same anchor (RFC 5280 §6.3.3 (f)).
 */
function listFault(list: RevocationList, issuer: Certificate, grounds: Grounds, depth: number): string | undefined {
  const others = grounds.pool.filter((one) => one.fingerprint !== issuer.fingerprint && sameName(one.subject, list.issuer));
  const signers = [issuer, ...others].filter((one) => linkFault(list, one) === undefined && hasKeyId(list, one));
  if (signers.length === 0) return linkFault(list, issuer) ?? "has a key identifier that is not its issuer's";
  const may = signers.filter(maySignLists);
  if (may.length === 0) return LACKS_CRL_SIGN;
  if (may.some((one) => one === issuer || one === grounds.anchor.certificate)) return undefined;
  return may.some((one) => isTrusted(one, list, grounds, depth)) ? undefined : 'is signed by a certificate that is not valid itself';
}

function hasKeyId({ authorityKeyId: wanted }: RevocationList, { subjectKeyId: found }: Certificate): boolean {
  return wanted === undefined || found === undefined || Buffer.compare(wanted, found) === 0;
}

/** Whether another certificate than the issuer's was good for signing the list when it was made. */
function isTrusted(signer: Certificate, list: RevocationList, grounds: Grounds, depth: number): boolean {
  if (depth >= DEEPEST) return false;
  // What the signer signed itself can't say that it is not revoked.
  const others = (lists: readonly RevocationList[]) => lists.filter((one) => linkFault(one, signer) !== undefined);
  const without = { ...grounds, lists: others(grounds.lists), early: others(grounds.early) };
  return findPaths(signer, grounds.pool, [grounds.anchor]).paths.some(
    (path) =>
      judgePath(path).faults.length === 0 &&
      dateFaults(path, list.thisUpdate).length === 0 &&
      standingsOf(path, without, depth + 1).every(
        ({ revocations, knownUntil }) => revocations.length === 0 && knownUntil !== undefined && knownUntil >= list.thisUpdate,
      ),
  );
}

/** A date for messages: 2026-06-01. */
export function day(date: Date): string {
  return date.toISOString().slice(0, 10);
}

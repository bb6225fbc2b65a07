/** What a revocation list is about, and what of a certificate it can say (RFC 5280 §5.2.5, §4.2.1.13, §6.3.3 (b) and (d)). */
import { directoryNameKey, generalNameKey, readGeneralNames } from '../certificate/general-name.js';
import { relativeNameKey } from '../certificate/name.js';
import { childrenOf, type Der, expectTag, Fields, readElement } from '../der/read.js';
import { contextPrimitive, contextTag, TAG } from '../der/tags.js';
import { boolean, namedBits } from '../der/values.js';
import { element } from '../der/write.js';
import { OID } from '../oids.js';
import { attempt, refuse } from '../refusal.js';
import type { Certificate, DistinguishedName, RevocationList, RevocationScope } from '../types.js';

/** Bits 1 to 8 of ReasonFlags: every reason there is. */
export const ALL_REASONS = 0b1_1111_1110;

/** Reads issuingDistributionPoint of a list of that issuer. Throws a Refusal. */
export function readScope(value: Uint8Array, issuer: DistinguishedName): RevocationScope {
  const what = 'issuingDistributionPoint';
  const fields = new Fields(readElement(value, what, TAG.sequence), what);
  const names = fields.takeIf(contextTag(0));
  const flag = (tag: number): boolean => {
    const found = fields.takeIf(contextPrimitive(tag));
    return found !== undefined && boolean(found, what);
  };
  const [user, authority] = [flag(1), flag(2)];
  const reasons = fields.takeIf(contextPrimitive(3));
  const [indirect, attribute] = [flag(4), flag(5)];
  fields.end();
  if (indirect) refuse('is an indirect list, which is not read: list one of the issuer itself');
  if ([user, authority, attribute].filter(Boolean).length > 1) refuse(`${what}: about two kinds of certificates only`);
  const only = user ? 'user' : authority ? 'authority' : attribute ? 'attribute' : undefined;
  return {
    ...(names === undefined ? {} : { names: pointNames(names, issuer, what) }),
    ...(only === undefined ? {} : { only }),
    ...(reasons === undefined ? {} : { reasons: reasonBits(reasons, what) }),
  };
}

/** DistributionPointName: full names, or one relative to the issuer's. */
function pointNames(wrapped: Der, issuer: DistinguishedName, what: string): string[] {
  const point = readElement(wrapped.content, what);
  if (point.tag === contextTag(0)) return readGeneralNames(point, what, contextTag(0)).map(generalNameKey);
  const relative = relativeNameKey(readElement(element(TAG.set, expectTag(point, contextTag(1), what).content), what), what);
  return [directoryNameKey({ rdns: [...issuer.rdns, relative] })];
}

function reasonBits(flags: Der, what: string): number {
  return namedBits(flags, what).reduce((mask, bit) => mask | (1 << bit), 0) & ALL_REASONS;
}

/** A place where a certificate says that its issuer's lists are. */
interface Point {
  readonly names: readonly string[];
  readonly reasons: number;
}

/** Points of crlDistributionPoints; one that another issuer serves (cRLIssuer) is of indirect lists, and left out. */
function readPoints({ extensions, issuer }: Certificate): Point[] {
  const what = 'crlDistributionPoints';
  const found = extensions.find(({ oid }) => oid === OID.crlDistributionPoints);
  if (found === undefined) return [];
  return childrenOf(readElement(found.value, what, TAG.sequence), what).flatMap((point) => {
    const fields = new Fields(expectTag(point, TAG.sequence, what), what);
    const names = fields.takeIf(contextTag(0));
    const reasons = fields.takeIf(contextPrimitive(1));
    const foreign = fields.takeIf(contextTag(2));
    fields.end();
    if (names === undefined || foreign !== undefined) return [];
    return [{ names: pointNames(names, issuer, what), reasons: reasons === undefined ? ALL_REASONS : reasonBits(reasons, what) }];
  });
}

/** The reasons for which the list would name the certificate were it revoked: bits of ReasonFlags, 0 where it is not about it. */
export function reasonsCovered({ scope }: RevocationList, certificate: Certificate): number {
  if (scope.only === 'attribute' || (scope.only !== undefined && (scope.only === 'authority') !== certificate.isCa)) return 0;
  const reasons = scope.reasons ?? ALL_REASONS;
  const { names } = scope;
  if (names === undefined) return reasons;
  const points = attempt(() => readPoints(certificate));
  // RFC 5280 §6.3.3: any list of the issuer may also be at a point of the issuer's own name.
  const all = [{ names: [directoryNameKey(certificate.issuer)], reasons: ALL_REASONS }, ...(points.ok ? points.value : [])];
  return all
    .filter((point) => point.names.some((name) => names.includes(name)))
    .reduce((mask, point) => mask | (point.reasons & reasons), 0);
}

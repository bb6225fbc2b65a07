/** Reading certificate revocation lists (RFC 5280 §5.1 and §5.2), strictly and without judging them. */
import { Buffer } from 'node:buffer';
import { hash } from 'node:crypto';
import type { Read } from '../../format/fault.js';
import { authorityKeyId, readRawExtensions } from '../certificate/extensions.js';
import { readName } from '../certificate/name.js';
import { Fields, readElement } from '../der/read.js';
import { contextTag, TAG } from '../der/tags.js';
import { time } from '../der/time.js';
import { bitStringOctets, integerOctets, oid, smallInteger } from '../der/values.js';
import { OID, oidName } from '../oids.js';
import { revocationListDers } from '../pem.js';
import { attempt, refuse } from '../refusal.js';
import type { Extension, RevocationList } from '../types.js';
import { readEntries } from './entries.js';
import { readScope } from './scope.js';

/**
 * Reads a file with one list in DER, or one or several in PEM; at most 8 MiB.
 * A delta or indirect list, one without number or next update, and one with a
 * critical extension that is not understood are faults.
 */
export function readRevocationLists(file: Uint8Array): Read<RevocationList[]> {
  return attempt(() => revocationListDers(file).map(readList));
}

function readList(der: Uint8Array): RevocationList {
  const outer = new Fields(readElement(der, 'revocation list', TAG.sequence), 'revocation list');
  const tbs = outer.take(TAG.sequence, 'tbsCertList');
  const algorithm = outer.take(TAG.sequence, 'signatureAlgorithm');
  const signature = bitStringOctets(outer.take(TAG.bitString, 'signatureValue'), 'signatureValue');
  outer.end();
  const fields = new Fields(tbs, 'tbsCertList');
  const version = fields.takeIf(TAG.integer);
  if (version === undefined || smallInteger(version, 'version') !== 1) refuse('is a revocation list of version 1, expected version 2');
  const inner = fields.take(TAG.sequence, 'signature');
  if (Buffer.compare(inner.raw, algorithm.raw) !== 0) refuse('signatureAlgorithm differs from the one that is signed');
  const issuer = readName(fields.take(TAG.sequence, 'issuer'), 'issuer');
  const thisUpdate = time(fields.takeAny('thisUpdate'), 'thisUpdate');
  const next = fields.takeIf(TAG.utcTime) ?? fields.takeIf(TAG.generalizedTime);
  if (next === undefined) return refuse('has no nextUpdate, by which it could be told when it is out of date');
  const nextUpdate = time(next, 'nextUpdate');
  if (nextUpdate < thisUpdate) refuse('has a nextUpdate before its thisUpdate');
  const entries = readEntries(fields.takeIf(TAG.sequence)?.content ?? new Uint8Array());
  const wrapped = fields.takeIf(contextTag(0));
  fields.end();
  const extensions = wrapped === undefined ? [] : readRawExtensions(readElement(wrapped.content, 'crlExtensions'));
  return {
    fingerprint: hash('sha256', der, 'hex'),
    tbs: tbs.raw,
    signatureAlgorithm: oid(new Fields(algorithm, 'signatureAlgorithm').take(TAG.oid, 'algorithm'), 'signatureAlgorithm'),
    signature,
    issuer,
    thisUpdate,
    nextUpdate,
    ...entries,
    ...readExtensions(extensions, issuer),
  };
}

type FromExtensions = Pick<RevocationList, 'number' | 'authorityKeyId' | 'scope' | 'expiredSince'>;

function readExtensions(extensions: readonly Extension[], issuer: RevocationList['issuer']): FromExtensions {
  const known: readonly string[] = [
    OID.authorityKeyIdentifier,
    OID.cRLNumber,
    OID.issuingDistributionPoint,
    OID.issuerAltName,
    OID.expiredCertsOnCRL,
  ];
  const values = new Map(extensions.map((extension) => [extension.oid, extension.value]));
  if (values.has(OID.deltaCRLIndicator)) refuse('is a delta list, which says only what changed: list the complete one');
  const strange = extensions.find((extension) => extension.critical && !known.includes(extension.oid));
  if (strange !== undefined) refuse(`has the critical extension ${oidName(strange.oid)}, which is not understood`);
  const number = values.get(OID.cRLNumber);
  if (number === undefined) return refuse('has no cRLNumber, which every list has (RFC 5280 §5.2.3)');
  const octets = integerOctets(readElement(number, 'cRLNumber', TAG.integer), 'cRLNumber');
  if (octets.length > 21 || (octets[0] as number) >= 0x80) refuse('cRLNumber: negative, or of more than 20 octets');
  const scope = values.get(OID.issuingDistributionPoint);
  const expired = values.get(OID.expiredCertsOnCRL);
  return {
    number: Buffer.from(octets).toString('hex'),
    ...authorityKeyId(values.get(OID.authorityKeyIdentifier)),
    scope: scope === undefined ? {} : readScope(scope, issuer),
    ...(expired === undefined
      ? {}
      : { expiredSince: time(readElement(expired, 'expiredCertsOnCRL', TAG.generalizedTime), 'expiredCertsOnCRL') }),
  };
}

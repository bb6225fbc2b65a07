/**
 * CMS with signed attributes (FORMAT §6), as gpgsm, smimesign and openssl write
 * it: the signature is over the attributes, and one of them is the payload's
 * SHA-256.
 */
import { Buffer } from 'node:buffer';
import { childrenOf, type Der, expectTag, Fields, readElement } from '../der/read.js';
import { TAG } from '../der/tags.js';
import { time } from '../der/time.js';
import { oid } from '../der/values.js';
import { element } from '../der/write.js';
import { howToWrite } from '../help.js';
import { OID, oidName } from '../oids.js';
import { refuse } from '../refusal.js';
import type { Certificate } from '../types.js';
import { toArmour } from './armour.js';
import { type SignedData, writeSignedData } from './signed-data.js';
import type { CmsAttributesSignature } from './types.js';

const ALLOWED: readonly string[] = [OID.contentType, OID.messageDigest, OID.signingTime, OID.signingCertificateV2, OID.smimeCapabilities];

/** Takes SignedData with signed attributes as `bytes` spelt it. Throws a Refusal. */
export function cmsAttributesFrom(
  data: SignedData,
  content: Uint8Array,
  certificates: readonly Certificate[],
  bytes: Uint8Array,
): CmsAttributesSignature {
  const attributes = element(TAG.set, content);
  const values = readAttributes(readElement(attributes, 'signedAttrs', TAG.set));
  const contentType = oid(expectTag(values.get(OID.contentType), TAG.oid, 'contentType'), 'contentType');
  if (contentType !== OID.data) refuse(`contentType: found ${oidName(contentType)}, expected data`);
  const messageDigest = expectTag(values.get(OID.messageDigest), TAG.octetString, 'messageDigest').content;
  const signingTime = values.get(OID.signingTime);
  const signingCertificate = values.get(OID.signingCertificateV2);
  const found: CmsAttributesSignature = {
    encoding: 'cms-attributes',
    signature: data.signature,
    certificates,
    signer: { issuer: data.issuer, serial: Buffer.from(data.serial).toString('hex') },
    attributes,
    messageDigest,
    ...(signingTime === undefined ? {} : { signingTime: time(signingTime, 'signingTime') }),
    ...(signingCertificate === undefined ? {} : { certificateHash: readCertificateHash(signingCertificate) }),
    data,
  };
  if (Buffer.compare(writeSignedData(data), bytes) !== 0)
    return refuse('the signature is not in canonical form: written again, it gives other bytes');
  return found;
}

/** Writes the armoured text as it was read. */
export function renderCmsAttributes({ data }: CmsAttributesSignature): string {
  return toArmour(writeSignedData(data));
}

/** The one value of each attribute, by type; in DER's order, each known, each once. */
function readAttributes(set: Der): Map<string, Der> {
  const values = new Map<string, Der>();
  let former: Uint8Array | undefined;
  for (const attribute of childrenOf(set, 'signedAttrs')) {
    if (former !== undefined && Buffer.compare(former, attribute.raw) >= 0) refuse('signedAttrs are not in the order of DER');
    former = attribute.raw;
    const fields = new Fields(expectTag(attribute, TAG.sequence, 'signedAttrs'), 'signedAttrs');
    const type = oid(fields.take(TAG.oid, 'attrType'), 'signedAttrs');
    const [value, ...more] = childrenOf(fields.take(TAG.set, 'attrValues'), 'signedAttrs');
    fields.end();
    if (!ALLOWED.includes(type)) refuse(`signedAttrs: ${oidName(type)} is none of ${ALLOWED.map(oidName).join(', ')}`, howToWrite);
    if (values.has(type)) refuse(`signedAttrs: ${oidName(type)} stands twice`);
    if (value === undefined || more.length > 0) return refuse(`signedAttrs: ${oidName(type)} has ${more.length} values, expected one`);
    values.set(type, value);
  }
  return values;
}

/** The first certHash of SigningCertificateV2 (RFC 5035 §3), which must be SHA-256. */
function readCertificateHash(value: Der): Uint8Array {
  const what = 'signingCertificateV2';
  const certificates = new Fields(expectTag(value, TAG.sequence, what), what).take(TAG.sequence, 'certs');
  const first = new Fields(expectTag(childrenOf(certificates, what)[0], TAG.sequence, what), what);
  const algorithm = first.takeIf(TAG.sequence);
  if (algorithm !== undefined) {
    const found = oid(new Fields(algorithm, what).take(TAG.oid, 'hashAlgorithm'), what);
    if (found !== OID.sha256) refuse(`${what}: hash ${oidName(found)}, expected sha256`);
  }
  return first.take(TAG.octetString, 'certHash').content;
}

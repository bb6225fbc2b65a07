/** The extensions of RFC 5280 §4.2.1 that decisions are made on. The rest stays raw. */
import { childrenOf, type Der, expectTag, Fields, readElement } from '../der/read.js';
import { contextPrimitive, contextTag, TAG } from '../der/tags.js';
import { ascii, boolean, namedBits, oid, smallInteger } from '../der/values.js';
import { OID, oidName } from '../oids.js';
import { refuse } from '../refusal.js';
import type { Certificate, Extension, KeyUsage } from '../types.js';

const KEY_USAGES: readonly KeyUsage[] = [
  'digitalSignature',
  'nonRepudiation',
  'keyEncipherment',
  'dataEncipherment',
  'keyAgreement',
  'keyCertSign',
  'cRLSign',
  'encipherOnly',
  'decipherOnly',
];

/** What the extensions say, in the certificate's own terms. */
export type Extensions = Pick<
  Certificate,
  'extensions' | 'isCa' | 'pathLength' | 'keyUsage' | 'extKeyUsage' | 'uris' | 'emails' | 'subjectKeyId' | 'authorityKeyId'
>;

/** Reads the `Extensions` sequence; each identifier may stand once. */
export function readExtensions(sequence: Der | undefined): Extensions {
  const extensions = sequence === undefined ? [] : readRawExtensions(sequence);
  const found = new Map(extensions.map((extension) => [extension.oid, extension.value]));
  const usage = found.get(OID.keyUsage);
  const purposes = found.get(OID.extKeyUsage);
  const subjectKeyId = found.get(OID.subjectKeyIdentifier);
  return {
    extensions,
    ...readBasicConstraints(found.get(OID.basicConstraints)),
    ...(usage === undefined ? {} : { keyUsage: readKeyUsage(usage) }),
    ...(purposes === undefined ? {} : { extKeyUsage: readPurposes(purposes) }),
    ...readAlternativeNames(found.get(OID.subjectAltName)),
    ...(subjectKeyId === undefined ? {} : { subjectKeyId: readElement(subjectKeyId, 'subjectKeyIdentifier', TAG.octetString).content }),
    ...authorityKeyId(found.get(OID.authorityKeyIdentifier)),
  };
}

/** Any `Extensions` sequence as it stands; each identifier may stand once. Throws a Refusal. */
export function readRawExtensions(sequence: Der): Extension[] {
  const extensions = childrenOf(expectTag(sequence, TAG.sequence, 'extensions'), 'extensions').map(readOne);
  if (new Set(extensions.map((extension) => extension.oid)).size < extensions.length) refuse('extensions: one of them stands twice');
  return extensions;
}

function readOne(element: Der): Extension {
  const fields = new Fields(expectTag(element, TAG.sequence, 'extension'), 'extension');
  const id = oid(fields.take(TAG.oid, 'extnID'), 'extension.extnID');
  // An explicit FALSE is no DER, but widespread, and the issuer's signature covers it.
  const critical = fields.takeIf(TAG.boolean);
  const value = fields.take(TAG.octetString, 'extnValue').content;
  fields.end();
  return { oid: id, critical: critical !== undefined && boolean(critical, oidName(id)), value };
}

function readBasicConstraints(value: Uint8Array | undefined): Pick<Certificate, 'isCa' | 'pathLength'> {
  if (value === undefined) return { isCa: false };
  const fields = new Fields(readElement(value, 'basicConstraints', TAG.sequence), 'basicConstraints');
  const flag = fields.takeIf(TAG.boolean);
  const length = fields.takeIf(TAG.integer);
  fields.end();
  const isCa = flag !== undefined && boolean(flag, 'basicConstraints.cA');
  return length === undefined ? { isCa } : { isCa, pathLength: smallInteger(length, 'basicConstraints.pathLenConstraint') };
}

function readKeyUsage(value: Uint8Array): KeyUsage[] {
  const bits = namedBits(readElement(value, 'keyUsage', TAG.bitString), 'keyUsage');
  return bits.map((bit) => KEY_USAGES[bit] ?? refuse(`keyUsage: bit ${bit} has no meaning`));
}

function readPurposes(value: Uint8Array): string[] {
  const purposes = childrenOf(readElement(value, 'extKeyUsage', TAG.sequence), 'extKeyUsage');
  return purposes.map((purpose) => oid(expectTag(purpose, TAG.oid, 'extKeyUsage'), 'extKeyUsage'));
}

function readAlternativeNames(value: Uint8Array | undefined): Pick<Certificate, 'uris' | 'emails'> {
  if (value === undefined) return { uris: [], emails: [] };
  const names = childrenOf(readElement(value, 'subjectAltName', TAG.sequence), 'subjectAltName');
  const of = (tag: number) => names.filter((name) => name.tag === tag).map((name) => visible(name.content));
  return { emails: of(contextPrimitive(1)), uris: of(contextPrimitive(6)) };
}

/** An IA5String of a name: what is blank or invisible in it could only deceive. */
function visible(octets: Uint8Array): string {
  const text = ascii(octets) ?? '';
  return /^[\x21-\x7e]+$/.test(text)
    ? text
    : refuse('subjectAltName: a name that is empty, not ASCII, or has blanks or control characters');
}

/** keyIdentifier of authorityKeyIdentifier (§4.2.1.1), where it has one. Throws a Refusal. */
export function authorityKeyId(value: Uint8Array | undefined): Pick<Certificate, 'authorityKeyId'> {
  if (value === undefined) return {};
  const fields = new Fields(readElement(value, 'authorityKeyIdentifier', TAG.sequence), 'authorityKeyIdentifier');
  const id = fields.takeIf(contextPrimitive(0));
  fields.takeIf(contextTag(1));
  fields.takeIf(contextPrimitive(2));
  fields.end();
  return id === undefined ? {} : { authorityKeyId: id.content };
}

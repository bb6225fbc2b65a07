/**
 * CMS SignedData (RFC 5652 §5): detached content, one signer named by issuer
 * and serial number, SHA-256 and ECDSA. What its writers may choose (FORMAT §6)
 * is kept, so that writing gives back the bytes that were read.
 */
import { Cursor, type Entered } from '../der/cursor.js';
import { childrenOf, type Der, expectTag, Fields } from '../der/read.js';
import { contextTag, TAG } from '../der/tags.js';
import { oid, smallInteger } from '../der/values.js';
import { element, indefinite, NULL, objectId, octetString, sequence, unsignedInteger } from '../der/write.js';
import { signatureFromDer, signatureToDer } from '../ecdsa.js';
import { OID, oidName } from '../oids.js';
import { refuse } from '../refusal.js';

/** Most certificates that one signature may carry. */
export const MAX_CERTIFICATES = 8;

/** The choices of a writer. Strict DER has none of them: all false. */
export interface Form {
  readonly indefiniteContentInfo: boolean;
  readonly indefiniteContent: boolean;
  readonly indefiniteSignedData: boolean;
  readonly indefiniteEncapsulated: boolean;
  readonly nullInDigests: boolean;
  readonly nullInSigner: boolean;
  /** RFC 5758 §3.2 wants none; gpgsm writes NULL all the same. */
  readonly nullInSignature: boolean;
}

/** Strict DER without algorithm parameters. */
export const STRICT: Form = {
  indefiniteContentInfo: false,
  indefiniteContent: false,
  indefiniteSignedData: false,
  indefiniteEncapsulated: false,
  nullInDigests: false,
  nullInSigner: false,
  nullInSignature: false,
};

export interface SignedData {
  readonly form: Form;
  /** DER of each, in the order they stand. */
  readonly certificates: readonly Uint8Array[];
  /** The signer's issuer (DER of the name) and serial number (content octets). */
  readonly issuer: Uint8Array;
  readonly serial: Uint8Array;
  /** Content of `[0]` signedAttrs, where there are any. */
  readonly attributes?: Uint8Array;
  /** `r‖s`. */
  readonly signature: Uint8Array;
}

/** Reads ContentInfo with SignedData. Throws a Refusal. */
export function readSignedData(bytes: Uint8Array): SignedData {
  const cursor = new Cursor(bytes);
  const info = cursor.enter(TAG.sequence, 'contentInfo');
  expectOid(cursor.take(TAG.oid, 'contentType'), OID.signedData, 'contentInfo.contentType');
  const content = cursor.enter(contextTag(0), 'contentInfo.content');
  const signedData = cursor.enter(TAG.sequence, 'signedData');
  expectVersion1(cursor.take(TAG.integer, 'signedData.version'), 'signedData.version');
  const digests = childrenOf(cursor.take(TAG.set, 'digestAlgorithms'), 'digestAlgorithms');
  if (digests.length !== 1) refuse(`digestAlgorithms: ${digests.length} algorithms, expected one`);
  const nullInDigests = readAlgorithm(digests[0], OID.sha256, 'digestAlgorithms');
  const encapsulated = readEncapsulated(cursor);
  const carried = cursor.takeIf(contextTag(0));
  const signers = childrenOf(cursor.take(TAG.set, 'signerInfos'), 'signerInfos');
  if (signers.length !== 1) refuse(`signerInfos: ${signers.length} signers, expected one`);
  const signer = readSigner(expectTag(signers[0], TAG.sequence, 'signerInfo'));
  cursor.leave(signedData, 'signedData');
  cursor.leave(content, 'contentInfo.content');
  cursor.leave(info, 'contentInfo');
  cursor.end('signature');
  const { nullInSigner, nullInSignature, ...rest } = signer;
  const form = {
    indefiniteContentInfo: info.indefinite,
    indefiniteContent: content.indefinite,
    indefiniteSignedData: signedData.indefinite,
    indefiniteEncapsulated: encapsulated.indefinite,
    nullInDigests,
    nullInSigner,
    nullInSignature,
  };
  return { form, certificates: readCarried(carried), ...rest };
}

/** Writes what `readSignedData` reads. */
export function writeSignedData(data: SignedData): Uint8Array {
  const { form } = data;
  const wrap = (loose: boolean, tag: number, ...parts: Uint8Array[]) => (loose ? indefinite : element)(tag, ...parts);
  const digest = (withNull: boolean) => (withNull ? SHA256_NULL : SHA256);
  const signer = sequence(
    VERSION_1,
    sequence(data.issuer, element(TAG.integer, data.serial)),
    digest(form.nullInSigner),
    ...(data.attributes === undefined ? [] : [element(contextTag(0), data.attributes)]),
    form.nullInSignature ? ECDSA_WITH_SHA256_NULL : ECDSA_WITH_SHA256,
    octetString(signatureToDer(data.signature)),
  );
  const signedData = wrap(
    form.indefiniteSignedData,
    TAG.sequence,
    VERSION_1,
    element(TAG.set, digest(form.nullInDigests)),
    wrap(form.indefiniteEncapsulated, TAG.sequence, DATA),
    ...(data.certificates.length === 0 ? [] : [element(contextTag(0), ...data.certificates)]),
    element(TAG.set, signer),
  );
  return wrap(form.indefiniteContentInfo, TAG.sequence, SIGNED_DATA, wrap(form.indefiniteContent, contextTag(0), signedData));
}

const VERSION_1 = unsignedInteger(Uint8Array.of(1));
const SHA256 = sequence(objectId(OID.sha256));
const SHA256_NULL = sequence(objectId(OID.sha256), NULL);
const ECDSA_WITH_SHA256 = sequence(objectId(OID.ecdsaWithSha256));
const ECDSA_WITH_SHA256_NULL = sequence(objectId(OID.ecdsaWithSha256), NULL);
const DATA = objectId(OID.data);
const SIGNED_DATA = objectId(OID.signedData);

function expectVersion1(version: Der, what: string): void {
  const found = smallInteger(version, what);
  if (found !== 1) refuse(`${what} is ${found}, expected 1`);
}

function expectOid(found: Der, expected: string, what: string): void {
  const dotted = oid(found, what);
  if (dotted !== expected) refuse(`${what}: found ${oidName(dotted)}, expected ${oidName(expected)}`);
}

/** Checks for an algorithm; whether its parameters are NULL in place of absent. */
function readAlgorithm(algorithm: Der | undefined, expected: string, what: string): boolean {
  const fields = new Fields(expectTag(algorithm, TAG.sequence, what), what);
  expectOid(fields.take(TAG.oid, 'algorithm'), expected, what);
  const parameters = fields.takeIf(TAG.null);
  if (parameters !== undefined && parameters.content.length > 0) refuse(`${what}: NULL with content`);
  fields.end();
  return parameters !== undefined;
}

function readEncapsulated(cursor: Cursor): Entered {
  const entered = cursor.enter(TAG.sequence, 'encapContentInfo');
  expectOid(cursor.take(TAG.oid, 'eContentType'), OID.data, 'encapContentInfo.eContentType');
  if (!cursor.isAtEnd(entered) && cursor.takeIf(contextTag(0)) !== undefined)
    refuse('the signature holds the content it signs, expected it detached');
  cursor.leave(entered, 'encapContentInfo');
  return entered;
}

function readCarried(carried: Der | undefined): Uint8Array[] {
  if (carried === undefined) return [];
  const certificates = childrenOf(carried, 'certificates');
  if (certificates.length > MAX_CERTIFICATES)
    refuse(`the signature carries ${certificates.length} certificates, expected at most ${MAX_CERTIFICATES}`);
  return certificates.map((certificate) => expectTag(certificate, TAG.sequence, 'certificates').raw);
}

type Signer = Pick<SignedData, 'issuer' | 'serial' | 'attributes' | 'signature'> & Pick<Form, 'nullInSigner' | 'nullInSignature'>;

function readSigner(info: Der): Signer {
  const fields = new Fields(info, 'signerInfo');
  expectVersion1(fields.take(TAG.integer, 'version'), 'signerInfo.version');
  const id = new Fields(fields.take(TAG.sequence, 'issuerAndSerialNumber'), 'issuerAndSerialNumber');
  const issuer = id.take(TAG.sequence, 'issuer').raw;
  const serial = id.take(TAG.integer, 'serialNumber').content;
  id.end();
  const nullInSigner = readAlgorithm(fields.take(TAG.sequence, 'digestAlgorithm'), OID.sha256, 'signerInfo.digestAlgorithm');
  const attributes = fields.takeIf(contextTag(0))?.content;
  const nullInSignature = readAlgorithm(fields.take(TAG.sequence, 'signatureAlgorithm'), OID.ecdsaWithSha256, 'signatureAlgorithm');
  const signature = signatureFromDer(fields.take(TAG.octetString, 'signature').content);
  fields.end();
  return { issuer, serial, signature, nullInSigner, nullInSignature, ...(attributes === undefined ? {} : { attributes }) };
}

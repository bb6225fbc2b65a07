/** Reading an X.509 v3 certificate (RFC 5280 §4.1), strictly and without judging it. */
import { Buffer } from 'node:buffer';
import { hash } from 'node:crypto';
import type { Read } from '../../format/fault.js';
import { remember } from '../../format/remember.js';
import { type Der, Fields, readElement } from '../der/read.js';
import { contextPrimitive, contextTag, TAG } from '../der/tags.js';
import { time } from '../der/time.js';
import { bitStringOctets, integerOctets, oid, smallInteger } from '../der/values.js';
import { CERTIFICATE_LIMIT, certificateDer } from '../pem.js';
import { attempt, refuse } from '../refusal.js';
import type { Certificate } from '../types.js';
import { readExtensions } from './extensions.js';
import { readPublicKey } from './key.js';
import { readName } from './name.js';

const certificates = remember<Read<Certificate>>(1000);

/**
 * Reads a certificate's file, PEM or DER, of at most 64 KiB. A fault says what
 * else the file holds where it can be told: a private key, a request.
 */
export function readCertificate(file: Uint8Array): Read<Certificate> {
  const der = attempt(() => certificateDer(file));
  return der.ok ? readCertificateDer(der.value) : der;
}

/** Reads a certificate's DER. Results are remembered by fingerprint. */
export function readCertificateDer(der: Uint8Array): Read<Certificate> {
  const fingerprint = hash('sha256', der, 'hex');
  // A copy, so that the certificate outlives the commit it was seen in.
  return certificates(fingerprint, () => attempt(() => parse(Uint8Array.from(der), fingerprint), 'certificate'));
}

function parse(der: Uint8Array, fingerprint: string): Certificate {
  if (der.length > CERTIFICATE_LIMIT) return refuse(`${der.length} bytes, expected at most ${CERTIFICATE_LIMIT}`);
  const outer = new Fields(readElement(der, 'certificate', TAG.sequence), 'certificate');
  const tbs = outer.take(TAG.sequence, 'tbsCertificate');
  const algorithm = outer.take(TAG.sequence, 'signatureAlgorithm');
  const signature = bitStringOctets(outer.take(TAG.bitString, 'signatureValue'), 'signatureValue');
  outer.end();
  const fields = new Fields(tbs, 'tbsCertificate');
  requireVersion3(fields.takeIf(contextTag(0)));
  const serial = integerOctets(fields.take(TAG.integer, 'serialNumber'), 'serialNumber');
  if (serial.length > 21) refuse(`serialNumber: ${serial.length} octets, expected at most 20`);
  const inner = fields.take(TAG.sequence, 'signature');
  if (Buffer.compare(inner.raw, algorithm.raw) !== 0) refuse('signatureAlgorithm differs from the one that is signed');
  const issuer = readName(fields.take(TAG.sequence, 'issuer'), 'issuer');
  const validity = new Fields(fields.take(TAG.sequence, 'validity'), 'validity');
  const notBefore = time(validity.takeAny('notBefore'), 'notBefore');
  const notAfter = time(validity.takeAny('notAfter'), 'notAfter');
  validity.end();
  const subject = readName(fields.take(TAG.sequence, 'subject'), 'subject');
  const key = readPublicKey(fields.take(TAG.sequence, 'subjectPublicKeyInfo'));
  fields.takeIf(contextPrimitive(1));
  fields.takeIf(contextPrimitive(2));
  const wrapped = fields.takeIf(contextTag(3));
  fields.end();
  return {
    der,
    fingerprint,
    tbs: tbs.raw,
    serial: Buffer.from(serial).toString('hex'),
    issuer,
    subject,
    notBefore,
    notAfter,
    ...key,
    signatureAlgorithm: oid(new Fields(algorithm, 'signatureAlgorithm').take(TAG.oid, 'algorithm'), 'signatureAlgorithm'),
    signature,
    ...readExtensions(wrapped === undefined ? undefined : readElement(wrapped.content, 'extensions', TAG.sequence)),
  };
}

function requireVersion3(wrapped: Der | undefined): void {
  const version = wrapped === undefined ? 0 : smallInteger(readElement(wrapped.content, 'version', TAG.integer), 'version');
  if (version !== 2) refuse(`X.509 version ${version + 1}, expected 3`);
}

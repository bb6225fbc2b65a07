/**
 * ECDSA over P-256 with SHA-256, the one signature algorithm of commits:
 * `r‖s` in 64 bytes, its DER form, and checking. node:crypto does the
 * mathematics; what it doesn't look at (low-S) is looked at here.
 */
import { Buffer } from 'node:buffer';
import { type KeyObject, verify } from 'node:crypto';
import { Fields, readElement } from './der/read.js';
import { TAG } from './der/tags.js';
import { integerOctets } from './der/values.js';
import { sequence, unsignedInteger } from './der/write.js';
import { refuse } from './refusal.js';

/** Half the order of P-256's group: the largest s that counts as low. */
const HALF_ORDER = Buffer.from('7fffffff800000007fffffffffffffffde737d56d38bcf4279dce5617e3192a8', 'hex');

/** Bytes of `r‖s`. */
export const SIGNATURE_LENGTH = 64;

/** Whether `s` is in the lower half, so that nobody can turn a signature into another one. */
export function isLowS(signature: Uint8Array): boolean {
  return Buffer.compare(signature.subarray(32), HALF_ORDER) <= 0;
}

/** Whether `r‖s` is the key's signature over the data. High and low s are the same to it. */
export function verifyEcdsa(data: Uint8Array, signature: Uint8Array, key: KeyObject): boolean {
  return signature.length === SIGNATURE_LENGTH && verify('sha256', data, { key, dsaEncoding: 'ieee-p1363' }, signature);
}

/** `r‖s` from ECDSA-Sig-Value (RFC 3279 §2.2.3) in DER. Throws a Refusal. */
export function signatureFromDer(der: Uint8Array): Uint8Array {
  const fields = new Fields(readElement(der, 'signature', TAG.sequence), 'signature');
  const signature = new Uint8Array(SIGNATURE_LENGTH);
  for (const [name, end] of [['r', 32] as const, ['s', 64] as const]) {
    const octets = integerOctets(fields.take(TAG.integer, name), `signature.${name}`);
    const digits = octets[0] === 0 ? octets.subarray(1) : octets;
    if ((octets[0] as number) >= 0x80 || digits.length > 32) refuse(`signature.${name}: negative, or of more than 256 bits`);
    signature.set(digits, end - digits.length);
  }
  fields.end();
  return signature;
}

/** ECDSA-Sig-Value in DER from `r‖s`. */
export function signatureToDer(signature: Uint8Array): Uint8Array {
  return sequence(unsignedInteger(signature.subarray(0, 32)), unsignedInteger(signature.subarray(32, 64)));
}

/**
 * CMS of a signer whose CMS was read before. All that such signatures differ in
 * is the value at their end: the rest, a thousand octets, need not be taken
 * apart and written again for every commit of a history.
 */
import { Buffer } from 'node:buffer';
import { signatureFromDer, signatureToDer } from '../ecdsa.js';
import { attempt } from '../refusal.js';
import type { Certificate } from '../types.js';
import type { CmsSignature } from './types.js';

type Certificates = readonly [Certificate, ...Certificate[]];

const OCTET_STRING = 0x04;
const SEQUENCE = 0x30;
/** ECDSA-Sig-Value over P-256, in octets. */
const SHORTEST = 8;
const LONGEST = 72;

/** Signers that are remembered, about a kilobyte each. */
const MOST = 1000;

/** The certificates of what was accepted, by all octets before the value. */
const known = new Map<string, Certificates>();

/**
 * Reads SignedData that is octet for octet what was accepted before, but for
 * the signature's value. Undefined where it is not, or the value is not as it
 * would be written: then it is to be read as a whole.
 */
export function readKnownCms(bytes: Uint8Array): CmsSignature | undefined {
  for (let start = bytes.length - SHORTEST; start >= bytes.length - LONGEST; start -= 1) {
    const certificates = mayBegin(bytes, start) ? known.get(before(bytes, start)) : undefined;
    if (certificates === undefined) continue;
    // The headers before are those of what was accepted, and end where that ended: so the value begins here.
    const value = bytes.subarray(start);
    const signature = attempt(() => signatureFromDer(value));
    if (!signature.ok || Buffer.compare(signatureToDer(signature.value), value) !== 0) return undefined;
    return { encoding: 'cms', signature: signature.value, certificates };
  }
  return undefined;
}

/** Remembers SignedData that was read as a whole from `bytes`, and found to be in canonical form. */
export function rememberCms(bytes: Uint8Array, { certificates, signature }: CmsSignature): void {
  const start = bytes.length - signatureToDer(signature).length;
  if (!mayBegin(bytes, start)) return;
  if (known.size >= MOST) known.clear();
  known.set(before(bytes, start), certificates);
}

function before({ buffer, byteOffset }: Uint8Array, start: number): string {
  return Buffer.from(buffer, byteOffset, start).toString('latin1');
}

/** Whether an ECDSA-Sig-Value could begin there that an OCTET STRING holds, and reach to the end. */
function mayBegin(bytes: Uint8Array, start: number): boolean {
  const length = bytes.length - start;
  return bytes[start] === SEQUENCE && bytes[start + 1] === length - 2 && bytes[start - 1] === length && bytes[start - 2] === OCTET_STRING;
}

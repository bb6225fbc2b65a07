/** Making signatures, and turning one encoding into another without the key. */
import { Buffer } from 'node:buffer';
import { createPublicKey, type KeyObject, sign } from 'node:crypto';
import { p256 } from '@noble/curves/nist.js';
import { VprError } from '../errors.js';
import { type Read, read, unread } from '../format/fault.js';
import { isSelfSigned } from './path/build.js';
import { renderCms } from './signature/cms.js';
import { renderContainer } from './signature/container.js';
import { renderRaw } from './signature/raw.js';
import { readSignature } from './signature/read.js';
import type { Certificate } from './types.js';

/** The encodings the toolkit writes; it reads `cms-attributes` besides. */
export type WrittenEncoding = 'cms' | 'container' | 'raw';

/**
 * Signs a commit's payload: the value of `gpgsig`, unfolded, without a final
 * newline, low-S (FORMAT §6). `certificates` has the signer's first, then its
 * intermediates; a root among them is left out. Throws `sign/key` where key
 * and certificate are not P-256 or don't belong together.
 */
export function signPayload(payload: Uint8Array, key: KeyObject, certificates: readonly Certificate[], encoding: WrittenEncoding): string {
  const [leaf, ...others] = certificates;
  if (leaf === undefined) throw new VprError('sign/key', 'no certificate to sign with');
  const signature = signLowS(payload, key);
  const publicKey = pointOf(key);
  if (leaf.point === undefined || !publicKey.equals(leaf.point)) {
    throw new VprError('sign/key', 'the private key is not the key of the certificate', {
      help: ['vpr setup --certificate FILE --key FILE'],
    });
  }
  return renderAs(encoding, signature, publicKey, [leaf, ...others.filter((other) => !isSelfSigned(other))]);
}

/**
 * Turns CMS without signed attributes into a container with the certificate, a
 * container with a certificate into CMS, and either into raw. The `r‖s` is the
 * same in all, so that no key is needed. `intermediates` go into CMS; a
 * container has no place for them. Faults where the signature does not read, or
 * carries no certificate, or is of another encoding.
 */
export function convertSignature(gpgsig: string, encoding: WrittenEncoding, intermediates: readonly Certificate[] = []): Read<string> {
  const reading = readSignature(gpgsig);
  if (!reading.ok) return reading;
  const found = reading.value;
  if (found.encoding === encoding) return read(gpgsig);
  if (found.encoding === 'cms-attributes')
    return unread({ message: 'the signature is over signed attributes, which no other encoding can carry' });
  if (encoding === 'raw') return read(renderRaw(found));
  const leaf = found.encoding === 'cms' ? found.certificates[0] : found.encoding === 'container' ? found.certificate : undefined;
  if (leaf?.point === undefined) return unread({ message: 'the signature carries no certificate, which the other encoding needs' });
  return read(renderAs(encoding, found.signature, leaf.point, [leaf, ...intermediates]));
}

function renderAs(
  encoding: WrittenEncoding,
  signature: Uint8Array,
  publicKey: Uint8Array,
  certificates: readonly [Certificate, ...Certificate[]],
): string {
  switch (encoding) {
    case 'cms':
      return renderCms({ signature, certificates });
    case 'container':
      return renderContainer({ signature, publicKey, certificate: certificates[0], form: 'PEM' });
    case 'raw':
      return renderRaw({ signature });
  }
}

/** `r‖s` with s in the lower half: where it is not, n − s is as good a signature. */
function signLowS(payload: Uint8Array, key: KeyObject): Uint8Array {
  if (key.asymmetricKeyType !== 'ec' || key.asymmetricKeyDetails?.namedCurve !== 'prime256v1') {
    throw new VprError('sign/key', 'the private key is not an elliptic curve key on P-256');
  }
  const made = p256.Signature.fromBytes(sign('sha256', payload, { key, dsaEncoding: 'ieee-p1363' }), 'compact');
  return made.hasHighS() ? new p256.Signature(made.r, p256.Point.Fn.neg(made.s)).toBytes('compact') : made.toBytes('compact');
}

/** The key's public point, uncompressed. */
function pointOf(key: KeyObject): Buffer {
  const { x = '', y = '' } = createPublicKey(key).export({ format: 'jwk' });
  return Buffer.concat([Uint8Array.of(4), Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')]);
}

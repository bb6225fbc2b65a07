/** SubjectPublicKeyInfo (RFC 5480, RFC 3279), and Node's key objects made from it. */
import { Buffer } from 'node:buffer';
import { createPublicKey, type KeyObject } from 'node:crypto';
import { remember } from '../../format/remember.js';
import { type Der, expectTag, Fields } from '../der/read.js';
import { TAG } from '../der/tags.js';
import { bitStringOctets, oid } from '../der/values.js';
import { element, objectId, sequence } from '../der/write.js';
import { OID } from '../oids.js';
import type { Certificate, KeyKind } from '../types.js';

const CURVES: Readonly<Record<string, { kind: KeyKind; octets: number }>> = {
  [OID.p256]: { kind: 'P-256', octets: 32 },
  [OID.p384]: { kind: 'P-384', octets: 48 },
  [OID.p521]: { kind: 'P-521', octets: 66 },
};

/** What kind of key it is; a point for a named curve, in uncompressed form only. */
export function readPublicKey(spki: Der): Pick<Certificate, 'spki' | 'keyKind' | 'point'> {
  const what = 'subjectPublicKeyInfo';
  const fields = new Fields(expectTag(spki, TAG.sequence, what), what);
  const algorithm = new Fields(fields.take(TAG.sequence, 'algorithm'), `${what}.algorithm`);
  const octets = bitStringOctets(fields.take(TAG.bitString, 'subjectPublicKey'), what);
  fields.end();
  const type = oid(algorithm.take(TAG.oid, 'algorithm'), what);
  if (type === OID.rsaEncryption) return { spki: spki.raw, keyKind: 'RSA' };
  const parameters = algorithm.takeIf(TAG.oid);
  const curve = type === OID.ecPublicKey && parameters !== undefined ? CURVES[oid(parameters, what)] : undefined;
  if (curve === undefined || octets[0] !== 4 || octets.length !== 1 + 2 * curve.octets) return { spki: spki.raw, keyKind: 'other' };
  return { spki: spki.raw, keyKind: curve.kind, point: octets };
}

const keyObjects = remember<KeyObject | undefined>(1000);

/**
 * The certificate's public key as Node takes it; undefined where it is of a
 * kind not known here, or no point of its curve. Remembered by fingerprint.
 */
export function publicKeyOf(certificate: Certificate): KeyObject | undefined {
  if (certificate.keyKind === 'other') return undefined;
  return keyObjects(certificate.fingerprint, () => importKey(certificate.spki));
}

/** The key of an uncompressed P-256 point (65 bytes); undefined where it is none. */
export function publicKeyOfPoint(point: Uint8Array): KeyObject | undefined {
  if (point.length !== 65 || point[0] !== 4) return undefined;
  return keyObjects(Buffer.from(point).toString('latin1'), () => importKey(spkiOfPoint(point)));
}

/** SubjectPublicKeyInfo of an uncompressed P-256 point. */
export function spkiOfPoint(point: Uint8Array): Uint8Array {
  return sequence(sequence(objectId(OID.ecPublicKey), objectId(OID.p256)), element(TAG.bitString, Uint8Array.of(0), point));
}

function importKey(spki: Uint8Array): KeyObject | undefined {
  try {
    return createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' });
  } catch {
    return undefined;
  }
}

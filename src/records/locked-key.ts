/** Private keys at rest: PKCS#8 under a passphrase (RFC 5958 §3, RFC 8018 PBES2), and every PEM form that is read. */
import { Buffer } from 'node:buffer';
import { createCipheriv, createPrivateKey, createPublicKey, type KeyObject, randomBytes, scryptSync } from 'node:crypto';
import { VprError } from '../errors.js';
import { shellWord } from '../format/shell.js';
import { objectId, octetString, sequence, unsignedInteger } from '../trust/der/write.js';
import { toPem } from '../trust/index.js';
import { refuseContainers } from './containers.js';

const OID = { pbes2: '1.2.840.113549.1.5.13', scrypt: '1.3.6.1.4.1.11591.4.11', aes256Cbc: '2.16.840.1.101.3.4.1.42' } as const;

/** scrypt (RFC 7914): what `openssl pkcs8 -scrypt` writes, and the most that OpenSSL reads without being told. 16 MiB, some 50 ms. */
const SCRYPT = { N: 16384, r: 8, p: 1 } as const;

/** A key as unencrypted PKCS#8 in PEM. */
export function openPem(key: KeyObject): string {
  return key.export({ format: 'pem', type: 'pkcs8' }).toString();
}

/**
 * SubjectPublicKeyInfo of a private key, in DER: what tells whether a certificate
 * is the key's. By way of its point: a key's file may spell its curve out
 * (`openssl ec -param_enc explicit`), and no certificate does.
 */
export function publicDer(key: KeyObject): Buffer {
  const point = createPublicKey(key).export({ format: 'jwk' });
  return createPublicKey({ key: point, format: 'jwk' }).export({ type: 'spki', format: 'der' });
}

/**
 * A key as PKCS#8 in PEM under a passphrase: PBES2 with scrypt and AES-256-CBC.
 * Node itself would derive the key in 2,048 rounds of PBKDF2, which a stolen
 * file does not survive for long.
 */
export function lockedPem(key: KeyObject, passphrase: Uint8Array): string {
  const [salt, iv] = [randomBytes(16), randomBytes(16)];
  const cipher = createCipheriv('aes-256-cbc', scryptSync(passphrase, salt, 32, SCRYPT), iv);
  const encrypted = Buffer.concat([cipher.update(key.export({ format: 'der', type: 'pkcs8' })), cipher.final()]);
  const derivation = sequence(objectId(OID.scrypt), sequence(octetString(salt), integer(SCRYPT.N), integer(SCRYPT.r), integer(SCRYPT.p)));
  const scheme = sequence(objectId(OID.aes256Cbc), octetString(iv));
  const algorithm = sequence(objectId(OID.pbes2), sequence(derivation, scheme));
  return toPem(sequence(algorithm, octetString(encrypted)), 'ENCRYPTED PRIVATE KEY');
}

function integer(value: number): Uint8Array {
  const octets = Buffer.alloc(4);
  octets.writeUInt32BE(value);
  return unsignedInteger(octets);
}

/** Whether a key's PEM is under a passphrase. */
export function isLocked(pem: Uint8Array): boolean {
  return /-----BEGIN ENCRYPTED PRIVATE KEY-----|^Proc-Type: 4,ENCRYPTED/m.test(Buffer.from(pem).toString('latin1'));
}

/**
 * Reads a key's PEM: PKCS#8 or SEC1, plain or under the passphrase given.
 * Undefined where that does not open it: OpenSSL's errors don't tell a wrong
 * passphrase from an encryption it can't undo. Throws `key/unreadable`, `key/kind`, `file/…`.
 */
export function readKey(pem: Uint8Array, path: string, passphrase?: Uint8Array): KeyObject | undefined {
  refuseContainers(pem, path);
  let key: KeyObject;
  try {
    key = createPrivateKey({
      key: Buffer.from(pem),
      format: 'pem',
      ...(passphrase === undefined ? {} : { passphrase: Buffer.from(passphrase) }),
    });
  } catch (cause) {
    if (passphrase !== undefined) return undefined;
    throw new VprError('key/unreadable', `${path} is not a private key in PEM`, {
      cause,
      help: howToConvert(pem, path),
    });
  }
  if (key.asymmetricKeyType === 'ec' && key.asymmetricKeyDetails?.namedCurve === 'prime256v1') return key;
  throw new VprError('key/kind', `the key in ${path} is not an elliptic curve key on P-256, which alone signs records`, {
    help: ['make one, and a request for its certificate: vpr cert request'],
  });
}

/** Both ask for the passphrase that the new one is to have. */
function howToConvert(pem: Uint8Array, path: string): readonly string[] {
  const from = shellWord(path);
  return Buffer.from(pem).includes('-----BEGIN OPENSSH PRIVATE KEY-----')
    ? [`of a key in OpenSSH's own form make one: cp ${from} new.key && ssh-keygen -p -m PKCS8 -f new.key`]
    : [`of a key in DER make one: openssl pkey -inform DER -in ${from} -aes256 -out new.key`];
}

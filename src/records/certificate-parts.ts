/** What every certificate, request and revocation list made here is put together from. */
import { createPublicKey, generateKeyPairSync, type KeyObject, randomBytes, webcrypto } from 'node:crypto';
import type { Extension, Name } from '@peculiar/x509';
import { VprError } from '../errors.js';
import type { Holder } from './holder.js';

/** ECDSA on P-256 with SHA-256, the one algorithm of FORMAT §6. */
export const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;

const DAY_MS = 24 * 60 * 60 * 1000;
/** Validity starts a little in the past, so that a clock that is slow by less still takes the certificate. */
const BACKDATED_MS = 5 * 60 * 1000;

type X509 = typeof import('@peculiar/x509');

/** `@peculiar/x509`, which costs a tenth of a second to load: only where a certificate is made. */
export async function certificates(): Promise<X509> {
  await import('reflect-metadata');
  return import('@peculiar/x509');
}

/** A new key on P-256. */
export function newKey(): KeyObject {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
}

/** A private key as `@peculiar/x509` signs with it. */
export function signingKey(key: KeyObject): Promise<webcrypto.CryptoKey> {
  return webcrypto.subtle.importKey('pkcs8', key.export({ format: 'der', type: 'pkcs8' }), ALGORITHM, false, ['sign']);
}

/** The public half of a key, as it stands in certificates. */
export function publicKey(key: KeyObject): Promise<webcrypto.CryptoKey> {
  const spki = (key.type === 'private' ? createPublicKey(key) : key).export({ format: 'der', type: 'spki' });
  return webcrypto.subtle.importKey('spki', spki, ALGORITHM, true, ['verify']);
}

/** From five minutes ago for a number of days. Throws `cert/days`. */
export function validity(days: number): { notBefore: Date; notAfter: Date } {
  if (!Number.isInteger(days) || days < 1 || days > 36500) {
    throw new VprError('cert/days', `--days: ${days} is not a whole number of days from 1 to 36500`);
  }
  const now = wholeSecond(new Date()).getTime();
  return { notBefore: new Date(now - BACKDATED_MS), notAfter: new Date(now + days * DAY_MS) };
}

/** Certificates know no fractions of a second (RFC 5280 §4.1.2.5.2). */
export function wholeSecond(time: Date): Date {
  return new Date(Math.floor(time.getTime() / 1000) * 1000);
}

/** A random serial number: 16 bytes, positive, never beginning with zeros (RFC 5280 §4.1.2.2). */
export function newSerial(): string {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40;
  return bytes.toString('hex');
}

/** CN, O and serialNumber (FORMAT §6 "Signer"). */
export function subjectOf(x509: X509, { name, registrations: [own] }: Holder): Name {
  return new x509.Name([
    { CN: [{ utf8String: name }] },
    { O: [{ utf8String: own.authority }] },
    { '2.5.4.5': [{ printableString: own.number }] },
  ]);
}

/** What a signer's certificate is and is for, whoever issues it: no CA, both key usages, its alternative names. */
export function holderExtensions(x509: X509, holder: Holder): Extension[] {
  return [
    new x509.BasicConstraintsExtension(false, undefined, true),
    new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature | x509.KeyUsageFlags.nonRepudiation, true),
    new x509.SubjectAlternativeNameExtension(alternativeNames(holder).map(({ type, value }) => ({ type, value }))),
  ];
}

/** A `vpr://` URI for each registration, the e-mail, and `urn:uuid:` (FORMAT §6 "Signer"). */
function alternativeNames({ registrations, email, participantId }: Holder): { readonly type: 'url' | 'email'; readonly value: string }[] {
  return [
    ...registrations.map(({ authority, number }) => ({ type: 'url' as const, value: `vpr://${authority}/${number}` })),
    ...(email === undefined ? [] : [{ type: 'email' as const, value: email }]),
    ...(participantId === undefined ? [] : [{ type: 'url' as const, value: `urn:uuid:${participantId}` }]),
  ];
}

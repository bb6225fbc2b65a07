/** A small certificate authority in a directory: `authority.crt`, `authority.key` and what it is for. */
import { randomBytes, webcrypto } from 'node:crypto';
import { join } from 'node:path';
import { VprError } from '../errors.js';
import { checkAuthority, checkTitle } from './certificate-names.js';
import { readFile, writeAllNew } from './files.js';

/** ECDSA on P-256 with SHA-256, the one algorithm of FORMAT §6. */
export const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;

const DAY_MS = 24 * 60 * 60 * 1000;
/** Validity starts a little in the past, so that a clock that is slow by less still takes the certificate. */
const BACKDATED_MS = 5 * 60 * 1000;

/** What `vpr cert authority` takes. */
export interface AuthorityInput {
  readonly directory: string;
  readonly name: string;
  /** Authorities that `vpr cert issue` may issue for; empty: any. */
  readonly authorities: readonly string[];
  readonly days: number;
}

/** An authority as written to disk. */
export interface AuthorityFiles {
  readonly certificate: string;
  readonly key: string;
  readonly authorities: readonly string[];
  readonly notAfter: Date;
}

/**
 * Makes a self-signed P-256 root: CA:TRUE, keyCertSign and cRLSign, with its
 * key in a file of mode 0600. Throws `VprError` where a name won't do or a file is there already.
 */
export async function createAuthority(input: AuthorityInput): Promise<AuthorityFiles> {
  const name = checkTitle(input.name);
  const authorities = input.authorities.map(checkAuthority);
  const { notBefore, notAfter } = validity(input.days);
  const x509 = await certificates();
  const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: newSerial(),
    name: new x509.Name([{ CN: [{ utf8String: name }] }]),
    notBefore,
    notAfter,
    keys,
    signingAlgorithm: ALGORITHM,
    extensions: [
      new x509.BasicConstraintsExtension(true, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  const files = authorityPaths(input.directory);
  writeAllNew([
    { path: files.key, content: await privateKeyPem(keys.privateKey), mode: 0o600 },
    { path: files.certificate, content: certificatePem(certificate.toString('pem')) },
    { path: files.description, content: `${JSON.stringify({ name, authorities }, undefined, 2)}\n` },
  ]);
  return { certificate: files.certificate, key: files.key, authorities, notAfter };
}

/** Where an authority's files lie in its directory. */
export function authorityPaths(directory: string): { certificate: string; key: string; description: string } {
  return {
    certificate: join(directory, 'authority.crt'),
    key: join(directory, 'authority.key'),
    description: join(directory, 'authority.json'),
  };
}

/** The authorities that a certificate authority was made for; empty: any. Throws where the directory holds none. */
export function authoritiesOf(directory: string): readonly string[] {
  const { description } = authorityPaths(directory);
  const text = readFile(description, 'the certificate authority').toString('utf8');
  try {
    const { authorities } = JSON.parse(text) as { authorities?: unknown };
    if (Array.isArray(authorities)) return authorities.map(String);
  } catch (cause) {
    throw new VprError('cert/authority-unreadable', `${description} is not JSON`, { cause });
  }
  throw new VprError('cert/authority-unreadable', `${description} has no list "authorities"`);
}

/** `@peculiar/x509`, which costs a tenth of a second to load: only where a certificate is made. */
export async function certificates(): Promise<typeof import('@peculiar/x509')> {
  await import('reflect-metadata');
  return import('@peculiar/x509');
}

/** From five minutes ago for a number of days. Throws `cert/days`. */
export function validity(days: number): { notBefore: Date; notAfter: Date } {
  if (!Number.isInteger(days) || days < 1 || days > 36500) {
    throw new VprError('cert/days', `--days: ${days} is not a whole number of days from 1 to 36500`);
  }
  const now = Math.floor(Date.now() / 1000) * 1000;
  return { notBefore: new Date(now - BACKDATED_MS), notAfter: new Date(now + days * DAY_MS) };
}

/** A random serial number: 16 bytes, positive, never beginning with zeros (RFC 5280 §4.1.2.2). */
export function newSerial(): string {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40;
  return bytes.toString('hex');
}

/** A private key as PKCS#8 in PEM. */
export async function privateKeyPem(key: webcrypto.CryptoKey): Promise<string> {
  const der = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', key)).toString('base64');
  return `-----BEGIN PRIVATE KEY-----\n${der.replace(/(.{64})(?=.)/g, '$1\n')}\n-----END PRIVATE KEY-----\n`;
}

/** PEM with the final newline that the library leaves out. */
export function certificatePem(pem: string): string {
  return pem.endsWith('\n') ? pem : `${pem}\n`;
}

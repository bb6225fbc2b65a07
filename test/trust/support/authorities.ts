/** Certificates for tests, made with @peculiar/x509: another hand than the one that reads them. */
import 'reflect-metadata';
import { KeyObject, webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';
import { readCertificateDer } from '../../../src/trust/certificate/read.js';
import type { Certificate } from '../../../src/trust/types.js';

/** When the tests' commits count from, unless said otherwise. */
export const NOW = new Date('2026-06-01T12:00:00Z');

export const P256 = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
export const P384 = { name: 'ECDSA', namedCurve: 'P-384', hash: 'SHA-384' };
export const P521 = { name: 'ECDSA', namedCurve: 'P-521', hash: 'SHA-512' };
export const RSA = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256', modulusLength: 2048, publicExponent: Uint8Array.of(1, 0, 1) };

type Algorithm = typeof P256 | typeof RSA;

/** A certificate with its key. */
export interface Holder {
  readonly certificate: Certificate;
  readonly key: KeyObject;
  readonly keys: webcrypto.CryptoKeyPair;
  readonly subject: x509.Name;
  readonly algorithm: Algorithm;
}

export interface Making {
  readonly subject: x509.JsonNameParams;
  /** Absent: self-signed. */
  readonly issuer?: Holder;
  readonly algorithm?: Algorithm;
  /** To certify a key anew. */
  readonly keys?: webcrypto.CryptoKeyPair;
  readonly serial?: string;
  readonly from?: string;
  readonly to?: string;
  readonly extensions?: readonly x509.Extension[];
}

/** A fresh pair of keys. */
export async function makeKeys(algorithm: Algorithm = P256): Promise<webcrypto.CryptoKeyPair> {
  return (await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])) as webcrypto.CryptoKeyPair;
}

/** Makes a certificate with exactly these extensions. */
export async function make(making: Making): Promise<Holder> {
  const algorithm = making.algorithm ?? P256;
  const keys = making.keys ?? (await makeKeys(algorithm));
  const subject = new x509.Name(making.subject);
  const issued = await x509.X509CertificateGenerator.create({
    serialNumber: making.serial ?? `4${Buffer.from(webcrypto.getRandomValues(new Uint8Array(7))).toString('hex')}0`,
    subject,
    issuer: making.issuer?.subject ?? subject,
    notBefore: new Date(making.from ?? '2026-01-01T00:00:00Z'),
    notAfter: new Date(making.to ?? '2030-01-01T00:00:00Z'),
    publicKey: keys.publicKey as x509.PublicKeyType,
    signingKey: making.issuer?.keys.privateKey ?? keys.privateKey,
    signingAlgorithm: making.issuer?.algorithm ?? algorithm,
    extensions: [...(making.extensions ?? [])],
  });
  const reading = readCertificateDer(new Uint8Array(issued.rawData));
  if (!reading.ok) throw new Error(reading.faults[0]?.message);
  return { certificate: reading.value, key: KeyObject.from(keys.privateKey), keys, subject, algorithm };
}

const CA_USAGE = x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign;
export const SIGNER_USAGE = x509.KeyUsageFlags.digitalSignature | x509.KeyUsageFlags.nonRepudiation;

/** A root or, with an issuer, an intermediate. */
export function makeAuthority(name: string, options: Partial<Making> & { pathLength?: number } = {}): Promise<Holder> {
  const { pathLength, extensions = [], ...rest } = options;
  const basic = new x509.BasicConstraintsExtension(true, pathLength, true);
  return make({ subject: [{ CN: [name] }], ...rest, extensions: [basic, new x509.KeyUsagesExtension(CA_USAGE, true), ...extensions] });
}

export interface Person {
  readonly name?: string;
  readonly authority?: string;
  readonly number?: string;
  readonly uris?: readonly string[];
  readonly email?: string;
  readonly id?: string;
  readonly usage?: number;
}

export const JANE_ID = '4f8c2a1d-9e3b-4a7c-8f1e-6b0d2c5a9f12';

/** A person's certificate as FORMAT §6 wants it, unless told otherwise. */
export function makePerson(person: Person = {}, options: Partial<Making> = {}): Promise<Holder> {
  const { name = 'Dr Jane Smith', authority = 'GMC', number = '1234567', usage = SIGNER_USAGE } = person;
  const { extensions = [], ...rest } = options;
  const uris = person.uris ?? [`vpr://${authority}/${number}`, ...(person.id === undefined ? [] : [`urn:uuid:${person.id}`])];
  const names = [
    ...uris.map((value) => ({ type: 'url' as const, value })),
    ...(person.email === undefined ? [] : [{ type: 'email' as const, value: person.email }]),
  ];
  return make({
    subject: [{ CN: [{ utf8String: name }] }, { O: [{ utf8String: authority }] }, { '2.5.4.5': [{ utf8String: number }] }],
    ...rest,
    extensions: [
      ...(names.length === 0 ? [] : [new x509.SubjectAlternativeNameExtension(names)]),
      new x509.KeyUsagesExtension(usage, true),
      ...extensions,
    ],
  });
}

export { x509 };

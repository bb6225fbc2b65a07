/** A commit's signature as each encoding carries it. `signature` is always `r‖s`. */
import type { Certificate } from '../types.js';
import type { SignedData } from './signed-data.js';

export interface CmsSignature {
  readonly encoding: 'cms';
  readonly signature: Uint8Array;
  /** All certificates it carries, the signer's first. */
  readonly certificates: readonly [Certificate, ...Certificate[]];
}

export interface CmsAttributesSignature {
  readonly encoding: 'cms-attributes';
  readonly signature: Uint8Array;
  /** All certificates it carries, in their order; the signer's may be missing. */
  readonly certificates: readonly Certificate[];
  /** The signer, by issuer (DER of the name) and serial number (lowercase hex). */
  readonly signer: SignerId;
  /** The signed attributes as they were signed: DER of a SET OF. */
  readonly attributes: Uint8Array;
  readonly messageDigest: Uint8Array;
  /** The signer's word for when it signed. */
  readonly signingTime?: Date;
  /** SHA-256 of the signer's certificate, where signingCertificateV2 names it. */
  readonly certificateHash?: Uint8Array;
  /** The SignedData it was read from, for writing it again. */
  readonly data: SignedData;
}

export interface ContainerSignature {
  readonly encoding: 'container';
  readonly signature: Uint8Array;
  /** SEC1 uncompressed point, 65 bytes. */
  readonly publicKey: Uint8Array;
  readonly certificate?: Certificate;
  /** How the certificate is written; absent without one. */
  readonly form?: 'PEM' | 'DER';
}

export interface RawSignature {
  readonly encoding: 'raw';
  readonly signature: Uint8Array;
}

export interface SignerId {
  readonly issuer: Uint8Array;
  readonly serial: string;
}

export type CommitSignature = CmsSignature | CmsAttributesSignature | ContainerSignature | RawSignature;

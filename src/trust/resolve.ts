/** Which certificate a signature is by: found, and checked with its key. */
import { Buffer } from 'node:buffer';
import { hash } from 'node:crypto';
import { readCommitObject } from '../format/commit-object.js';
import type { Fault } from '../format/fault.js';
import { publicKeyOf, publicKeyOfPoint } from './certificate/key.js';
import { verifyEcdsa } from './ecdsa.js';
import { askTheHost, howToSign } from './help.js';
import { comparableName } from './identity.js';
import { names } from './signature/signer-id.js';
import type { CmsAttributesSignature, CommitSignature, ContainerSignature, RawSignature } from './signature/types.js';
import type { Certificate, Trust } from './types.js';

/** A certificate whose key verified the signature, or why there is none. */
export interface Resolved {
  readonly certificate?: Certificate;
  readonly signatureFaults: readonly Fault[];
  readonly signerFaults: readonly Fault[];
}

/** Checks a signature over a commit's payload. */
export function resolveSigner(signature: CommitSignature, payload: Uint8Array, trust: Trust | undefined): Resolved {
  switch (signature.encoding) {
    case 'cms':
      return checked(signature.certificates[0], payload, signature.signature);
    case 'cms-attributes':
      return resolveAttributes(signature, payload, trust);
    case 'container':
      return resolveContainer(signature, payload, trust);
    case 'raw':
      return resolveRaw(signature, payload, trust);
  }
}

/** Whether the certificate's key, which must be P-256, made `r‖s` over the data. */
function verifies(certificate: Certificate, data: Uint8Array, signature: Uint8Array): boolean {
  const key = certificate.keyKind === 'P-256' ? publicKeyOf(certificate) : undefined;
  return key !== undefined && verifyEcdsa(data, signature, key);
}

function checked(certificate: Certificate, data: Uint8Array, signature: Uint8Array): Resolved {
  if (verifies(certificate, data, signature)) return { certificate, signatureFaults: [], signerFaults: [] };
  return certificate.keyKind === 'P-256'
    ? badSignature(WRONG, howToSign)
    : badSignature(`the signer's key is ${certificate.keyKind}, expected P-256`);
}

const WRONG =
  "the signature is not the certificate's key's over this commit's bytes: the commit was changed after it was signed, or signed with another key";

function badSignature(message: string, help?: readonly string[]): Resolved {
  return { signatureFaults: [help === undefined ? { message } : { message, help }], signerFaults: [] };
}

function resolveAttributes(signature: CmsAttributesSignature, payload: Uint8Array, trust: Trust | undefined): Resolved {
  const { signer, attributes, certificateHash } = signature;
  if (hash('sha256', payload, 'hex') !== Buffer.from(signature.messageDigest).toString('hex')) {
    return badSignature("the signature's messageDigest is not this commit's: the commit was changed after it was signed", howToSign);
  }
  const carried = signature.certificates.filter((certificate) => names(signer, certificate));
  if (carried.length > 1) return badSignature('the signature carries two certificates with the issuer and serial number of its signer');
  const [certificate] = carried;
  if (certificate !== undefined) {
    if (certificateHash !== undefined && Buffer.from(certificateHash).toString('hex') !== certificate.fingerprint) {
      return badSignature("the signature's signingCertificateV2 names another certificate than the one it carries");
    }
    return checked(certificate, attributes, signature.signature);
  }
  // gpgsm leaves out the certificate of a signer that is trusted by itself.
  const pinned = (trust?.listed ?? []).filter(
    (entry) =>
      entry.authorities !== undefined &&
      names(signer, entry.certificate) &&
      (certificateHash === undefined || Buffer.from(certificateHash).toString('hex') === entry.certificate.fingerprint),
  );
  const good = pinned.filter((entry) => verifies(entry.certificate, attributes, signature.signature));
  if (good.length === 1) return { certificate: (good[0] as (typeof good)[number]).certificate, signatureFaults: [], signerFaults: [] };
  return badSignature(
    `the signature carries no certificate of its signer, and ${good.length} that the host trusts by themselves verify it, expected one`,
  );
}

function resolveContainer(signature: ContainerSignature, payload: Uint8Array, trust: Trust | undefined): Resolved {
  const { certificate, publicKey } = signature;
  if (certificate !== undefined) {
    if (certificate.point === undefined || Buffer.compare(certificate.point, publicKey) !== 0) {
      return badSignature("the container's public_key is not its certificate's key", howToSign);
    }
    return checked(certificate, payload, signature.signature);
  }
  const key = publicKeyOfPoint(publicKey);
  if (key === undefined) return badSignature("the container's public_key is no point of P-256");
  if (!verifyEcdsa(payload, signature.signature, key)) return badSignature(WRONG, howToSign);
  if (trust === undefined) return { signatureFaults: [], signerFaults: [] };
  const listed = trust.listed.filter(({ certificate: { point } }) => point !== undefined && Buffer.compare(point, publicKey) === 0);
  if (listed.length === 1)
    return { certificate: (listed[0] as (typeof listed)[number]).certificate, signatureFaults: [], signerFaults: [] };
  const message = `the signature carries a bare key, and ${listed.length} certificates that the host's policy lists have it, expected one`;
  return {
    signatureFaults: [],
    signerFaults: [{ message, help: ['vpr setup  # so that Git signs with the certificate', ...howToSign.slice(0, 2), ...askTheHost] }],
  };
}

function resolveRaw(signature: RawSignature, payload: Uint8Array, trust: Trust | undefined): Resolved {
  if (trust === undefined) return badSignature('the signature is raw, and cannot be checked without the certificates that a host lists');
  const author = comparableName(readCommitObject(payload).author?.name ?? '');
  const named = trust.listed.filter(({ certificate: { subject } }) => subject.cn.some((name) => comparableName(name) === author));
  const good = named.filter(({ certificate }) => verifies(certificate, payload, signature.signature));
  if (good.length === 1) return { certificate: (good[0] as (typeof good)[number]).certificate, signatureFaults: [], signerFaults: [] };
  return badSignature(
    `the signature is raw, and of ${named.length} certificates that the host's policy lists under the author's name ${good.length} verify it, expected one`,
    howToSign,
  );
}

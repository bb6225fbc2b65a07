/** Signed commits and trust stores for tests. */
import type { Policy } from '../../../src/format/policy.js';
import { withSignature as joined } from '../../../src/trust/payload.js';
import { toPem } from '../../../src/trust/pem.js';
import { signPayload, type WrittenEncoding } from '../../../src/trust/sign.js';
import { loadTrust } from '../../../src/trust/store.js';
import type { Certificate, RevocationMode, Trust, TrustedAuthority, Verification } from '../../../src/trust/types.js';
import { keepSigned } from '../../support/signed.js';
import type { Holder } from './authorities.js';

/** Puts a signature into a commit, which the programs that know nothing of ours are asked about when the tests end. */
export const withSignature: typeof joined = (bytes, gpgsig) => keepSigned(joined(bytes, gpgsig));

export const PAYLOAD = payload('Dr Jane Smith');

/** An unsigned commit by an author. */
export function payload(author: string): Uint8Array {
  const ident = `${author} <jane@example.org> 1780315200 +0000`;
  return Buffer.from(
    `tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904\nauthor ${ident}\ncommitter ${ident}\n\n` +
      'coordination:update: Added message to thread\n\nAuthor-Name: Dr Jane Smith\nAuthor-Role: Clinician\nCare-Location: Oxford\n',
  );
}

/** A commit signed by the first holder; the others are its intermediates. */
export function signed(holders: readonly Holder[], encoding: WrittenEncoding = 'cms', over: Uint8Array = PAYLOAD): Uint8Array {
  const [signer] = holders;
  if (signer === undefined) throw new Error('nobody signs');
  return withSignature(
    over,
    signPayload(
      over,
      signer.key,
      holders.map(({ certificate }) => certificate),
      encoding,
    ),
  );
}

export const CLINICIANS: readonly TrustedAuthority[] = [{ name: 'GMC', class: 'clinician' }];

export interface Trusted {
  readonly roots?: readonly { certificate: Certificate; authorities?: readonly TrustedAuthority[] }[];
  readonly intermediates?: readonly Certificate[];
  readonly listed?: readonly { certificate: Certificate; authorities?: readonly TrustedAuthority[]; participantId?: string }[];
  /** Files of revocation lists. */
  readonly crls?: readonly Uint8Array[];
  readonly revocation?: RevocationMode;
}

/** A policy that names these certificates by their fingerprints as files. */
export function policyOf({ roots = [], intermediates = [], listed = [], crls = [], revocation = 'off' }: Trusted): Policy {
  return {
    roots: roots.map(({ certificate, authorities }) => ({ file: certificate.fingerprint, authorities: [...(authorities ?? CLINICIANS)] })),
    intermediates: intermediates.map(({ fingerprint }) => fingerprint),
    certificates: listed.map(({ certificate, ...rest }) => ({ file: certificate.fingerprint, ...rest })),
    crls: crls.map((_, i) => `${i}.crl`),
    revocation,
  } as unknown as Policy;
}

/** A trust store of these certificates, by way of a policy and PEM files. */
export function trustOf(trusted: Trusted): Trust {
  const files = new Map<string, Uint8Array>();
  for (const { certificate } of [
    ...(trusted.roots ?? []),
    ...(trusted.listed ?? []),
    ...(trusted.intermediates ?? []).map((certificate) => ({ certificate })),
  ]) {
    files.set(certificate.fingerprint, Buffer.from(toPem(certificate.der)));
  }
  for (const [i, bytes] of (trusted.crls ?? []).entries()) files.set(`${i}.crl`, bytes);
  const trust = loadTrust(policyOf(trusted), (path) => files.get(path));
  if (!trust.ok) throw new Error(trust.faults.map(({ message }) => message).join('; '));
  return trust.value;
}

/** All messages of a verification, signature's first; empty where it is good. */
export function messages({ signatureFaults, signerFaults }: Verification): string[] {
  return [...signatureFaults, ...signerFaults].map(({ message }) => message);
}

/** Whether a verification lets the commit through as signed by somebody trusted. */
export function isGood(verification: Verification): boolean {
  return verification.signer !== undefined && messages(verification).length === 0;
}

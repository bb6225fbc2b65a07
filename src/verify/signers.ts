/** Who signed a history: one line a certificate or key, however many commits there are. */
import { hash } from 'node:crypto';
import { publicKeyOfPoint, spkiOfPoint } from '../trust/certificate/key.js';
import { verifyEcdsa } from '../trust/ecdsa.js';
import { certificateIdentity } from '../trust/identity.js';
import { payloadOf } from '../trust/payload.js';
import { readSignature } from '../trust/signature/read.js';
import type { CommitSignature } from '../trust/signature/types.js';
import type { Certificate } from '../trust/types.js';
import type { Step } from '../validators/step.js';
import type { SignerSummary } from './types.js';

/** Signers that are listed; of further ones it is said how many there are. */
export const MOST_SIGNERS = 1000;

/** Who signed one commit, as far as its signature says. */
export interface SignedBy {
  readonly certificate?: Certificate;
  /** SHA-256 of a bare key as SubjectPublicKeyInfo in DER, in hex. */
  readonly key?: string;
  readonly registrations: readonly string[];
  readonly participantId?: string;
}

/** The certificate, or else the bare key, with which a commit's signature verified. */
export function signedBy({ verification, pushed }: Step): SignedBy | undefined {
  const { certificate, signer, encoding } = verification;
  if (certificate !== undefined) {
    const identity = signer ?? identityOf(certificate);
    return {
      certificate,
      registrations: (identity?.registrations ?? []).map(({ authority, number }) => `${authority} ${number}`),
      ...(identity?.participantId === undefined ? {} : { participantId: identity.participantId }),
    };
  }
  return encoding === 'container' ? bareKey(pushed.bytes) : undefined;
}

/** The key in a container without a certificate, where it verifies the commit. */
function bareKey(bytes: Uint8Array): SignedBy | undefined {
  const split = payloadOf(bytes);
  const signature = 'payload' in split ? signatureOf(split.gpgsig) : undefined;
  if (!('payload' in split) || signature?.encoding !== 'container' || signature.certificate !== undefined) return undefined;
  const key = publicKeyOfPoint(signature.publicKey);
  if (key === undefined || !verifyEcdsa(split.payload, signature.signature, key)) return undefined;
  return { key: hash('sha256', spkiOfPoint(signature.publicKey), 'hex'), registrations: [] };
}

/** Gathers signers, one commit after the other. */
export function signerTable() {
  const table = new Map<string, { -readonly [K in keyof SignerSummary]: SignerSummary[K] }>();
  const hidden = new Set<string>();
  return {
    add(commit: string, by: SignedBy, step: Step): void {
      const { signer } = step.verification;
      const key = by.certificate?.fingerprint ?? by.key ?? '';
      const known = table.get(key);
      if (known !== undefined) {
        known.commits += 1;
        known.last = commit;
        if (signer !== undefined) known.trusted += 1;
      } else if (table.size >= MOST_SIGNERS) {
        if (hidden.size < MOST_SIGNERS) hidden.add(key);
      } else table.set(key, { ...describe(by, step), commits: 1, trusted: signer === undefined ? 0 : 1, first: commit, last: commit });
    },
    list: (): readonly SignerSummary[] => [...table.values()],
    more: () => hidden.size,
  };
}

function describe({ certificate, key, registrations, participantId }: SignedBy, { verification }: Step) {
  return {
    registrations,
    ...(participantId === undefined ? {} : { participantId }),
    ...(verification.signer === undefined ? {} : { class: verification.signer.class }),
    ...(key === undefined ? {} : { key }),
    ...(certificate === undefined
      ? {}
      : {
          certificate: certificate.fingerprint,
          issuer: certificate.issuer.text,
          serial: certificate.serial,
          notBefore: certificate.notBefore.toISOString(),
          notAfter: certificate.notAfter.toISOString(),
        }),
  };
}

function identityOf(certificate: Certificate) {
  const identity = certificateIdentity(certificate);
  return identity.ok ? identity.value : undefined;
}

function signatureOf(gpgsig: string): CommitSignature | undefined {
  const signature = readSignature(gpgsig);
  return signature.ok ? signature.value : undefined;
}

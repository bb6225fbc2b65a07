/** Verifying one commit: the signature over the stored bytes, then who signed. */
import type { Fault } from '../format/fault.js';
import { isLowS } from './ecdsa.js';
import { howToSign } from './help.js';
import { type CertificatePath, labelOf } from './path/build.js';
import { payloadOf } from './payload.js';
import { resolveSigner } from './resolve.js';
import { readSignature } from './signature/read.js';
import type { CommitSignature } from './signature/types.js';
import { establishSigner, type Moment } from './signer.js';
import type { Certificate, ReceiptKnown, Signer, Trust, Verification } from './types.js';

/** How strictly to read. */
export interface VerifyOptions {
  /** The commit belongs to a history taken over (FORMAT §9): high-S signatures are read. */
  readonly takenOver?: boolean;
  /** Who says that the commit counts from `at`. Only the signer, unless said otherwise: that proves the least. */
  readonly known?: ReceiptKnown;
}

/**
 * Verifies a commit's stored bytes (FORMAT §6) as of `at`: when the host
 * received it, or what stands in for that. Pure: time and trust are given.
 * Without trust only the signature is checked, with the certificate or key it
 * carries, and nothing is said of who signed. Never throws on bad input.
 */
export function verifyCommit(bytes: Uint8Array, trust: Trust | undefined, at: Date, options: VerifyOptions = {}): Verification {
  const split = payloadOf(bytes);
  if (!('payload' in split)) return { signatureFaults: [split], ...UNKNOWN_SIGNER };
  const reading = readSignature(split.gpgsig);
  if (!reading.ok) return { signatureFaults: reading.faults, ...UNKNOWN_SIGNER };
  const signature = reading.value;
  const { encoding } = signature;
  const { certificate, ...resolved } = resolveSigner(signature, split.payload, trust);
  const signatureFaults = [...lowSFaults(signature, options), ...resolved.signatureFaults];
  if (certificate === undefined || trust === undefined) {
    return { encoding, signatureFaults, signerFaults: resolved.signerFaults, revocationFaults: [], certificate };
  }
  const judged = judge(signature, certificate, trust, { at, known: options.known ?? 'signer' });
  const faults = judged.signatureFaults.length === 0 ? signatureFaults : [...signatureFaults, ...judged.signatureFaults];
  const isGood = judged.signer !== undefined && faults.length === 0;
  return {
    encoding,
    signatureFaults: faults,
    signerFaults: judged.signerFaults,
    revocationFaults: judged.revocationFaults,
    certificate,
    signer: isGood ? judged.signer : undefined,
    path: isGood ? judged.path : undefined,
    cannotBeShown: judged.cannotBeShown ? true : undefined,
  };
}

const UNKNOWN_SIGNER = { signerFaults: [], revocationFaults: [] } as const;

function lowSFaults({ encoding, signature }: CommitSignature, { takenOver }: VerifyOptions): Fault[] {
  // Writers of signed attributes cannot choose (FORMAT §6).
  if (encoding === 'cms-attributes' || takenOver === true || isLowS(signature)) return [];
  const help =
    encoding === 'cms' ? [...howToSign, 'where the signer cannot choose (openssl cms -noattr): sign with signed attributes'] : howToSign;
  return [{ message: 'the signature is high-S, expected s in the lower half of its range', help }];
}

interface Judged {
  readonly signatureFaults: readonly Fault[];
  readonly signerFaults: readonly Fault[];
  readonly revocationFaults: readonly Fault[];
  readonly cannotBeShown: boolean;
  readonly signer?: Signer;
  readonly path?: readonly Certificate[];
}

/** Who signed, and whether the signature carries the certificates it should. */
function judge(signature: CommitSignature, certificate: Certificate, trust: Trust, moment: Moment): Judged {
  const carried = 'certificates' in signature ? signature.certificates : [];
  const faultsOf = (path: CertificatePath) => carriedFaults(signature, carried, path);
  const found = establishSigner(certificate, carried, trust, moment, (path) => faultsOf(path).length === 0);
  if (!('signer' in found))
    return { signatureFaults: [], signerFaults: found.faults, revocationFaults: [], cannotBeShown: found.cannotBeShown };
  const { signer, path, revocationFaults } = found;
  return { signatureFaults: faultsOf(path), signerFaults: [], revocationFaults, cannotBeShown: false, signer, path: path.certificates };
}

/**
 * In CMS the certificates are the path without its root and nothing else; with
 * signed attributes those may be missing that the host's store holds.
 */
function carriedFaults({ encoding }: CommitSignature, carried: readonly Certificate[], path: CertificatePath): readonly Fault[] {
  const last = lastCarried.get(carried);
  if (last?.encoding === encoding && last.path === path) return last.faults;
  const faults = compareCarried(encoding, carried, path);
  lastCarried.set(carried, { encoding, path, faults });
  return faults;
}

/** By the very array that a signer's signatures carry, where that is the same each time. */
const lastCarried = new WeakMap<
  readonly Certificate[],
  { readonly encoding: CommitSignature['encoding']; readonly path: CertificatePath; readonly faults: readonly Fault[] }
>();

/** What a signature of that encoding carries too many or too few of for a path. */
export function compareCarried(
  encoding: CommitSignature['encoding'],
  carried: readonly Certificate[],
  { certificates }: CertificatePath,
): Fault[] {
  const on = (list: readonly Certificate[], certificate: Certificate) =>
    list.some(({ fingerprint }) => fingerprint === certificate.fingerprint);
  const extra = carried.filter((certificate, i) => !on(certificates, certificate) || on(carried.slice(0, i), certificate));
  const missing = encoding === 'cms' ? certificates.filter((certificate) => !on(carried, certificate)) : [];
  return [
    ...extra.map((certificate) => ({
      message: `the signature carries ${labelOf(certificate)}, which its path does not need (a root is never carried)`,
    })),
    ...missing.map((certificate) => ({
      message: `the signature lacks ${labelOf(certificate)}, an intermediate of its path`,
      help: ['vpr setup  # with a certificate file that the intermediates follow', ...howToSign.slice(0, 2)],
    })),
  ];
}

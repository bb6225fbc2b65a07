/** A commit's signature as files that programs without any knowledge of records check: detached CMS and what it is over. */
import { VprError } from '../errors.js';
import type { Fault } from '../format/index.js';
import { sameName } from '../trust/certificate/name.js';
import { type Certificate, type CommitSignature, payloadOf, readSignature, type Trust } from '../trust/index.js';
import { findPaths, isSelfSigned } from '../trust/path/build.js';
import { linkFault } from '../trust/path/link.js';
import { resolveSigner } from '../trust/resolve.js';
import { STRICT, writeSignedData } from '../trust/signature/signed-data.js';
import { listedAs } from '../trust/store.js';
import { topOf } from './chain.js';
import { commitOf, openRepository } from './clone.js';
import { git } from './git.js';

/** What a commit's signature is, taken out of it. */
export interface ExportedSignature {
  readonly commit: string;
  readonly encoding: CommitSignature['encoding'];
  /** CMS SignedData in DER (BER where its signer wrote that), detached. */
  readonly signature: Uint8Array;
  /** The bytes it is over: the stored commit without `gpgsig`. */
  readonly payload: Uint8Array;
  /** Subjects of the certificates it carries, the signer's first. */
  readonly certificates: readonly [Certificate, ...Certificate[]];
  /** Certificates that the commit itself does not carry, and the trust bundle or a file supplied. */
  readonly supplied: number;
  /** Whose certificate is missing between the signer and a root of the host: absent where nothing is, or no trust was given. */
  readonly missing?: string;
}

/** Takes the signature out of a commit of a repository. Throws `clone/none`, `signature/…`. */
export function exportSignature(
  directory: string,
  revision: string,
  trust: Trust | undefined,
  given: readonly Certificate[] = [],
): ExportedSignature {
  const repository = openRepository(directory);
  const commit = commitOf(repository.directory, revision);
  if (commit === undefined)
    throw new VprError('signature/no-commit', `${JSON.stringify(revision)} names no commit of ${repository.directory}`);
  return { commit, ...signatureOf(git(repository.directory, ['cat-file', 'commit', commit]), trust, given) };
}

/**
 * The signature of a commit's bytes as detached CMS. No key is needed: without
 * signed attributes the very same number stands in every encoding (FORMAT §6).
 * Certificates that an encoding leaves out are added from the trust bundle, and
 * from those that are given: the signature does not cover them.
 */
export function signatureOf(
  bytes: Uint8Array,
  trust: Trust | undefined,
  given: readonly Certificate[] = [],
): Omit<ExportedSignature, 'commit'> {
  const split = payloadOf(bytes);
  if (!('payload' in split)) throw refusal('signature/none', [split]);
  const reading = readSignature(split.gpgsig);
  if (!reading.ok) throw refusal('signature/unreadable', reading.faults);
  const signature = reading.value;
  const { certificate, signatureFaults, signerFaults } = resolveSigner(signature, split.payload, withGiven(trust, given));
  if (signatureFaults.length > 0) throw refusal('signature/bad', signatureFaults);
  if (certificate === undefined) throw refusal('signature/no-certificate', [...signerFaults, NO_CERTIFICATE], trust === undefined);
  const carried = 'certificates' in signature ? signature.certificates : [];
  const certificates: [Certificate, ...Certificate[]] = [certificate, ...issuersOf(certificate, carried, given, trust)];
  const supplied = certificates.filter(({ fingerprint }) => !known(signature).includes(fingerprint)).length;
  const missing = trust === undefined ? undefined : missingAbove(certificates, trust);
  const data = {
    form: STRICT,
    issuer: certificate.issuer.der,
    serial: Buffer.from(certificate.serial, 'hex'),
    signature: signature.signature,
  };
  return {
    encoding: signature.encoding,
    // What its signer wrote is kept, down to its lengths, but for the certificates.
    signature: writeSignedData({
      ...(signature.encoding === 'cms-attributes' ? signature.data : data),
      certificates: certificates.map(({ der }) => der).sort(Buffer.compare),
    }),
    payload: split.payload,
    certificates,
    supplied,
    ...(missing === undefined ? {} : { missing }),
  };
}

const NO_CERTIFICATE: Fault = {
  message: 'the commit carries no certificate, and CMS cannot be written without one',
  help: ["name the host's trust bundle, if its policy lists the signer's certificate (--trust FILE), or that one: --certificate FILE"],
};

/** The host's trust, where certificates that somebody has at hand may be the signer's as well as those that it lists. */
function withGiven(trust: Trust | undefined, given: readonly Certificate[]): Trust | undefined {
  if (given.length === 0) return trust;
  const former: Trust = trust ?? { roots: [], intermediates: [], listed: [], crls: [], early: [], revocation: 'off', digest: '' };
  const more = given.filter((one) => listedAs(former, one) === undefined);
  return { ...former, listed: [...former.listed, ...more.map((certificate) => ({ certificate }))] };
}

/** What the signature carries besides the signer's certificate, and the intermediates above that among all that are at hand. */
function issuersOf(
  certificate: Certificate,
  carried: readonly Certificate[],
  given: readonly Certificate[],
  trust: Trust | undefined,
): readonly Certificate[] {
  const others = carried.filter(({ fingerprint }) => fingerprint !== certificate.fingerprint);
  const pool = [...others, ...given, ...(trust?.intermediates ?? [])];
  const [path] = findPaths(certificate, pool, trust?.roots ?? []).paths;
  const above = path?.certificates.slice(1) ?? climb(certificate, pool);
  return [...others, ...above.filter(({ fingerprint }) => !others.some((other) => other.fingerprint === fingerprint))];
}

/** Issuers of a certificate, and theirs, as far as there are any; no root, which whoever verifies must have by other ways. */
function climb(certificate: Certificate, pool: readonly Certificate[]): readonly Certificate[] {
  const next = pool.find(
    (one) => sameName(one.subject, certificate.issuer) && !isSelfSigned(one) && linkFault(certificate, one) === undefined,
  );
  return next === undefined
    ? []
    : [
        next,
        ...climb(
          next,
          pool.filter((one) => one !== next),
        ),
      ];
}

/** Who issued the topmost certificate, where that is no root of the host. */
function missingAbove([signer, ...others]: readonly [Certificate, ...Certificate[]], trust: Trust): string | undefined {
  const byItself = listedAs(trust, signer)?.authorities !== undefined;
  if (byItself || findPaths(signer, others, trust.roots).paths.length > 0) return undefined;
  return topOf([signer, ...others]).issuer.text;
}

/** Fingerprints of the certificates that the commit itself carries. */
function known(signature: CommitSignature): readonly string[] {
  if ('certificates' in signature) return signature.certificates.map(({ fingerprint }) => fingerprint);
  return 'certificate' in signature && signature.certificate !== undefined ? [signature.certificate.fingerprint] : [];
}

function refusal(code: string, faults: readonly Fault[], noBundle = false): VprError {
  const help = [...(noBundle ? (NO_CERTIFICATE.help ?? []) : []), ...faults.flatMap(({ help }) => help ?? [])];
  return new VprError(code, faults.map(({ message }) => message).join('; '), { help: [...new Set(help)] });
}

/** What git is told of a commit's signature: GnuPG's status lines (doc/DETAILS of GnuPG), and words for people. */
import { existsSync } from 'node:fs';
import { readCommitObject } from '../format/index.js';
import { identFaults } from '../records/credentials.js';
import type { Settings } from '../records/settings.js';
import { loadBundle } from '../records/trust-bundle.js';
import { trustAsOf, verifyCommit, withSignature } from '../trust/index.js';
import { KNOWN_RULES } from '../validators/index.js';

/** The answer to git. Good only where signature, path and signer all are. */
export interface SignatureAnswer {
  readonly lines: readonly string[];
  readonly words: readonly string[];
  readonly good: boolean;
}

/**
 * Checks a signature over a payload, and that author and committer are its signer. Without the host's trust bundle a
 * signature that verifies is of undefined trust, and not good: an unknown
 * signer proves nothing. Judged by the committer's date, which is only the
 * signer's word; `vpr verify` says more.
 */
export function verifySignature(payload: Uint8Array, signature: Uint8Array, settings: Settings): SignatureAnswer {
  const commit = withSignature(payload, Buffer.from(signature).toString('latin1').replace(/\n$/, ''));
  const { author, committer } = readCommitObject(commit);
  const host = settings.trust !== undefined && existsSync(settings.trust) ? loadBundle(settings.trust, KNOWN_RULES) : undefined;
  const at = new Date((committer?.time ?? 0) * 1000);
  const trust = host === undefined ? undefined : trustAsOf(host.trust, new Date(), host.policy.skewMs);
  const { signatureFaults, signerFaults, revocationFaults, certificate, signer } = verifyCommit(commit, trust, at, { known: 'signer' });
  const words = [...signatureFaults, ...signerFaults].map(({ message }) => message);
  const id = certificate?.fingerprint ?? '0'.repeat(64);
  if (signatureFaults.length > 0 || certificate === undefined) return { lines: ['NEWSIG', `BADSIG ${id} unknown`], words, good: false };
  const name = (signer?.name ?? certificate.subject.cn[0] ?? 'unknown').replace(/\s+/g, ' ');
  const valid = [
    'NEWSIG',
    `GOODSIG ${id} ${name}`,
    `VALIDSIG ${id} ${at.toISOString().slice(0, 10)} ${committer?.time ?? 0} 0 0 - - - 00 ${id}`,
  ];
  if (host === undefined)
    return {
      lines: [...valid, 'TRUST_UNDEFINED 0'],
      words: [`signed by "${name}", but whose roots to trust is not known: vpr setup --trust FILE`],
      good: false,
    };
  if (signer === undefined) return { lines: [...valid, 'TRUST_NEVER 0'], words, good: false };
  // Git shows the author beside the verdict: somebody else's signature under it is not good (commit/author).
  const strangers = Object.entries({ author, committer }).flatMap(([role, ident]) =>
    identFaults(signer, { role: role as 'author' | 'committer', name: ident?.name ?? '', email: ident?.email ?? '' }),
  );
  if (strangers.length > 0) return { lines: [...valid, 'TRUST_NEVER 0'], words: strangers.map(({ message }) => message), good: false };
  const registrations = signer.registrations.map(({ authority, number }) => `${authority} ${number}`).join(', ');
  return {
    lines: [...valid, 'TRUST_FULLY 0 chain'],
    words: [
      `good signature of ${name}, ${signer.class} (${registrations})`,
      ...(host.trust.revocation === 'warn' ? revocationFaults : []).map(({ message }) => `warning: ${message}`),
    ],
    good: true,
  };
}

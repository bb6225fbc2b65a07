/** What a clone's earlier history has shown of participants and certificates, for the commits that come after it. */

import { parentsOf } from '../format/commit-object.js';
import type { ObjectId, ObjectSource } from '../format/push.js';
import { commitReader } from '../git/walk.js';
import { payloadOf } from '../trust/payload.js';
import { readSignature } from '../trust/signature/read.js';
import type { Trust } from '../trust/types.js';
import { verifyCommit } from '../trust/verify.js';
import { seenSoFar } from '../validators/seen.js';
import type { Known } from '../validators/step.js';

/** What was seen. */
export interface Earlier extends Known {
  /** Every commit down to the root was there. */
  readonly whole: boolean;
}

/**
 * Gathers along first parents which registrations each participant id was seen
 * with, and which certificates (FORMAT.md §6), down from a commit that the host
 * has accepted. It had judged each commit when it came: a certificate that has
 * expired or was revoked since has been seen all the same. `commitBytes` is the
 * largest commit that is read. Throws what the source throws.
 */
export async function gatherEarlier(source: ObjectSource, tip: ObjectId, trust: Trust, commitBytes: number): Promise<Earlier> {
  const asReceived: Trust = { ...trust, crls: [], early: [], revocation: 'off' };
  const commits = commitReader(source, commitBytes);
  const { add, ...known } = seenSoFar({ knownRegistrations: () => undefined });
  const signers = new Set<string>();
  for (let id: ObjectId | undefined = tip; id !== undefined; ) {
    const commit = await commits.read(id);
    if ('end' in commit) return { ...known, whole: false };
    const key = carriedBy(commit.bytes);
    if (key === undefined || !signers.has(key)) {
      const committed = new Date((commit.object().committer?.time ?? 0) * 1000);
      const { signer, path } = verifyCommit(commit.bytes, asReceived, committed, { known: 'host' });
      if (signer !== undefined && path !== undefined) {
        add(signer, path);
        if (key !== undefined) signers.add(key);
      }
    }
    [id] = parentsOf(commit.bytes);
  }
  return { ...known, whole: true };
}

/** The certificates in a signature, by which its signer is known again without verifying; undefined where it has none. */
function carriedBy(bytes: Uint8Array): string | undefined {
  const split = payloadOf(bytes);
  const reading = 'payload' in split ? readSignature(split.gpgsig) : undefined;
  if (reading?.ok !== true) return undefined;
  const { value } = reading;
  const certificates =
    'certificates' in value ? value.certificates : 'certificate' in value && value.certificate ? [value.certificate] : [];
  return certificates.length === 0 ? undefined : certificates.map(({ fingerprint }) => fingerprint).join(' ');
}

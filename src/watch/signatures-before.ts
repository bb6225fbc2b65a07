/** Signatures that were found good before, in the cache of the account that reads: they need not be looked at again. */
import type { ObjectId } from '../format/push.js';
import type { HostPolicy } from '../hooks/receive-policy.js';
import { FORMAT_VERSION } from '../validators/verdict.js';
import { programDigest } from '../verify/program.js';
import { sealedFiles } from '../verify/sealed.js';
import type { CheckedCommit } from './checked.js';

export interface CheckedBefore {
  read(record: string): ReadonlyMap<ObjectId, CheckedCommit>;
  /** Adds to them. `expires`: when a certificate or list that they were found good by ends, and another look may find otherwise. */
  add(record: string, good: readonly CheckedCommit[], expires: Date | undefined): void;
}

interface Kept {
  readonly good: readonly CheckedCommit[];
  /** Milliseconds since 1970; null: never. */
  readonly until: number | null;
}

/** Commits of one record that are remembered. */
const MOST = 5000;

export function checkedBefore({ digest, trust }: HostPolicy, now: Date): CheckedBefore {
  const what = { program: programDigest(), node: process.versions.node, format: FORMAT_VERSION };
  const key = (record: string) => ({ ...what, policy: digest, trust: trust.digest, record });
  const files = sealedFiles<ReturnType<typeof key>, Kept>('vpr-checked/1', 'checked');
  const kept = (record: string): Kept => {
    const file = files.read(key(record));
    return file === undefined || (file.until !== null && now.getTime() >= file.until) ? { good: [], until: null } : file;
  };
  return {
    read: (record) => new Map(kept(record).good.map((one) => [one.commit, one])),
    add(record, good, expires) {
      const former = kept(record);
      const ends = [former.until, expires?.getTime()].filter((end) => end !== null && end !== undefined);
      files.write(key(record), { good: [...former.good, ...good].slice(-MOST), until: ends.length === 0 ? null : Math.min(...ends) });
    },
  };
}

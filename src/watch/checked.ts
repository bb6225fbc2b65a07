/** What is said of the signatures of commits that an answer names. */
import type { ObjectId } from '../format/push.js';
import type { CommitReport } from '../verify/types.js';

/** What a host has its reading commands do; `cached`: what was found good before, by the same policy, trust and program, is not read again. */
export type ReadVerify = 'off' | 'cached' | 'always';

/** Commits of a record that an answer names, and the one that its rows stand on. */
export interface NamedCommits {
  readonly record: string;
  readonly reached: ObjectId;
  readonly commits: ReadonlySet<ObjectId>;
}

/** What is known of one commit's signature. */
export interface CheckedCommit
  extends Pick<CommitReport, 'commit' | 'certificate' | 'key' | 'registrations'>,
    Partial<Pick<CommitReport, 'received' | 'receivedBy'>> {
  readonly record: string;
  /** `unknown`: it could not be looked at, or can't be shown. */
  readonly result: 'good' | 'bad' | 'unknown';
  /** Where it isn't good: the rules it breaks, or what was in the way. */
  readonly why?: string;
  /** RFC 3339: when it was looked at. */
  readonly checked: string;
}

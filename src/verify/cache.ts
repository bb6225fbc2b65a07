/**
 * What earlier runs have verified, so that a later one costs only the new
 * commits: one small file a record and measure.
 */
import type { RecordKind, Uuid } from '../format/identifiers.js';
import type { ObjectId } from '../format/push.js';
import { type Environment, sealedFiles } from './sealed.js';
import { MOST_MARKS } from './tally.js';
import type { HistoryReport, Only, SignerSummary } from './types.js';

/** All that a verdict depends on besides the history itself, and the journal's part about it. */
export interface CacheKey {
  readonly program: string;
  readonly node: string;
  readonly format: number;
  readonly policy: string;
  readonly trust: string;
  readonly record: { readonly kind: RecordKind; readonly id: Uuid };
  /** The Git directory whose objects were read. */
  readonly repository: string;
  readonly only: Only;
  readonly journal: boolean;
  readonly at: string | null;
}

/** What was verified: a whole history up to a commit, all of it good and without any warning. */
export interface Cached {
  readonly tip: ObjectId;
  readonly first: ObjectId;
  readonly commits: number;
  /** When: RFC 3339. */
  readonly on: string;
  /** From when on a certificate or list on a path has ended: RFC 3339. */
  readonly expires?: string;
  /** What of the journal it went by. */
  readonly journal: { readonly bytes: number; readonly digest: string };
  /** Marks of the files that its objects were read from (`storedFiles`): all of them must still be there. */
  readonly stored: readonly string[];
  /** Commits that were asked for, and are in it. */
  readonly met: readonly ObjectId[];
  readonly signers: readonly SignerSummary[];
  readonly marks: HistoryReport['marks'];
  readonly counts: HistoryReport['counts'];
}

export interface CacheStore {
  /** What is known under a key at a time; undefined where there is nothing, or nothing that can be relied upon. */
  read(key: CacheKey, at: Date): Cached | undefined;
  write(key: CacheKey, history: HistoryReport, what: Pick<Cached, 'tip' | 'on' | 'met' | 'stored' | 'journal'>): void;
}

/** Commits that were asked for and are remembered. */
const MOST_MET = 100;

/** Whether a report may be relied upon later: nothing in it is left to say. */
export function cacheable({ verdict, counts, moreSigners, marks, first, whole }: HistoryReport): boolean {
  return (
    whole &&
    first !== undefined &&
    verdict.problems.length === 0 &&
    counts.withProblems === 0 &&
    counts.revocationUnknown === 0 &&
    marks.length < MOST_MARKS &&
    moreSigners === 0
  );
}

/** The cache of the account that runs this. */
export function userCache(environment?: Environment): CacheStore {
  const files = sealedFiles<CacheKey, Cached>('vpr-verified/2', 'verified', environment);
  return {
    read(key, at) {
      const cached = files.read(key);
      return cached !== undefined && (cached.expires === undefined || at < new Date(cached.expires)) ? cached : undefined;
    },
    write(key, { verdict, first, signers, marks, counts, expires }, { tip, on, met, stored, journal }) {
      const content: Cached = {
        tip,
        first: first ?? tip,
        commits: verdict.commits.judged,
        on,
        ...(expires === undefined ? {} : { expires: expires.toISOString() }),
        journal,
        stored,
        met: [...new Set(met)].slice(0, MOST_MET),
        signers,
        marks,
        counts,
      };
      files.write(key, content);
    },
  };
}

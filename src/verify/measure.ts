/** What a record is, what it is held to, and what comes of it. */
import type { RecordKind, Uuid } from '../format/identifiers.js';
import type { ObjectId } from '../format/push.js';
import type { Baseline, HostTrust } from '../records/trust-bundle.js';
import type { Context } from '../validators/step.js';
import type { CacheStore } from './cache.js';
import type { Versions } from './program.js';
import type { CommitReport, Gap, HistoryReport, Only } from './types.js';
import type { Surroundings } from './view.js';

/** A repository, and what of it is meant. */
export interface Subject {
  /** Its git directory, with `objects` in it. */
  readonly gitDirectory: string;
  readonly objectFormat: string;
  /** It was made for this run, and goes with it: nothing is remembered of it. */
  readonly temporary?: true;
  readonly surroundings: Surroundings;
  readonly from?: ObjectId;
  /** Undefined where main has no commit. */
  readonly to: ObjectId | undefined;
  readonly main: ObjectId | undefined;
  /** The record that the repository is registered as, where that is known. */
  readonly registered?: { readonly kind: RecordKind; readonly id: Uuid };
}

/** What a record is held to. */
export interface Measure {
  /** Absent: nothing can be said of who signed. */
  readonly host?: HostTrust;
  /** Where the journal of a record lies; absent where there is none to go by. */
  readonly journal?: (record: Uuid) => string | undefined;
  /** What a host knows from its other records. */
  readonly knownRegistrations?: Context['knownRegistrations'];
  readonly knownCertificates?: Context['knownCertificates'];
  readonly at: Date;
  /** `at` was asked for: the look is not that of now. */
  readonly atGiven: boolean;
  readonly now: Date;
  readonly only: Only;
  /** A commit that must be in the history. */
  readonly expect?: ObjectId;
  readonly versions: Versions;
  /** Absent: everything is read again. */
  readonly cache?: CacheStore;
  readonly onCommit?: (commit: CommitReport) => void;
}

/** What came of a record. */
export interface RecordReport {
  readonly record: { readonly kind: RecordKind; readonly id?: Uuid; readonly registered: boolean };
  readonly from?: ObjectId;
  readonly to?: ObjectId;
  readonly only: Only;
  /** Absent where there is no commit. */
  readonly history?: HistoryReport;
  /** Commits that an earlier run has verified, whose objects were not read again. */
  readonly cached?: { readonly commits: number; readonly tip: ObjectId; readonly on: string };
  readonly expect?: { readonly commit: ObjectId; readonly met: boolean };
  readonly baseline?: Baseline & { readonly met: boolean };
  readonly gaps: readonly Gap[];
  /** What was not looked at, and makes nothing incomplete; sentences. */
  readonly notes: readonly string[];
  readonly otherRefs: Surroundings['otherRefs'];
  /** All of it was checked, and all of it is good. */
  readonly good: boolean;
}

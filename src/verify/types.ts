/** What a look at a whole history asks, and what it hands back. */
import type { RecordKind, Uuid } from '../format/identifiers.js';
import type { Policy } from '../format/policy.js';
import type { ObjectId, ObjectSource } from '../format/push.js';
import type { Journal } from '../hosts/journal-read.js';
import type { CertificateMark } from '../trust/twins.js';
import type { Encoding, ReceiptKnown, SignerClass, Trust } from '../trust/types.js';
import type { Context } from '../validators/step.js';
import type { Verdict } from '../validators/verdict.js';
import type { Receipts } from './receipts.js';

/** Which rules are asked: all of them, or those of commits and their signatures, which read no trees. */
export type Only = 'everything' | 'signatures';

/** A history, and what it is judged by. */
export interface HistoryQuestion {
  /** Where objects are read; they must be hashed there (`openObjects` does). */
  readonly objects: ObjectSource;
  /** Absent: from the root on. */
  readonly from?: ObjectId;
  readonly to: ObjectId;
  /** What main points to, where that is above `to`: the journal speaks of main. */
  readonly main?: ObjectId;
  readonly record: { readonly kind: RecordKind; readonly id: Uuid };
  readonly policy: Policy;
  /** Absent: nothing can be said of who signed. */
  readonly trust: Trust | undefined;
  /** Absent: when a commit was received is its signer's word. */
  readonly journal?: Journal;
  /** The moment of the look; what lies after it is in the future. */
  readonly at: Date;
  readonly only?: Only;
  /** Of the history's commits only these are judged, each by itself; with `only: 'signatures'`. */
  readonly picked?: ReadonlySet<ObjectId>;
  /** Registrations that participant ids are known with from elsewhere: below `from`, or from other records of the host. */
  readonly knownRegistrations?: Context['knownRegistrations'];
  /** Certificates that are known from there. */
  readonly knownCertificates?: Context['knownCertificates'];
  /** Commits that must be in the history. */
  readonly wanted?: readonly ObjectId[];
  /** Called with each commit, oldest first, as soon as it is judged. */
  readonly onCommit?: (commit: CommitReport) => void;
}

/** One commit, without anything that the record says. */
export interface CommitReport {
  readonly commit: ObjectId;
  /** Whether it is signed at all, and whether the signature is as the format wants it. */
  readonly signature: 'good' | 'faulty' | 'none';
  readonly encoding?: Encoding;
  /** With whose certificate, or else with which bare key, the signature verified: SHA-256 in hex (of a key: as SubjectPublicKeyInfo). */
  readonly certificate?: string;
  readonly key?: string;
  /** What the certificate claims; the host stands behind it where `trusted`. */
  readonly registrations: readonly string[];
  readonly class?: SignerClass;
  readonly participantId?: string;
  readonly trusted: boolean;
  /** When it counts from: RFC 3339. */
  readonly received: string;
  readonly receivedBy: ReceiptKnown;
  /** Its key is revoked as compromised, and only the signer says that it is older. */
  readonly cannotBeShown?: true;
  /** Objects of it, or of what it changed, are not there: only its own words and its signature were judged. */
  readonly lacksObjects?: true;
  /** What is not known of revocation. */
  readonly revocationUnknown?: true;
  readonly problems: readonly { readonly rule: string; readonly severity: string; readonly path?: string; readonly line?: number }[];
}

/** All commits of one certificate, or of one bare key. */
export interface SignerSummary {
  readonly certificate?: string;
  readonly key?: string;
  readonly registrations: readonly string[];
  readonly participantId?: string;
  readonly class?: SignerClass;
  /** The certificate's own word of its issuer, and its serial number. */
  readonly issuer?: string;
  readonly serial?: string;
  readonly notBefore?: string;
  readonly notAfter?: string;
  readonly commits: number;
  /** How many of them have a signer whom the host trusts. */
  readonly trusted: number;
  readonly first: ObjectId;
  readonly last: ObjectId;
}

/** What came of it. */
export interface HistoryReport {
  readonly verdict: Verdict;
  /** The first commit that was looked at. */
  readonly first?: ObjectId;
  /** The walk ended at a commit without parents. */
  readonly whole: boolean;
  /** It ended at a commit that is not there, or in what cannot be read: whether history is a line down to its root is not known. */
  readonly brokenOff: boolean;
  readonly signers: readonly SignerSummary[];
  /** Signers beyond those listed. */
  readonly moreSigners: number;
  /** Certificates on the paths of trusted signers, as those of later commits are compared with them. */
  readonly marks: readonly CertificateMark[];
  readonly counts: {
    /** Commits with a signature that verified, by whomever. */
    readonly signed: number;
    readonly unsigned: number;
    /** Commits whose signature or signer is faulty. */
    readonly faulty: number;
    /** Commits whose receipt the host's journal names. */
    readonly receivedByHost: number;
    readonly cannotBeShown: number;
    /** Commits of which objects are not there. */
    readonly lacking: number;
    readonly revocationUnknown: number;
    /** Commits with any problem, of whatever severity. */
    readonly withProblems: number;
  };
  /** The first commit without an entry, where there is a journal. */
  readonly firstUncovered?: ObjectId;
  readonly receipts?: Omit<Receipts, 'times'>;
  /** Of the wanted commits, those that were met. */
  readonly met: ReadonlySet<ObjectId>;
  /** Objects that are not there: how many, and some of them. */
  readonly missing: { readonly count: number; readonly ids: readonly ObjectId[] };
  /** Set where the store could not be read to the end: what git, or the hash of an object, said. */
  readonly damage?: { readonly code: string; readonly message: string };
  /** When the first certificate that counted here ends, of those that have not ended: a later look may differ from then on. */
  readonly expires?: Date;
}

/** Why something could not be looked at, or shown: a history with one is never good. */
export interface Gap {
  /** Stable, for machines: `shallow`. */
  readonly code: string;
  /** One sentence without a full stop, with ids and counts only. */
  readonly message: string;
}

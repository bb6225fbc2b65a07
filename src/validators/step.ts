import type { CommitMessage } from '../format/commit-message.js';
import { readCommitMessage } from '../format/commit-message.js';
import type { CommitObject } from '../format/commit-object.js';
import type { Documents } from '../format/documents.js';
import type { Read } from '../format/fault.js';
import type { RecordKind, Uuid } from '../format/identifiers.js';
import { STATUS_FILE } from '../format/layout.js';
import type { Policy } from '../format/policy.js';
import type { PushedCommit } from '../format/push.js';
import { remember } from '../format/remember.js';
import type { CoordinationStatus } from '../format/status.js';
import { type ThreadStep, threadSteps, type Versions } from '../format/thread-steps.js';
import type { CertificateMark } from '../trust/twins.js';
import type { ReceiptKnown, Trust, Verification } from '../trust/types.js';
import { verifyCommit } from '../trust/verify.js';

/** What a push is judged against. */
export interface Context {
  /** What the host's registry says this repository is; undefined where it is not registered. */
  readonly record: { readonly kind: RecordKind; readonly id: Uuid } | undefined;
  readonly policy: Policy;
  /** The host's certificates; undefined where they are not at hand (a clone without the host's bundle). */
  readonly trust: Trust | undefined;
  /**
   * When a commit was received, which its certificate is judged by, and the
   * latest moment its times may name (FORMAT.md §6): both are the moment of
   * the push in a hook; a later look takes them from the journal.
   */
  readonly times: (commit: { readonly id: string; readonly committed: Date }) => Times;
  /** Registrations (`GMC 1234567`) the host has seen a participant id with; undefined for a new one. */
  readonly knownRegistrations: (participant: Uuid) => ReadonlySet<string> | undefined;
  /** Certificates that were seen elsewhere at a mark's `place`: on the host in accepted pushes, in other histories. Absent: none. */
  readonly knownCertificates?: (place: string) => readonly CertificateMark[] | undefined;
}

export interface Times {
  readonly received: Date;
  readonly latest: Date;
  /** Who says when it was received: the host (the push itself, or its journal), or only the signer's committer date. */
  readonly known: ReceiptKnown;
}

/** One commit against its parent, with everything read from it that rules share. */
export interface Step {
  readonly context: Context;
  readonly pushed: PushedCommit;
  readonly commit: CommitObject;
  /** Undefined for a root. */
  readonly parent: CommitObject | undefined;
  readonly message: Read<CommitMessage>;
  readonly verification: Verification;
  readonly times: Times;
  /** The record's status file. */
  readonly status: Versions<CoordinationStatus>;
  /** Every directory under `communications/` that the commit touches. */
  readonly threads: readonly ThreadStep[];
  /** As `Context.knownRegistrations`, with what earlier commits of this push added. */
  readonly knownRegistrations: (participant: Uuid) => ReadonlySet<string> | undefined;
  /** As `Context.knownCertificates`, with those of earlier commits of this push. */
  readonly knownCertificates: (place: string) => readonly CertificateMark[];
}

/** What earlier commits have shown. */
export type Known = Pick<Step, 'knownRegistrations' | 'knownCertificates'>;

/** The shorter messages of a record are mostly the same few. */
const messages = remember<Read<CommitMessage>>(1000);
const SHORT = 1000;

function messageOf(text: string): Read<CommitMessage> {
  return text.length > SHORT ? readCommitMessage(text) : messages(text, (own) => readCommitMessage(own));
}

/** Reads all that rules share of one commit. Pure: bytes in, values and faults out. */
export function stepOf(pushed: PushedCommit, context: Context, documents: Documents, known: Known): Step {
  const { commit, parent } = pushed;
  const times = context.times({ id: pushed.id, committed: new Date((commit.committer?.time ?? 0) * 1000) });
  const statusPath = STATUS_FILE[context.record?.kind ?? 'coordination'];
  return {
    context,
    pushed,
    commit,
    parent,
    message: messageOf(commit.message),
    verification: verifyCommit(pushed.bytes, context.trust, times.received, { known: times.known }),
    times,
    status: documents.status(pushed, statusPath),
    threads: threadSteps(pushed, documents),
    knownRegistrations: known.knownRegistrations,
    knownCertificates: known.knownCertificates,
  };
}

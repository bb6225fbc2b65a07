/** What is kept of a history while it is judged: counts, and one line a signer. */
import { lacksObjects, type ObjectId } from '../format/push.js';
import { type CertificateMark, markOf } from '../trust/twins.js';
import type { Certificate } from '../trust/types.js';
import type { JudgedCommit } from '../validators/judge.js';
import { type SignedBy, signedBy, signerTable } from './signers.js';
import type { CommitReport, HistoryQuestion, HistoryReport } from './types.js';

type Result = Pick<HistoryReport, 'signers' | 'moreSigners' | 'marks' | 'counts' | 'firstUncovered' | 'expires'>;

/** Certificates on signers' paths that are remembered; a history of more is verified from the root each time. */
export const MOST_MARKS = 5000;

export function tally({ onCommit, journal, trust, at }: HistoryQuestion) {
  const signers = signerTable();
  const counts = {
    signed: 0,
    unsigned: 0,
    faulty: 0,
    receivedByHost: 0,
    cannotBeShown: 0,
    lacking: 0,
    revocationUnknown: 0,
    withProblems: 0,
  };
  let judged = 0;
  let firstUncovered: ObjectId | undefined;
  let expires = Number.POSITIVE_INFINITY;
  const ends = (date: Date): void => {
    if (date > at) expires = Math.min(expires, date.getTime());
  };
  for (const { certificate } of trust?.roots ?? []) ends(certificate.notAfter);
  for (const list of trust?.crls ?? []) ends(list.nextUpdate);

  const marks = new Map<string, CertificateMark>();
  const mark = (certificate: Certificate): void => {
    if (marks.has(certificate.fingerprint) || marks.size >= MOST_MARKS) return;
    marks.set(certificate.fingerprint, markOf(certificate));
    ends(certificate.notAfter);
  };

  return {
    judged: () => judged,
    add(commit: JudgedCommit): void {
      const { step, problems } = commit;
      const { verification, times, pushed } = step;
      const by = signedBy(step);
      judged += 1;
      if (by !== undefined) {
        counts.signed += 1;
        signers.add(pushed.id, by, step);
      } else if (!hasSignature(pushed.bytes)) counts.unsigned += 1;
      if (verification.signatureFaults.length + verification.signerFaults.length > 0) counts.faulty += 1;
      if (times.known === 'host') counts.receivedByHost += 1;
      else if (journal !== undefined) firstUncovered ??= pushed.id;
      if (verification.cannotBeShown === true) counts.cannotBeShown += 1;
      if (lacksObjects(pushed)) counts.lacking += 1;
      verification.path?.forEach(mark);
      if (verification.revocationFaults.length > 0 && trust?.revocation !== 'off') counts.revocationUnknown += 1;
      if (problems.length > 0) counts.withProblems += 1;
      onCommit?.(reportOf(commit, by));
    },
    result: (): Result => ({
      signers: signers.list(),
      moreSigners: signers.more(),
      marks: [...marks.values()],
      counts,
      ...(firstUncovered === undefined ? {} : { firstUncovered }),
      ...(expires === Number.POSITIVE_INFINITY ? {} : { expires: new Date(expires) }),
    }),
  };
}

function reportOf({ step, problems }: JudgedCommit, by: SignedBy | undefined): CommitReport {
  const { verification, times, pushed } = step;
  const { encoding, signatureFaults, signer } = verification;
  return {
    commit: pushed.id,
    signature: signatureFaults.length === 0 ? 'good' : hasSignature(pushed.bytes) ? 'faulty' : 'none',
    ...(encoding === undefined ? {} : { encoding }),
    ...(by?.certificate === undefined ? {} : { certificate: by.certificate.fingerprint }),
    ...(by?.key === undefined ? {} : { key: by.key }),
    registrations: by?.registrations ?? [],
    ...(signer === undefined ? {} : { class: signer.class }),
    ...(by?.participantId === undefined ? {} : { participantId: by.participantId }),
    trusted: signer !== undefined,
    received: instant(times.received),
    receivedBy: times.known,
    ...(verification.cannotBeShown === undefined ? {} : { cannotBeShown: true as const }),
    ...(lacksObjects(pushed) ? { lacksObjects: true as const } : {}),
    ...(verification.revocationFaults.length === 0 ? {} : { revocationUnknown: true as const }),
    problems: problems.map(({ rule, severity, path, line }) => ({
      rule,
      severity,
      ...(path === undefined ? {} : { path }),
      ...(line === undefined ? {} : { line }),
    })),
  };
}

/** Whether a header of the commit is, or wants to look like, a signature. */
function hasSignature(commit: Uint8Array): boolean {
  const bytes = Buffer.from(commit.buffer, commit.byteOffset, commit.byteLength);
  const end = bytes.indexOf('\n\n');
  return bytes.subarray(0, end < 0 ? bytes.length : end).includes('\ngpgsig');
}

/** RFC 3339; a committer's date may lie beyond what a calendar holds. */
function instant(date: Date): string {
  return Number.isNaN(date.getTime()) ? 'no date' : date.toISOString();
}

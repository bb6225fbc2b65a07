/** A whole look, as data: what every output is made from. */

import type { HostTrust } from '../records/trust-bundle.js';
import type { Trust } from '../trust/types.js';
import type { RecordReport } from './measure.js';
import type { Versions } from './program.js';
import { MOST_SIGNERS } from './signers.js';
import type { Gap, Only, SignerSummary } from './types.js';

/** A record, and where it lies. */
export interface NamedReport extends RecordReport {
  /** As it was given, or a repository's path below its host. */
  readonly where: string;
}

/** Everything that was looked at. */
export interface Report {
  readonly good: boolean;
  /** The moment of the look, and the one that it was made as of: RFC 3339. */
  readonly time: string;
  readonly at: string;
  readonly versions: Versions;
  readonly digests: {
    /** Of the trust bundle, of vpr.yaml, and of the trusted certificates. */
    readonly trustBundle?: string;
    readonly policy?: string;
    readonly trust?: string;
  };
  readonly only: Only;
  readonly totals: { readonly records: number; readonly good: number; readonly commits: number; readonly cached: number };
  /** The record; of a host, those that are not good, up to `MOST_RECORDS`. */
  readonly records: readonly NamedReport[];
  /** What was not looked at in records that are good and not in `records`, and in how many of them. */
  readonly notes: readonly { readonly note: string; readonly records: number }[];
  readonly signers: readonly SignerSummary[];
  /** Certificates that the host trusts, by fingerprint. */
  readonly authorities: readonly {
    readonly certificate: string;
    readonly subject: string;
    readonly notBefore: string;
    readonly notAfter: string;
  }[];
  /** What is wrong with the host as a whole. */
  readonly gaps: readonly Gap[];
}

/** Records of a host that are reported one by one. */
export const MOST_RECORDS = 100;
/** Different notes of the other ones that are told. */
const MOST_NOTES = 100;

export type Frame = Pick<Report, 'time' | 'at' | 'versions' | 'only'> & { readonly host: HostTrust | undefined; readonly bundled: boolean };

/** Gathers records into a report. `every`: good ones are reported one by one as well. */
export function gather({ host, bundled, ...frame }: Frame, every: boolean) {
  const records: NamedReport[] = [];
  const signers = new Map<string, SignerSummary>();
  const notes = new Map<string, number>();
  const gaps: Gap[] = [];
  const totals = { records: 0, good: 0, commits: 0, cached: 0 };
  return {
    add(record: NamedReport): void {
      totals.records += 1;
      if (record.good) totals.good += 1;
      totals.commits += record.history?.verdict.commits.judged ?? 0;
      totals.cached += record.cached?.commits ?? 0;
      if ((every || !record.good) && records.length < MOST_RECORDS) records.push(record);
      else if (record.good)
        for (const note of record.notes) if (notes.has(note) || notes.size < MOST_NOTES) notes.set(note, (notes.get(note) ?? 0) + 1);
      for (const signer of record.history?.signers ?? []) addSigner(signers, signer);
    },
    gap: (gap: Gap) => void gaps.push(gap),
    report: (): Report => ({
      good: totals.good === totals.records && gaps.length === 0,
      ...frame,
      digests:
        host === undefined ? {} : { ...(bundled ? { trustBundle: host.digest } : {}), policy: host.policyDigest, trust: host.trust.digest },
      totals,
      records,
      notes: [...notes].map(([note, count]) => ({ note, records: count })),
      signers: [...signers.values()],
      authorities: host === undefined ? [] : authoritiesOf(host.trust),
      gaps,
    }),
  };
}

function addSigner(signers: Map<string, SignerSummary>, signer: SignerSummary): void {
  const key = signer.certificate ?? signer.key ?? '';
  const known = signers.get(key);
  if (known !== undefined)
    signers.set(key, { ...known, commits: known.commits + signer.commits, trusted: known.trusted + signer.trusted, last: signer.last });
  else if (signers.size < MOST_SIGNERS) signers.set(key, signer);
}

function authoritiesOf({ roots, intermediates, listed }: Trust): Report['authorities'] {
  const all = [...roots.map(({ certificate }) => certificate), ...intermediates, ...listed.map(({ certificate }) => certificate)];
  return all.map((certificate) => ({
    certificate: certificate.fingerprint,
    subject: certificate.isCa ? certificate.subject.text : 'a single certificate',
    notBefore: certificate.notBefore.toISOString(),
    notAfter: certificate.notAfter.toISOString(),
  }));
}

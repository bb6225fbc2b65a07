/** A look as machines read it: ids, rules, places, digests and times; never what a record says, nor anybody's name. */
import { reportData } from '../validators/verdict.js';
import type { NamedReport, Report } from './report.js';

/** The value of `format`. */
const FORMAT = 'vpr-verification/1';

/** Plain data, in the order that a reader wants it. */
export function jsonReport(report: Report) {
  const { good, time, at, versions, digests, only, totals, records, notes, signers, authorities, gaps } = report;
  return {
    format: FORMAT,
    good,
    time,
    at,
    only,
    totals,
    gaps,
    records: records.map(recordData),
    notChecked: notes,
    signers,
    authorities,
    digests,
    versions,
  };
}

function recordData(named: NamedReport) {
  const { where, record, good, from, to, only, history, cached, expect, baseline, gaps, notes, otherRefs } = named;
  return {
    where,
    record,
    good,
    only,
    range: { from: from ?? null, to: to ?? null },
    ...(history === undefined ? {} : historyData(history)),
    ...(cached === undefined ? {} : { cached }),
    ...(expect === undefined ? {} : { expect }),
    ...(baseline === undefined ? {} : { baseline }),
    incomplete: gaps,
    notChecked: notes,
    otherRefs,
  };
}

function historyData({ verdict, first, whole, signers, moreSigners, counts, receipts, expires }: NonNullable<NamedReport['history']>) {
  const { commits, problems, suppressed, notChecked } = reportData(verdict);
  return {
    first: first ?? null,
    whole,
    commits: { ...commits, ...counts },
    problems,
    suppressed,
    rulesNotChecked: notChecked,
    signers,
    moreSigners,
    ...(receipts === undefined ? {} : { journal: receipts }),
    ...(expires === undefined ? {} : { expires: expires.toISOString() }),
  };
}

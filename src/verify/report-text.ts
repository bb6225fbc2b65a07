/** A look as a person reads it on a terminal. */
import { counted, printable } from '../format/text.js';
import type { JudgedProblem } from '../problem.js';
import { reportText } from '../validators/report.js';
import type { NamedReport, Report } from './report.js';
import type { SignerSummary } from './types.js';

/** Signers that are shown; the summary has them all. */
const SHOWN_SIGNERS = 20;
/** Longest sentence that is shown. */
const SENTENCE = 600;

/** One line an element. */
export function textReport(report: Report, many: boolean): string[] {
  const { records, totals, gaps, signers, digests } = report;
  const lines = records.flatMap((record) => recordLines(record, many));
  for (const { code, message } of gaps) lines.push(`incomplete (${code}): ${printable(message, SENTENCE)}`);
  if (many) {
    lines.push(
      report.good
        ? `${counted(totals.records, 'record')} verified, ${counted(totals.commits, 'commit')} in all: every rule holds`
        : `not good: ${totals.records - totals.good} of ${counted(totals.records, 'record')}${totals.records - totals.good > records.length ? `, of which ${records.length} are shown` : ''}`,
    );
    if (totals.cached > 0)
      lines.push(
        `${totals.cached} of the commits as earlier runs have verified them, their objects were not read again; ${totals.commits - totals.cached} now (--no-cache reads all)`,
      );
  }
  for (const { note, records: count } of report.notes)
    lines.push(`not checked in ${counted(count, 'record')}: ${printable(note, SENTENCE)}`);
  lines.push('', ...signers.slice(0, SHOWN_SIGNERS).map(signerLine));
  if (signers.length > SHOWN_SIGNERS) lines.push(`and ${signers.length - SHOWN_SIGNERS} more signers (--summary FILE, --format json)`);
  if (digests.trustBundle !== undefined) lines.push(`trust bundle: ${digests.trustBundle}`);
  return lines;
}

function recordLines(named: NamedReport, many: boolean): string[] {
  const { record, where, history, gaps, notes, good, cached, only } = named;
  const lines: string[] = [];
  if (many) lines.push(`record ${record.id ?? 'unknown'} (${record.kind}), ${printable(where)}:`);
  const problems = (history?.verdict.problems ?? []).map(withoutHelp);
  if (history !== undefined) lines.push(...reportText({ ...history.verdict, problems }));
  const judged = history?.verdict.commits.judged ?? 0;
  const rules = only === 'signatures' ? 'every signature holds' : 'every rule holds';
  if (good) lines.push(`${counted(judged, 'commit')} verified: ${rules}`);
  else if (gaps.length > 0) lines.push(`incomplete: ${incomplete(named, problems.length > 0)}`);
  if (cached !== undefined) {
    const again = judged - cached.commits;
    lines.push(
      `${cached.commits} of them as verified on ${cached.on}, their objects were not read again; ${again} now (--no-cache reads all)`,
    );
  }
  if (gaps.length + notes.length > 0) lines.push('');
  for (const { code, message } of gaps) lines.push(`incomplete (${code}): ${printable(message, SENTENCE)}`);
  for (const note of notes) lines.push(`not checked: ${printable(note, SENTENCE)}`);
  return lines;
}

/** Help is for who is about to push: what has been pushed is not to be written anew. */
function withoutHelp({ help: _, ...problem }: JudgedProblem): JudgedProblem {
  return problem;
}

function incomplete({ history }: NamedReport, withProblems: boolean): string {
  const { judged, pushed } = history?.verdict.commits ?? { judged: 0, pushed: 0 };
  const found = withProblems ? 'with the problems above' : 'and no problem found in what could be checked';
  return `${judged - (history?.counts.lacking ?? 0)} of ${counted(pushed, 'commit')} judged, ${found}`;
}

function signerLine(signer: SignerSummary): string {
  const { certificate, key, registrations, commits, trusted, notBefore, notAfter } = signer;
  const by = certificate === undefined ? `bare key ${key?.slice(0, 16)}…` : `certificate ${certificate.slice(0, 16)}…`;
  const who = registrations.length === 0 ? 'no registration' : registrations.map((registration) => printable(registration, 80)).join(', ');
  const valid = notBefore === undefined ? '' : `, valid ${notBefore.slice(0, 10)} to ${notAfter?.slice(0, 10)}`;
  const trust = trusted === commits ? '' : `, ${trusted} of them by a signer the host trusts`;
  return `signed: ${counted(commits, 'commit')} by ${who} (${by}${valid})${trust}`;
}

/** A summary that a person can file: what was looked at, by what, and what came of it. Markdown. */
import type { NamedReport, Report } from './report.js';

/** Problems and records that are listed one by one. */
const LISTED = 200;

/** The document. It names nobody: signers are certificates and registrations. */
export function summaryText(report: Report): string {
  const { good, time, at, versions, digests, totals, records, notes, signers, authorities, gaps, only } = report;
  return [
    `# Verification: ${good ? 'all of it was checked, and all of it is good' : 'NOT GOOD'}`,
    '',
    ...table(
      ['what', ''],
      [
        ['made', time],
        ['judged as of', at],
        ['asked', only === 'everything' ? 'every rule' : 'signatures only'],
        ['records', `${totals.records}, of them good: ${totals.good}`],
        ['commits', `${totals.commits}${totals.cached === 0 ? '' : `, of them as an earlier run has verified: ${totals.cached}`}`],
        ['vpr', `${versions.vpr}, format ${versions.format}, program SHA-256 ${versions.program}`],
        ['node, git', `${versions.node}, ${versions.git}`],
        ['trust bundle, SHA-256', digests.trustBundle ?? '-'],
        ['policy (vpr.yaml), SHA-256', digests.policy ?? '-'],
        ['trusted certificates, SHA-256', digests.trust ?? '-'],
      ],
    ),
    ...gaps.map(({ code, message }) => `- incomplete (${code}): ${cell(message)}`),
    ...records.flatMap(recordLines),
    ...notes.map(({ note, records: count }) => `- not checked in ${count} other records: ${cell(note)}`),
    ...(notes.length === 0 ? [] : ['']),
    '## Signers',
    '',
    ...table(
      ['certificate or key (SHA-256)', 'registrations', 'class', 'valid', 'commits', 'trusted', 'first', 'last'],
      signers.map(({ certificate, key, registrations, class: as, notBefore, notAfter, commits, trusted, first, last }) => [
        certificate ?? `key ${key ?? '-'}`,
        registrations.join(', ') || '-',
        as ?? '-',
        notBefore === undefined ? '-' : `${notBefore} to ${notAfter ?? ''}`,
        `${commits}`,
        `${trusted}`,
        first,
        last,
      ]),
    ),
    '## Certificates the host trusts',
    '',
    ...table(
      ['certificate (SHA-256)', 'subject', 'valid'],
      authorities.map(({ certificate, subject, notBefore, notAfter }) => [certificate, subject, `${notBefore} to ${notAfter}`]),
    ),
  ].join('\n');
}

function recordLines(named: NamedReport): string[] {
  const { record, where, good, from, to, history, cached, expect, baseline, gaps, notes } = named;
  const { problems = [], suppressed = {}, commits } = history?.verdict ?? {};
  const counts = history?.counts;
  return [
    `## Record ${record.id ?? 'unknown'} (${record.kind})`,
    '',
    ...table(
      ['what', ''],
      [
        ['where', where],
        ['good', good ? 'yes' : 'NO'],
        ['range', `${from ?? 'the root'} to ${to ?? 'nothing yet'}`],
        ['commits judged', `${(commits?.judged ?? 0) - (counts?.lacking ?? 0)} of ${commits?.pushed ?? 0}`],
        ['as verified before', cached === undefined ? '-' : `${cached.commits}, up to ${cached.tip}, on ${cached.on}: not read again`],
        ['signed, unsigned', `${counts?.signed ?? 0}, ${counts?.unsigned ?? 0}`],
        ['receipt known from the host', `${counts?.receivedByHost ?? 0}`],
        ['cannot be shown', `${counts?.cannotBeShown ?? 0}`],
        ['--expect', expect === undefined ? '-' : `${expect.commit}: ${expect.met ? 'in the history' : 'NOT found in the history'}`],
        [
          'baseline',
          baseline === undefined
            ? '-'
            : `${baseline.commit} of ${baseline.received}: ${baseline.met ? 'in the history' : 'NOT found in the history'}`,
        ],
      ],
    ),
    ...gaps.map(({ code, message }) => `- incomplete (${code}): ${cell(message)}`),
    ...notes.map((note) => `- not checked: ${cell(note)}`),
    ...(gaps.length + notes.length === 0 ? [] : ['']),
    ...(problems.length === 0 ? [] : ['### Problems', '']),
    ...table(
      ['rule', 'severity', 'commit', 'path', 'line'],
      problems
        .slice(0, LISTED)
        .map(({ rule, severity, commit, path, line }) => [
          rule,
          severity,
          commit ?? '-',
          path === undefined ? '-' : Buffer.from(path, 'latin1').toString('utf8'),
          `${line ?? '-'}`,
        ]),
    ),
    ...Object.entries(suppressed).map(([rule, count]) => `- and ${count} more of ${rule}`),
    ...(Object.keys(suppressed).length === 0 ? [] : ['']),
  ];
}

/** A table; nothing where it has no rows. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  if (rows.length === 0) return [];
  const line = (cells: readonly string[]) => `| ${cells.map(cell).join(' | ')} |`;
  return [line(head), `|${head.map(() => '---').join('|')}|`, ...rows.map(line), ''];
}

/** Text in Markdown, on one line, that means nothing but itself. */
function cell(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}\p{Co}\p{Cs}]/gu, '\u{fffd}').replaceAll(/[\\`*_{}[\]<>()#!|&~]/g, '\\$&');
}

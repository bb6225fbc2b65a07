/** JUnit's XML, as GitLab, Gitea's and other servers read it: a suite for each record, a case for each rule. */

import type { Rule } from '../validators/rule.js';
import { RULES } from '../validators/rules.js';
import { FORMAT_VERSION } from '../validators/verdict.js';
import { COMMIT_RULES, SIGNATURE_RULES } from './history.js';
import { brokenOf } from './items.js';
import type { NamedReport, Report } from './report.js';

/** One case: failed, skipped, or neither. */
interface Case {
  readonly name: string;
  readonly failures?: readonly string[];
  readonly skipped?: string;
}

/** The document. */
export function junitReport(report: Report): string {
  const suites = [
    ...report.records.map((record) => ({ name: record.record.id ?? record.where, cases: casesOf(record) })),
    { name: 'vpr verify', cases: [{ name: 'verify/host', failures: report.gaps.map(({ code, message }) => `${code}: ${message}`) }] },
  ];
  const all = suites.flatMap(({ cases }) => cases);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="vpr verify" ${counts(all)} time="0">`,
    ...suites.flatMap(({ name, cases }) => [
      `  <testsuite name="${xml(name)}" ${counts(cases)} skipped="${skippedOf(cases)}" timestamp="${report.time.slice(0, 19)}" time="0">`,
      ...cases.flatMap((one) => caseLines(one)),
      '  </testsuite>',
    ]),
    '</testsuites>',
  ].join('\n');
}

function casesOf({ history, gaps, only }: NamedReport): Case[] {
  const { problems = [], suppressed = {} } = history?.verdict ?? {};
  const rules = RULES.filter(({ id }) => only === 'everything' || SIGNATURE_RULES.has(id));
  return [
    { name: 'verify/complete', failures: gaps.map(({ code, message }) => `${code}: ${message}`) },
    ...rules.map((rule): Case => {
      const { id } = rule;
      const skipped = whySkipped(rule, history);
      if (skipped !== undefined) return { name: id, skipped };
      const own = problems.filter(({ rule, severity }) => rule === id && severity === 'error');
      const more = suppressed[id] === undefined ? [] : [`and ${suppressed[id]} more`];
      return { name: id, failures: [...own.map(({ commit, path, line }) => placeOf(commit, path, line)), ...more] };
    }),
  ];
}

/** Why a rule was asked of nothing at all, or not of what it says: it has neither held nor failed. */
function whySkipped({ id, onPush }: Rule, history: NamedReport['history']): string | undefined {
  if (history === undefined) return 'there is no commit';
  const { verdict, counts, brokenOff } = history;
  if (verdict.notChecked.includes(id)) return "it needs the host's trust, which is not here";
  // A merge among the commits that are there is one all the same.
  if (id === 'history/linear' && brokenOff && !verdict.problems.some(({ rule }) => rule === id))
    return 'the history cannot be followed to its end';
  if (onPush !== undefined) return undefined;
  const asked = verdict.commits.judged - (COMMIT_RULES.has(id) ? 0 : counts.lacking);
  return asked === 0 ? 'no commit could be judged by it' : undefined;
}

function placeOf(commit: string | undefined, path: string | undefined, line: number | undefined): string {
  const file = path === undefined ? '' : ` ${Buffer.from(path, 'latin1').toString('utf8')}`;
  return `commit ${commit ?? '-'}${file}${line === undefined ? '' : `:${line}`}`;
}

function caseLines({ name, failures = [], skipped }: Case): string[] {
  const start = `    <testcase classname="vpr.format${FORMAT_VERSION}" name="${xml(name)}" time="0"`;
  if (skipped !== undefined) return [`${start}>`, `      <skipped message="${xml(skipped)}"/>`, '    </testcase>'];
  if (failures.length === 0) return [`${start}/>`];
  const message = name.startsWith('verify/') ? 'the look is incomplete' : brokenOf(name);
  return [
    `${start}>`,
    `      <failure message="${xml(message)}" type="${xml(name)}">${failures.map(xml).join('\n')}</failure>`,
    '    </testcase>',
  ];
}

function counts(cases: readonly Case[]): string {
  const failed = cases.filter(({ failures = [] }) => failures.length > 0).length;
  return `tests="${cases.length}" failures="${failed}" errors="0"`;
}

/** Counted in a suite only: the schema knows no such attribute of all suites. */
function skippedOf(cases: readonly Case[]): number {
  return cases.filter(({ skipped }) => skipped !== undefined).length;
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;' };

/** Text for XML 1.0, on one line (a log may be read for commands at the beginnings of lines): marks as entities, and what XML can't hold (control characters, halves of pairs) as U+FFFD. */
function xml(text: string): string {
  return text
    .replaceAll(/[\t\n\r]+/g, ' ')
    .replaceAll(/[^\u{20}-\u{7e}\u{a0}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu, '\u{fffd}')
    .replaceAll(/[&<>"']/g, (mark) => ENTITIES[mark] ?? mark);
}

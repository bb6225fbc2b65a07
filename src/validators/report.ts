import { Buffer } from 'node:buffer';
import { counted, printable } from '../format/text.js';
import type { JudgedProblem } from '../problem.js';
import type { Verdict } from './verdict.js';

/** Quoted lines of a record are cut here: a screen, not a log. */
const QUOTED = 160;
/** Help is to be typed, paths and all. */
const HELP = 900;
/** Help that changes the last commit does not help an earlier one. */
const EARLIER = [
  'where it is not your last commit: git rebase --interactive -S origin/main',
  '  and write edit for pick before that commit, then what its help says, then: git rebase --continue',
];

/**
 * A verdict as a person reads it: one line an element, without the `remote: `
 * that git puts in front. Everything that came from the push is stripped of
 * control characters. Empty where there is nothing to say.
 */
export function reportText(verdict: Verdict): string[] {
  if (verdict.problems.length === 0) return [];
  const lines = [headline(verdict), ''];
  for (const problem of verdict.problems) lines.push(...problemLines(problem), '');
  for (const [rule, count] of Object.entries(verdict.suppressed)) lines.push(`and ${count} more of ${rule}`, '');
  return mendsEarlier(verdict) ? [...lines, ...EARLIER, ''] : lines;
}

function mendsEarlier({ problems, tip }: Verdict): boolean {
  return problems.some(
    ({ commit, help = [] }) => commit !== undefined && commit !== tip && help.some((line) => /--amend|HEAD~1/.test(line)),
  );
}

function headline(verdict: Verdict): string {
  const shown = verdict.problems.length;
  const hidden = Object.values(verdict.suppressed).reduce((sum, count) => sum + count, 0);
  const commits = new Set(verdict.problems.flatMap(({ commit }) => commit ?? [])).size;
  const where = commits === 0 ? '' : ` in ${commits} of ${counted(verdict.commits.pushed, 'commit')}`;
  return `${verdict.accepted ? 'accepted, with' : 'refused:'} ${counted(shown + hidden, 'problem')}${where}`;
}

function problemLines(problem: JudgedProblem): string[] {
  const { rule, severity, message, commit, path, line, content = [], help = [] } = problem;
  const place =
    path === undefined ? '' : `  ${printable(Buffer.from(path, 'latin1').toString('utf8'))}${line === undefined ? '' : `:${line}`}`;
  return [
    `${severity === 'warn' ? 'warning' : severity} ${rule}${place}`,
    `  ${commit === undefined ? '' : `commit ${commit.slice(0, 9)}: `}${printable(message)}`,
    ...content.map(({ sign, text }) => `  ${sign} ${printable(text.slice(0, QUOTED))}${text.length > QUOTED ? '…' : ''}`),
    ...help.map((text, index) => `  ${index === 0 ? 'help:' : '     '} ${printable(text, HELP)}`),
    `  more: vpr explain ${rule}`,
  ];
}

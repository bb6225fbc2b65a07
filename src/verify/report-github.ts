/** GitHub's workflow commands, which Gitea and Forgejo read as well: annotations on a run. */
import { counted } from '../format/text.js';
import { type Item, itemsOf } from './items.js';
import type { Report } from './report.js';

/** GitHub shows ten of a kind; what comes after these would only fill the log. */
const MOST = 200;

/** One command a line. */
export function githubReport(report: Report): string {
  const lines: string[] = [];
  for (const item of itemsOf(report)) {
    if (lines.length === MOST) break;
    lines.push(command(item));
  }
  const { totals, good, versions } = report;
  const words = `${counted(totals.commits, 'commit')} of ${counted(totals.records, 'record')} judged by vpr ${versions.vpr}: ${good ? 'all good' : 'not good'}`;
  lines.push(`::notice title=${property('vpr verify')}::${data(words)}`);
  return lines.join('\n');
}

function command({ level, rule, message, record, commit, path, line }: Item): string {
  const properties = [
    ...(path === undefined ? [] : [`file=${property(path.replaceAll(/[\p{Cc}\p{Cf}]/gu, '\u{fffd}'))}`]),
    ...(line === undefined ? [] : [`line=${line}`]),
    `title=${property(rule)}`,
  ];
  const where = commit === undefined ? `record ${record}` : `record ${record}, commit ${commit}`;
  return `::${level} ${properties.join(',')}::${data(`${message} (${where})`)}`;
}

/** As the runner's toolkit escapes what follows the second `::`, and what stands in a property. */
function data(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}

// What a stream of TAP says, in short: a line for each test file, what was
// skipped and why, and what is to be known of each failure. `node scripts/tap-report.js FILE` prints them; its
// last line is `PASSED FAILED SKIPPED`, the assertions.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Lines of one failure that are shown. */
const SHOWN = 60;

export function report(tap) {
  const said = tap.split('\n');
  const sums = said.findLast((line) => line.startsWith('# { total: ')) ?? '';
  const of = (name) => Number(sums.match(new RegExp(`\\b${name}: (\\d+)`))?.[1] ?? 0);
  return { lines: said.flatMap(shown), sums: { passed: of('pass'), failed: of('fail'), skipped: of('skip') + of('todo') } };
}

/** What is shown of a line, and of those after it. */
function shown(line, index, lines) {
  if (/^(?:not )?ok /.test(line)) return [line];
  if (/^ +ok .* # SKIP/.test(line)) return [line]; // what would run it, if it were there
  const indent = line.match(/^( +)not ok /)?.[1];
  // A test fails because of an assertion in it, which has said so one level deeper.
  if (indent === undefined || / # time=/.test(line)) return [];
  const rest = lines.slice(index + 1, index + 1 + SHOWN);
  const end = rest.findIndex((text) => text.trimEnd() === `${indent}  ...`);
  return rest[0]?.trim() === '---' ? [line, ...rest.slice(0, end === -1 ? SHOWN : end + 1)] : [line];
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { lines, sums } = report(readFileSync(process.argv[2], 'utf8'));
  console.log([...lines, `${sums.passed} ${sums.failed} ${sums.skipped}`].join('\n'));
}

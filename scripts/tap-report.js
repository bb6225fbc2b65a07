// Reads what `tap --reporter=tap` printed. Prints a line for each test file and
// what is to be known of each failure; the last line is `PASSED FAILED SKIPPED`,
// the assertions.
import { readFileSync } from 'node:fs';

/** Lines of one failure that are shown. */
const SHOWN = 60;

const lines = readFileSync(process.argv[2], 'utf8').split('\n');
for (const [index, line] of lines.entries()) {
  if (/^(?:not )?ok /.test(line)) console.log(line);
  const indent = line.match(/^( +)not ok /)?.[1];
  // A test fails because of an assertion in it, which has said so one level deeper.
  if (indent === undefined || / # time=/.test(line)) continue;
  console.log(line);
  const rest = lines.slice(index + 1, index + 1 + SHOWN);
  const end = rest.findIndex((text) => text.trimEnd() === `${indent}  ...`);
  if (rest[0]?.trim() === '---') console.log(rest.slice(0, end === -1 ? SHOWN : end + 1).join('\n'));
}

const sums = lines.findLast((line) => line.startsWith('# { total: ')) ?? '';
const of = (name) => Number(sums.match(new RegExp(`\\b${name}: (\\d+)`))?.[1] ?? 0);
console.log(of('pass'), of('fail'), of('skip') + of('todo'));

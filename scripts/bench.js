// `npm run bench -- NAME [--json] [--runs N] [--case TEXT]`: builds, then runs
// bench/NAME.ts (or those of its cases whose name holds TEXT) and prints its
// medians as a table, or as one JSON object. bench/README.md says what is
// measured, and how.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const BENCHES = ['push', 'verify', 'projections'];
const FEWEST_RUNS = 9;
const root = fileURLToPath(new URL('..', import.meta.url));

const { values, positionals } = options();
const [name, ...others] = positionals;
const runs = Number(values.runs);
if (!BENCHES.includes(name) || others.length > 0) usage(`name one of: ${BENCHES.join(', ')}`);
if (!Number.isInteger(runs) || runs < FEWEST_RUNS) usage(`--runs is a whole number, at least ${FEWEST_RUNS}`);

const { status } = spawnSync(process.execPath, ['scripts/build.js'], { cwd: root, stdio: ['ignore', 2, 2] });
if (status !== 0 || !existsSync(`${root}dist/bench/${name}.js`)) process.exit(2);
const { bench } = await import(`../dist/bench/${name}.js`);
const { table } = await import('../dist/bench/report.js');
const result = await bench(runs, values.case);
console.log(values.json ? JSON.stringify(result) : table(result));

function options() {
  try {
    return parseArgs({
      options: {
        json: { type: 'boolean', default: false },
        runs: { type: 'string', default: '15' },
        case: { type: 'string', default: '' },
      },
      allowPositionals: true,
    });
  } catch (error) {
    return usage(error.message);
  }
}

function usage(problem) {
  console.error(`bench: ${problem}\nusage: npm run bench -- NAME [--json] [--runs N] [--case TEXT]`);
  process.exit(2);
}

// `npm run bench -- NAME [--json] [--runs N] [--case TEXT]`: builds, then runs
// bench/NAME.ts (or those of its cases whose name holds TEXT) and prints its
// medians as a table, or as one JSON object. bench/README.md says what is
// measured, and how.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

/** How often each measures by itself, and how often at least: one push is short, and differs from the next; a history takes minutes. */
const BENCHES = { push: { usual: 15, fewest: 9 }, verify: { usual: 3, fewest: 1 }, projections: { usual: 1, fewest: 1 } };
const root = fileURLToPath(new URL('..', import.meta.url));

const { values, positionals } = options();
const [name, ...others] = positionals;
if (!Object.hasOwn(BENCHES, name) || others.length > 0) usage(`name one of: ${Object.keys(BENCHES).join(', ')}`);
const { usual, fewest } = BENCHES[name];
const runs = Number(values.runs ?? usual);
if (!Number.isInteger(runs) || runs < fewest) usage(`--runs is a whole number, at least ${fewest}`);

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
        runs: { type: 'string' },
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

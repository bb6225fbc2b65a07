// `npm run check`: everything about the project that is not a test. Each step
// gets one line; what a failing one printed follows it. Exit 1 if any failed.
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Step → the script it runs, from the project's root, and its arguments. */
const STEPS = {
  'build (schemas, types, bundles)': ['scripts/build.js'],
  'format and lint (biome.json)': [
    'node_modules/@biomejs/biome/bin/biome',
    'check',
    '--error-on-warnings',
    '--diagnostic-level=warn',
    '--max-diagnostics=20',
  ],
  'import directions (.dependency-cruiser.cjs)': [
    'node_modules/dependency-cruiser/bin/dependency-cruise.mjs',
    '--config',
    '.dependency-cruiser.cjs',
    ...['src', 'test', 'bench', 'scripts', 'bin'].filter((folder) => existsSync(`${root}${folder}`)),
  ],
  'nothing unused (knip.json)': ['node_modules/knip/bin/knip.js', '--no-config-hints'],
  'spelling (cspell.json)': ['node_modules/cspell/bin.mjs', 'lint', '--no-progress', '--no-summary', '--quiet'],
  'licences of what ships': ['scripts/licences.js'],
  'generated pages are current': ['scripts/docs.js'],
};

/** All that a step printed, and whether it went well. */
function run(args) {
  return new Promise((resolve) => {
    execFile(process.execPath, args, { cwd: root, maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) => {
      const ended = error?.signal ? `ended by ${error.signal}` : typeof error?.code === 'string' ? error.message : '';
      resolve({ good: error === null, said: `${stdout}${stderr}${ended}`.trimEnd() });
    });
  });
}

// The others look at what is built. They look at once, and are told of in this order.
const [[first, build], ...others] = Object.entries(STEPS);
const built = await run(build);
const results = [[first, built], ...others.map(([name, args]) => [name, run(args)])];
let failed = 0;
for (const [name, result] of results) {
  const { good, said } = await result;
  console.log(`${good ? 'ok  ' : 'FAIL'}  ${name}`);
  if (good) continue;
  failed += 1;
  console.log(said);
}
console.log(failed === 0 ? 'all checks passed' : `${failed} of ${results.length} checks failed`);
process.exitCode = failed === 0 ? 0 : 1;

// `npm run check`: everything about the project that is not a test. Each step
// gets one line; what a failing one printed follows it. Exit 1 if any failed.
import { spawnSync } from 'node:child_process';
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

let failed = 0;
for (const [name, args] of Object.entries(STEPS)) {
  const { status, signal, error, stdout, stderr } = spawnSync(process.execPath, args, {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  const good = status === 0;
  console.log(`${good ? 'ok  ' : 'FAIL'}  ${name}`);
  if (good) continue;
  failed += 1;
  console.log(`${stdout ?? ''}${stderr ?? ''}${error?.message ?? ''}${signal ? `ended by ${signal}` : ''}`.trimEnd());
}
console.log(failed === 0 ? 'all checks passed' : `${failed} of ${Object.keys(STEPS).length} checks failed`);
process.exitCode = failed === 0 ? 0 : 1;

// Every package that ships with vpr (package-lock.json, without what only
// development needs) must carry one of these licences.
import { readFileSync } from 'node:fs';

const ALLOWED = new Set([
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'CC0-1.0',
  'ISC',
  'MIT',
  'Python-2.0',
  'Unlicense',
]);

/** Whether an SPDX expression of names, AND and OR leaves an allowed choice: AND binds tighter, brackets only around the whole. */
function allowed(expression) {
  const bare = expression.replace(/^\((.*)\)$/, '$1');
  return bare.split(' OR ').some((choice) => choice.split(' AND ').every((name) => ALLOWED.has(name)));
}

const { packages } = JSON.parse(readFileSync(new URL('../package-lock.json', import.meta.url), 'utf8'));
const shipped = Object.entries(packages).filter(([path, { dev }]) => path !== '' && dev !== true);
const refused = shipped.filter(([, { license }]) => typeof license !== 'string' || !allowed(license));
for (const [path, { license, version }] of refused) {
  console.log(`${path.replace(/^.*node_modules\//, '')}@${version}: ${license ?? 'no licence given'}`);
}
if (shipped.length === 0) console.log('package-lock.json lists nothing that ships: is it whole?');
if (refused.length > 0 || shipped.length === 0) {
  console.log(`allowed are ${[...ALLOWED].join(', ')} (scripts/licences.js)`);
  process.exitCode = 1;
} else {
  console.log(`${shipped.length} packages ship, all under allowed licences`);
}

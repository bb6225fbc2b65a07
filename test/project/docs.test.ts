/** The pages under docs/, and the README's tables: they name what exists, and say what the code says. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import t from 'tap';
import { RULES } from '../../src/validators/index.js';
import { codeOf } from './markdown.js';

const page = (path: string) => readFileSync(path, 'utf8');
const ruleIds = new Set(RULES.map(({ id }) => id));

t.test('generated pages are what the generators print', async (t) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['scripts/docs.js'], { encoding: 'utf8' });
  t.equal(status, 0, 'npm run docs writes them', { output: `${stdout}${stderr}` });
});

t.test('every invariant names a rule or a test that exists, and no rule is without an invariant', async (t) => {
  const lines = page('docs/invariants.md').split('\n');
  const held = lines.filter((line) => line.startsWith('- '));
  const named = new Set<string>();
  for (const line of held) {
    const holders = codeOf(line.split(' — ')[1] ?? '');
    t.ok(holders.length > 0, `is held by something: ${line}`);
    for (const holder of holders) {
      named.add(holder);
      t.ok(ruleIds.has(holder) || (/^test\/(?:.*\.test|soak\/soak)\.ts$/.test(holder) && existsSync(holder)), `${holder} exists`);
    }
  }
  t.strictSame(
    [...ruleIds].filter((id) => !named.has(id)),
    [],
  );
});

t.test('dependencies.md lists what package.json does, at its version', async (t) => {
  const { dependencies, optionalDependencies, devDependencies } = JSON.parse(page('package.json')) as Record<
    string,
    Record<string, string>
  >;
  const rows = [...page('docs/dependencies.md').matchAll(/^\| `([^`]+)` \| ([\d.]+) \|/gm)].map(([, name, version]) => [name, version]);
  t.strictSame(Object.fromEntries(rows), { ...dependencies, ...optionalDependencies, ...devDependencies });
});

t.test("the README's tables have every command, once", async (t) => {
  const listed = [...page('README.md').matchAll(/^\| `vpr ([^`]+)` \|/gm)].map(([, name]) => name ?? '');
  const files = readdirSync('src/commands', { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
  t.strictSame([...listed].sort(), files.map((name) => name.slice(0, -'.ts'.length).replaceAll('/', ' ')).sort());
});

t.test('links between pages lead somewhere, and rules that pages name exist', async (t) => {
  const pages = ['README.md', ...readdirSync('docs', { recursive: true, encoding: 'utf8' }).map((name) => join('docs', name))];
  for (const path of pages.filter((name) => name.endsWith('.md'))) {
    const text = page(path);
    for (const [, target] of text.matchAll(/\]\((?!https?:)([^)#]+)(?:#[^)]*)?\)/g))
      t.ok(existsSync(join(dirname(path), target ?? '')), `${path}: ${target}`);
    const families = new Set([...ruleIds].map((id) => id.split('/')[0]));
    const like = codeOf(text).filter((code) => /^[a-z]+\/[a-z-]+$/.test(code) && families.has(code.split('/')[0]));
    t.strictSame(
      like.filter((code) => !ruleIds.has(code)),
      [],
      `${path}: rules`,
    );
  }
});

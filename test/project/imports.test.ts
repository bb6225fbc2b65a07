import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import t from 'tap';

/** Rule of .dependency-cruiser.cjs → a file and an import in it that the rule must refuse. */
const REFUSED: Readonly<Record<string, readonly [file: string, imported: string]>> = {
  'base-imports': ['src/problem.ts', './format/a.js'],
  'format-imports': ['src/format/b.ts', '../trust/a.js'],
  'trust-imports': ['src/trust/b.ts', '../validators/a.js'],
  'validators-imports': ['src/validators/b.ts', '../git/a.js'],
  'git-imports': ['src/git/b.ts', '../trust/a.js'],
  'hosts-imports': ['src/hosts/b.ts', '../git/a.js'],
  'records-imports': ['src/records/b.ts', '../validators/a.js'],
  'projections-imports': ['src/projections/b.ts', '../validators/a.js'],
  'watch-imports': ['src/watch/b.ts', '../cli/a.js'],
  'verify-imports': ['src/verify/b.ts', '../cli/a.js'],
  'hooks-imports': ['src/hooks/b.ts', '../cli/a.js'],
  'commands-imports': ['src/commands/b.ts', '../hooks/pre-receive.js'],
  'commands-are-leaves': ['src/commands/c.ts', './b.js'],
  'src-is-closed': ['src/cli/b.ts', '../../test/a.js'],
  'pure-modules': ['src/format/c.ts', 'node:fs'],
  'pure-packages': ['src/trust/c.ts', 'ajv'],
  'oclif-in-commands': ['src/hooks/c.ts', '@oclif/core'],
  'simple-git-in-commands': ['src/git/c.ts', 'simple-git'],
  'lean-pre-receive': ['src/hooks/pre-receive.ts', '../records/slow.js'],
  'databases-in-projections': ['src/cli/c.ts', 'kysely'],
  'no-circular': ['src/format/d.ts', './e.js'],
  'only-what-ships': ['src/records/c.ts', 'fast-check'],
  resolvable: ['src/records/d.ts', './nothing.js'],
};

/** What those import, and what is allowed. */
const ALLOWED: Readonly<Record<string, string>> = {
  'src/format/a.ts': "import 'node:crypto';\nimport 'yaml';\n",
  'src/trust/a.ts': "import '../format/a.js';\nimport '@noble/curves/nist.js';\n",
  'src/validators/a.ts': "import '../trust/a.js';\n",
  'src/git/a.ts': "import '../format/a.js';\nimport 'node:fs';\n",
  'src/cli/a.ts': "import '@oclif/core';\nimport '../hooks/d.js';\n",
  'src/hooks/d.ts': "import '../validators/a.js';\nimport '../git/a.js';\n",
  'src/projections/a.ts': "import '../git/a.js';\nimport 'kysely';\n",
  'src/watch/a.ts': "import '../projections/a.js';\nimport '../hooks/d.js';\n",
  'src/verify/a.ts': "import '../records/slow.js';\nimport '../validators/a.js';\n",
  'src/records/slow.ts': "import '@peculiar/x509';\n",
  'src/format/e.ts': "import './d.js';\n",
  'test/a.ts': "import '../src/cli/a.js';\n",
};

interface Violation {
  readonly from: string;
  readonly rule: { readonly name: string };
}

t.test('every import rule refuses what it is there for, and nothing else', async (t) => {
  const tree = t.testdir({ 'tsconfig.json': '{ "compilerOptions": { "module": "NodeNext", "moduleResolution": "NodeNext" } }' });
  for (const file of ['.dependency-cruiser.cjs', 'package.json']) copyFileSync(file, join(tree, file));
  symlinkSync(resolve('node_modules'), join(tree, 'node_modules'));
  write(tree, 'src/format/dead.ts', 'export const dead = 1;\n');
  for (const [file, text] of Object.entries(ALLOWED)) write(tree, file, text);
  for (const [file, imported] of Object.values(REFUSED)) write(tree, file, `import '${imported}';\n`);

  const found = violations(tree);
  t.strictSame(found.get('no-orphans'), ['src/format/dead.ts']);
  for (const [rule, [file]] of Object.entries(REFUSED)) t.ok(found.get(rule)?.includes(file), `${rule} refuses ${file}`);
  for (const [rule, files] of found) {
    const rogue = files.filter((file) => file in ALLOWED && file !== 'src/format/e.ts');
    t.strictSame(rogue, [], `${rule} leaves alone what is allowed`);
  }
  const { forbidden } = createRequire(import.meta.url)(resolve('.dependency-cruiser.cjs')) as { forbidden: { name: string }[] };
  t.strictSame(
    forbidden.map(({ name }) => name).filter((name) => !found.has(name)),
    [],
    'no rule is left without an example',
  );
});

function write(tree: string, file: string, text: string): void {
  mkdirSync(dirname(join(tree, file)), { recursive: true });
  writeFileSync(join(tree, file), text);
}

/** Rule → files whose imports it refused. */
function violations(tree: string): Map<string, string[]> {
  const bin = resolve('node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
  const { stdout, stderr } = spawnSync(
    process.execPath,
    [bin, '--config', '.dependency-cruiser.cjs', '--output-type', 'json', 'src', 'test'],
    {
      cwd: tree,
      encoding: 'utf8',
    },
  );
  if (!stdout.startsWith('{')) throw new Error(`dependency-cruiser did not run: ${stderr}`);
  const { summary } = JSON.parse(stdout) as { summary: { violations: Violation[] } };
  const found = new Map<string, string[]>();
  for (const { from, rule } of summary.violations) found.set(rule.name, [...(found.get(rule.name) ?? []), from]);
  return found;
}

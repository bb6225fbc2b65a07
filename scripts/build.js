// Builds the project: schemas → src/format/generated, TypeScript → dist, the
// bundles that hooks and git run, and the list of commands. A step whose inputs
// and outputs are as it left them is skipped.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const STAMPS = join(root, 'dist/build.json');
const GENERATED = ['validators.js', 'validators.d.ts', 'types.ts'].map((name) => `src/format/generated/${name}`);
/** Go into dist as they are; tsc would print them anew, with types that it guesses. */
const COPIED = GENERATED.filter((file) => !file.endsWith('types.ts'));
const BUNDLES = [
  { entry: 'src/hooks/pre-receive.ts', outfile: 'dist/bundle/pre-receive.cjs' },
  { entry: 'src/hooks/sign.ts', outfile: 'dist/bundle/vpr-sign.cjs' },
  { entry: 'src/hooks/merge.ts', outfile: 'dist/bundle/vpr-merge.cjs' },
];
/** `vpr` in a few files, with these packages: it starts in half the time that its modules and theirs take to load. */
const COMMAND_LINE = 'dist/bundle/cli';
/** What runs in threads of its own. */
const THREAD = 'watch/build-worker';
const IN_COMMAND_LINE = [
  '@noble/curves',
  '@oclif/core',
  '@peculiar/x509',
  'chokidar',
  'fflate',
  'kysely',
  'reflect-metadata',
  'simple-git',
  'yaml',
];
/** What every command takes, for oclif: without it each run of `vpr` loads all of them. */
const MANIFEST = 'oclif.manifest.json';
const TOOLS = ['package-lock.json', 'scripts/build.js'];

const steps = [
  {
    name: 'schemas',
    inputs: ['schemas', 'scripts/generate.js', ...TOOLS],
    outputs: () => GENERATED,
    run: async () => (await import('./generate.js')).generate(root),
  },
  {
    name: 'typescript',
    inputs: ['src', 'test', 'bench', 'tsconfig.json', ...TOOLS],
    outputs: () => [...COPIED.map((file) => `dist/${file}`), 'dist/src/format/index.js'],
    run: compile,
  },
  {
    name: 'bundles',
    inputs: ['src', 'tsconfig.json', ...TOOLS],
    outputs: () => BUNDLES.filter(({ entry }) => existsSync(join(root, entry))).map(({ outfile }) => outfile),
    run: bundle,
  },
  {
    name: 'command line',
    inputs: ['src', 'package.json', 'tsconfig.json', ...TOOLS],
    outputs: () => [...commandFiles(), THREAD].map((file) => `${COMMAND_LINE}/${file}.js`),
    run: commandLine,
  },
  {
    name: 'manifest',
    inputs: ['src', 'package.json', ...TOOLS],
    outputs: () => [MANIFEST],
    run: manifest,
  },
];

function compile() {
  const { status, error } = spawnSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', '.'], {
    cwd: root,
    stdio: 'inherit',
  });
  if (error || status !== 0) throw new Error(error?.message ?? 'tsc found errors (above)');
  for (const file of COPIED) {
    mkdirSync(dirname(join(root, 'dist', file)), { recursive: true });
    copyFileSync(join(root, file), join(root, 'dist', file));
  }
  rmSync(join(root, 'dist/kept'), { recursive: true, force: true }); // keys and certificates of tests: test/support/kept.ts
  // What was made from sources that are gone would still be run, or shipped.
  for (const file of ['src', 'test', 'bench'].flatMap((folder) => filesUnder(`dist/${folder}`))) {
    const source = file.slice('dist/'.length).replace(/(?:\.d\.ts|\.js)$/, '');
    if (!['.ts', '.js', '.d.ts'].some((ending) => existsSync(join(root, source + ending)))) rmSync(join(root, file));
  }
}

/** What goes into every bundle. */
const BUNDLED = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  target: 'node20',
  minify: true,
  legalComments: 'eof',
  // Code as ES modules where there is any: of that only what is used goes into a bundle.
  mainFields: ['module', 'main'],
  alias: { yaml: join(root, 'node_modules/yaml/browser/dist/index.js') },
  logLevel: 'warning',
};

async function bundle() {
  const { build } = await import('esbuild');
  for (const { entry, outfile } of BUNDLES.filter(({ entry }) => existsSync(join(root, entry)))) {
    await build({ ...BUNDLED, entryPoints: [entry], outfile, format: 'cjs' });
  }
}

function commandFiles() {
  return filesUnder('src/commands').map((path) => path.slice('src/'.length, -'.ts'.length));
}

/** A file for each command, one for what runs them, and what they share. */
async function commandLine() {
  const { build } = await import('esbuild');
  const { dependencies, optionalDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const installed = Object.keys({ ...dependencies, ...optionalDependencies });
  rmSync(join(root, COMMAND_LINE), { recursive: true, force: true }); // what they share is named by what is in it
  await build({
    ...BUNDLED,
    entryPoints: Object.fromEntries([['main', '@oclif/core'], ...[...commandFiles(), THREAD].map((file) => [file, `src/${file}.ts`])]),
    outdir: COMMAND_LINE,
    format: 'esm',
    splitting: true,
    // oclif compiles commands with the first three where they are there; ours are compiled.
    external: ['typescript', 'ts-node', 'tsx', ...installed.filter((name) => !IN_COMMAND_LINE.includes(name))],
    // What CommonJS has, and oclif uses.
    banner: {
      js: `import { createRequire as bundledRequire } from 'node:module';
const require = bundledRequire(import.meta.url), { filename: __filename, dirname: __dirname } = import.meta;`,
    },
  });
}

async function manifest() {
  rmSync(join(root, MANIFEST), { force: true }); // or oclif would read it
  const { Config } = await import('@oclif/core');
  const config = await Config.load(root);
  writeFileSync(join(root, MANIFEST), JSON.stringify(config.plugins.get(config.name).manifest));
}

function filesUnder(path) {
  const full = join(root, path);
  if (!existsSync(full)) return [];
  const entries = readdirSync(full, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .sort();
}

/** One digest over names and contents of files and of all files under folders. */
function digest(paths) {
  const hash = createHash('sha256');
  for (const path of paths) {
    const files = /\.[a-z]+$/.test(path) ? [path] : filesUnder(path);
    for (const file of files.filter((name) => existsSync(join(root, name)))) {
      hash.update(`${file}\0`).update(
        createHash('sha256')
          .update(readFileSync(join(root, file)))
          .digest(),
      );
    }
  }
  return hash.digest('hex');
}

function stampsOfLastTime() {
  try {
    return JSON.parse(readFileSync(STAMPS, 'utf8'));
  } catch {
    return {};
  }
}

const stamps = stampsOfLastTime();
for (const { name, inputs, outputs, run } of steps) {
  const stamp = digest(inputs);
  if (stamps[name] === stamp && outputs().every((file) => existsSync(join(root, file)))) continue;
  try {
    await run();
  } catch (error) {
    console.error(`build: ${name} failed: ${error instanceof Error ? error.message : error}`);
    process.exit(2);
  }
  stamps[name] = stamp;
  mkdirSync(dirname(STAMPS), { recursive: true });
  writeFileSync(STAMPS, `${JSON.stringify(stamps, null, 2)}\n`);
}

/** The package as npm makes it: what is in it, and that what it installs works with Node and git alone. */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, realpathSync, symlinkSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import t, { type Test } from 'tap';
import { temporary } from '../records/support.js';

t.setTimeout(600_000);

/** Bytes of the tarball; what it has grown beyond was not meant to be in it. */
const LARGEST = 1100 * 1024;

const EXPECTED = [
  'bin/vpr.js',
  'bin/vpr-sign.js',
  'dist/bundle/cli/commands/check.js',
  'dist/bundle/cli/main.js',
  'dist/bundle/pre-receive.cjs',
  'dist/bundle/vpr-sign.cjs',
  'dist/src/format/index.d.ts',
  'dist/src/projections/index.d.ts',
  'dist/src/trust/index.js',
  'dist/src/validators/index.js',
  'hooks/pre-receive',
  'hooks/prepare-commit-msg',
  'oclif.manifest.json',
  'schemas/ledger.schema.json',
  'templates/ci/gitea.yaml',
  'templates/ci/github.yaml',
  'templates/ci/gitlab.yaml',
  'templates/host/vpr.yaml',
];
const ALLOWED =
  /^(?:(?:LICENSE|README\.md|package\.json|oclif\.manifest\.json)|bin\/[^/]+\.js|dist\/bundle\/(?:[^/]+\.cjs|cli\/.+\.js)|dist\/src\/.+\.(?:js|d\.ts)|hooks\/[^/]+|schemas\/[^/]+\.schema\.json|templates\/.+)$/;

/** Scenes of the demo that are played: the first of them, each of which is accepted. */
const PLAYED = 3;

/** What git, its hooks and the demo's lines call besides: part of every system that has a shell. */
const SYSTEM = ['sh', 'env', 'cat', 'date', 'grep', 'sed', 'rm', 'mkdir', 'ls', 'uname', 'tr', 'expr', 'basename', 'dirname'];

interface Packed {
  readonly filename: string;
  readonly size: number;
  readonly unpackedSize: number;
  readonly files: readonly { readonly path: string; readonly mode: number }[];
}

t.test('the tarball holds what runs, and nothing else; installed into an empty prefix, it works the same', (t) => {
  const place = temporary(t);
  const packed = pack(t, place);
  const paths = packed.files.map(({ path }) => path);
  t.strictSame(
    EXPECTED.filter((path) => !paths.includes(path)),
    [],
    'nothing is missing',
  );
  t.strictSame(
    paths.filter((path) => !ALLOWED.test(path)),
    [],
    'no tests, no TypeScript, no tools',
  );
  t.ok(packed.size < LARGEST, `${packed.size} bytes`);
  t.comment(`${packed.filename}: ${packed.size} bytes, ${packed.unpackedSize} unpacked, ${paths.length} files`);
  for (const file of ['bin/vpr.js', 'bin/vpr-sign.js', 'hooks/prepare-commit-msg']) {
    t.equal((packed.files.find(({ path }) => path === file)?.mode ?? 0) & 0o111, 0o111, `${file} can be run`);
  }

  const prefix = join(place, 'prefix');
  const installed = spawnSync(
    'npm',
    // Of what it depends on one is compiled, which takes minutes and has been done here: see `compiled`.
    [
      'install',
      '--global',
      '--ignore-scripts',
      '--prefix',
      prefix,
      '--no-audit',
      '--no-fund',
      '--prefer-offline',
      join(place, packed.filename),
    ],
    { cwd: place, env: npmEnvironment(place), encoding: 'utf8' },
  );
  if (/code (?:ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ENETUNREACH|ECONNRESET)/.test(installed.stderr)) {
    t.pass('npm install --global', { skip: 'the registry cannot be reached for what it depends on' });
    t.end();
    return;
  }
  t.equal(installed.status, 0, 'npm install --global', { stderr: installed.stderr });
  t.strictSame(readdirSync(join(prefix, 'bin')).sort(), ['vpr', 'vpr-sign']);
  compiled(prefix);
  works(t, place, prefix);
  libraries(t, place, prefix);
  t.end();
});

function pack(t: Test, place: string): Packed {
  const { status, stdout, stderr } = spawnSync('npm', ['pack', '--json', '--pack-destination', place], {
    env: npmEnvironment(place),
    encoding: 'utf8',
  });
  t.equal(status, 0, 'npm pack', { stdout, stderr });
  const [packed] = JSON.parse(stdout.slice(stdout.indexOf('[\n'))) as [Packed];
  t.ok(existsSync(join(place, packed.filename)));
  return packed;
}

/** What the install script of `better-sqlite3` makes, as it has made it here. */
function compiled(prefix: string): void {
  const build = 'node_modules/better-sqlite3/build';
  cpSync(build, join(prefix, 'lib/node_modules/vpr', build), { recursive: true });
}

/** The beginning of the demo, and a commit that is signed by the `vpr-sign` on the PATH. */
function works(t: Test, place: string, prefix: string): void {
  const tools = join(place, 'tools');
  mkdirSync(tools);
  for (const tool of ['node', 'git', ...SYSTEM]) symlinkSync(tool === 'node' ? process.execPath : whereIs(tool), join(tools, tool));
  const home = join(place, 'home');
  mkdirSync(home);
  const env = { PATH: [join(prefix, 'bin'), tools].join(delimiter), HOME: home };
  const run = (directory: string, line: string) => spawnSync('/bin/sh', ['-e', '-c', line], { cwd: directory, env, encoding: 'utf8' });

  // It ends when nobody reads on; what follows needs Jane's clone, which the fourth scene has nothing to do with.
  const demo = run(home, `vpr demo --dir demo | grep -m ${PLAYED} '=> accepted'`);
  t.strictSame([demo.status, demo.stdout.split('\n').length - 1], [0, PLAYED], 'vpr demo', { stderr: demo.stderr });
  t.notOk(
    readFileSync(join(home, 'demo', 'host', 'hooks', 'pre-receive'), 'utf8').includes(process.cwd()),
    'the host runs what was installed',
  );

  const commit = 'git -c gpg.x509.program=vpr-sign commit --quiet --all -m "coordination:update: Added a comment"';
  const signed = run(
    join(home, 'demo', 'jane', 'record'),
    `git pull --quiet; echo "# x" >> COORDINATION_STATUS.yaml; ${commit}; git push --quiet; git -c gpg.x509.program=vpr-sign verify-commit HEAD; vpr verify`,
  );
  t.equal(signed.status, 0, 'vpr-sign signs, and checks', { stdout: signed.stdout, stderr: signed.stderr });
}

/** The four libraries, as a package that depends on this one imports them. */
function libraries(t: Test, place: string, prefix: string): void {
  const user = join(place, 'user');
  mkdirSync(join(user, 'node_modules'), { recursive: true });
  symlinkSync(join(prefix, 'lib', 'node_modules', 'vpr'), join(user, 'node_modules', 'vpr'));
  const code = `
    import { readThread } from 'vpr/format';
    import { verifyCommit } from 'vpr/trust';
    import { openDatabase } from 'vpr/projections';
    import { RULES } from 'vpr/validators';
    const loaded = process.moduleLoadList.filter((name) => name.startsWith('NativeModule ')).map((name) => name.slice(13));
    const database = await openDatabase(':memory:');
    const records = await database.kysely.selectFrom('records').selectAll().execute();
    await database.close();
    console.log(JSON.stringify({ records, thread: readThread(Buffer.from('# Messages\\n')).ok, verify: typeof verifyCommit, rules: RULES.length, spawns: loaded.includes('child_process') }));
  `;
  // Without NODE_OPTIONS, through which tap's own command has every child load something that spawns.
  const { stdout, stderr } = spawnSync('env', ['-u', 'NODE_OPTIONS', process.execPath, '--input-type=module', '-e', code], {
    cwd: user,
    encoding: 'utf8',
  });
  t.match(
    JSON.parse(stdout || '{}'),
    { records: [], thread: true, verify: 'function', rules: Number, spawns: false },
    'vpr/format, vpr/trust, vpr/projections, vpr/validators',
    { stderr },
  );
}

/** Without what npm tells the scripts it runs: this test may be run by one. With the certificates that scripts/test.js keeps from others. */
function npmEnvironment(home: string): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^npm_/i.test(name) || /^npm_config_(?:registry|cache|cafile|.*proxy)$/i.test(name),
  );
  const cache = process.env['npm_config_cache'] ?? join(process.env['HOME'] ?? home, '.npm');
  const authorities = process.env['VPR_TEST_CA_CERTS'];
  return {
    ...Object.fromEntries(kept),
    npm_config_cache: cache,
    ...(authorities === undefined ? {} : { NODE_EXTRA_CA_CERTS: authorities }),
  };
}

function whereIs(tool: string): string {
  const directory = ['/usr/bin', '/bin', ...(process.env['PATH'] ?? '').split(delimiter)].find((path) => existsSync(join(path, tool)));
  if (directory === undefined) throw new Error(`there is no ${tool}`);
  return realpathSync(join(directory, tool));
}

// Which folder may import which: the "May import" paragraph of the design,
// as rules. `npm run check` runs them.

/** What `folder` (and nothing else of src) may import besides itself. */
function may(folder, ...others) {
  const allowed = ['problem', 'errors'].map((file) => `${file}[.]ts$`).concat([folder, ...others].map((name) => `${name}/`));
  return {
    name: `${folder}-imports`,
    comment: `src/${folder} imports ${['problem', 'errors', ...others].join(', ')} and itself`,
    severity: 'error',
    from: { path: `^src/${folder}/` },
    to: { path: '^(src|test|bench|scripts|bin)/', pathNot: `^src/(${allowed.join('|')})` },
  };
}

const HOOK_ENTRIES = '^src/hooks/(pre-receive|post-receive|sign|merge)[.]ts$';
const PURE = '^src/(format|trust|validators)/';

module.exports = {
  forbidden: [
    {
      name: 'base-imports',
      comment: 'src/problem.ts and src/errors.ts import nothing',
      severity: 'error',
      from: { path: '^src/(problem|errors)[.]ts$' },
      to: {},
    },
    may('format'),
    may('trust', 'format'),
    may('validators', 'format', 'trust'),
    may('git', 'format'),
    may('hosts', 'format'),
    may('records', 'git', 'format', 'trust'),
    may('projections', 'git', 'format', 'trust'),
    {
      name: 'watch-imports',
      comment: "src/watch imports anything but commands and the hooks' entry points",
      severity: 'error',
      from: { path: '^src/watch/' },
      to: { path: `^src/(commands|cli)/|${HOOK_ENTRIES}` },
    },
    may('verify', 'format', 'trust', 'validators', 'git', 'hosts', 'records'),
    may('hooks', 'format', 'trust', 'validators', 'git', 'hosts', 'records'),
    {
      name: 'commands-imports',
      comment: "src/commands and src/cli import anything but the hooks' entry points",
      severity: 'error',
      from: { path: '^src/(commands|cli)/' },
      to: { path: HOOK_ENTRIES },
    },
    {
      name: 'commands-are-leaves',
      comment: 'nothing imports a command, not even another command',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^src/commands/' },
    },
    {
      name: 'src-is-closed',
      comment: 'what ships imports nothing of test, bench, scripts or bin',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^(test|bench|scripts|bin)/' },
    },
    {
      name: 'pure-modules',
      comment: 'src/format, src/trust and src/validators use no Node module but crypto, buffer and util',
      severity: 'error',
      from: { path: PURE },
      to: { dependencyTypes: ['core'], pathNot: '^(node:)?(crypto|buffer|util)$' },
    },
    {
      name: 'pure-packages',
      comment: 'of packages, src/format uses yaml and src/trust @noble/curves; src/validators uses none',
      severity: 'error',
      from: { path: PURE },
      to: { path: '(^|/)node_modules/', pathNot: '(^|/)node_modules/(yaml|@noble/(curves|hashes)|@types/node)/' },
    },
    {
      name: 'oclif-in-commands',
      comment: '@oclif/core only in src/commands and src/cli',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(commands|cli)/' },
      to: { path: '(^|/)node_modules/@oclif/' },
    },
    {
      name: 'simple-git-in-commands',
      comment: "simple-git's environment filter hides a push's quarantine: only in src/commands, src/cli and src/records",
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(commands|cli|records)/' },
      to: { path: '(^|/)node_modules/simple-git/' },
    },
    {
      name: 'lean-pre-receive',
      comment: 'what pre-receive reaches starts fast: no oclif, simple-git, @peculiar/x509, reflect-metadata, ajv',
      severity: 'error',
      from: { path: '^src/hooks/pre-receive[.]ts$' },
      to: { path: '(^|/)node_modules/(@oclif|simple-git|@peculiar|reflect-metadata|ajv)(/|$)', reachable: true },
    },
    {
      name: 'databases-in-projections',
      comment: 'kysely, better-sqlite3 and pg only in src/projections',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/projections/' },
      to: { path: '(^|/)node_modules/(kysely|better-sqlite3|pg)/' },
    },
    {
      name: 'no-circular',
      comment: 'no module reaches itself',
      severity: 'error',
      from: { path: '^(src|test|bench|scripts)/' },
      to: { circular: true },
    },
    {
      name: 'no-orphans',
      comment: 'a module that imports nothing and is imported by nothing is dead',
      severity: 'error',
      from: { orphan: true, pathNot: '[.]d[.]ts$' },
      to: {},
    },
    {
      name: 'only-what-ships',
      comment: 'src imports packages that package.json lists under dependencies',
      severity: 'error',
      from: { path: '^src/' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown', 'undetermined'], dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'resolvable',
      comment: 'every import is of something that exists',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
      extensions: ['.ts', '.js', '.cjs', '.mjs', '.d.ts', '.json'],
      mainFields: ['module', 'main', 'types'],
    },
  },
};

// `npm test -- [--tap] [--jobs N] [FILE...]`: runs compiled test files, each in
// a process of its own, and prints a line for each and what is to be known of
// failures; with --tap all that they said. Exit 1 where one failed.
//
// Of tap this takes the library that starts test files and reads what they say,
// not the command: that one has every Node process that a test starts, and those
// that these start, load a compiler of TypeScript, mocks and a recorder of
// coverage. Nothing here uses them, and they cost five seconds a file.
import { readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import t from 'tap';
import { report } from './tap-report.js';

const root = fileURLToPath(new URL('..', import.meta.url));
/** Seconds after which a file is ended that doesn't say otherwise. It is there for what never ends: on a busy machine much takes long. */
const TIMEOUT = 600;
/** Those that take longest begin first, or the last of them would run alone. */
const FIRST = [
  'hooks/resident-foreign',
  'help/offline',
  'project/pack',
  'validators/single-byte',
  'demo/demo',
  'e2e/race',
  'e2e/rules',
  'commands/queries',
  'attacks/attacks',
  'e2e/bad-objects',
  'hooks/resident-life',
].map((name) => `dist/test/${name}.test.js`);

const { values, positionals } = options();
const jobs = Number(values.jobs);
if (!Number.isInteger(jobs) || jobs < 1) usage('--jobs is a whole number, at least 1');
const files = positionals.length > 0 ? positionals : compiled();

// What Node reads at each start, and what only npm needs, which one test runs: the test knows it by another name.
const { NODE_EXTRA_CA_CERTS: authorities, NODE_OPTIONS: nodeOptions = '', ...inherited } = process.env;
const env = { ...inherited, TAP_TIMEOUT: String(TIMEOUT), ...(authorities === undefined ? {} : { VPR_TEST_CA_CERTS: authorities }) };

let said = '';
if (!values.tap) {
  t.register();
  t.on('data', (text) => {
    said += text;
  });
  t.on('end', () => {
    const { lines, sums } = report(said);
    console.log([...lines, `${sums.passed} passed, ${sums.failed} failed, ${sums.skipped} skipped`].join('\n'));
  });
}
t.setTimeout(0);
t.jobs = jobs;
const each = { cwd: root, env, timeout: TIMEOUT * 1000, buffered: true, at: null, stack: '' };
// tap sets NODE_OPTIONS for whatever it starts: `env` puts back what they were.
for (const name of files) t.spawn('env', [`NODE_OPTIONS=${nodeOptions}`, process.execPath, name], { ...each, name });

function compiled() {
  const under = readdirSync(`${root}dist/test`, { recursive: true }).filter((name) => name.endsWith('.test.js'));
  if (under.length === 0) usage('no test is compiled: npm run build');
  const files = under.sort().map((name) => `dist/test/${name}`);
  return [...FIRST.filter((file) => files.includes(file)), ...files.filter((file) => !FIRST.includes(file))];
}

function options() {
  try {
    return parseArgs({
      options: {
        tap: { type: 'boolean', default: false },
        // Three a core: tests spend half of their time waiting for the programs they start, and for what is to time out.
        jobs: { type: 'string', default: String(3 * availableParallelism()) },
      },
      allowPositionals: true,
    });
  } catch (error) {
    return usage(error.message);
  }
}

function usage(problem) {
  console.error(`test: ${problem}\nusage: npm test -- [--tap] [--jobs N] [FILE...]`);
  process.exit(2);
}

/** What only follows from another problem is said where that one is not, or refuses nothing; the verdict is the same. */
import t from 'tap';
import type { Severity } from '../../src/problem.js';
import type { ExampleRecord } from '../../src/validators/example.js';
import { RULES } from '../../src/validators/rules.js';
import { makePeople } from '../support/people.js';
import { scenario } from '../support/scenario.js';
import { messageText } from '../support/texts.js';
import { type Case, ledger, status } from './cases.js';

const people = await makePeople();
const CRLF = (yaml: string) => yaml.replaceAll('\n', '\r\n');

/** What is pushed, the rule that says it, and the rules that would say it again. */
const CASES: readonly [title: string, push: Case[1], cause: string, echoes: readonly string[]][] = [
  ['line ends in a ledger', (r) => r.commit({ files: { [ledger(r)]: (yaml) => CRLF(r.touched()(yaml)) } }), 'tree/text', ['ledger/schema']],
  ['line ends in the status file', (r) => r.commit({ files: { [status]: CRLF } }), 'tree/text', ['status/schema']],
  ['a message of tomorrow, committed tomorrow', tomorrow, 'thread/time', ['commit/time', 'ledger/updated']],
];

function tomorrow(r: ExampleRecord): void {
  const seconds = 86_400;
  const at = new Date(Date.now() + seconds * 1000).toISOString();
  const message = messageText({}, people.people.jane, at);
  r.commit({
    seconds,
    files: { [ledger(r)]: r.touched(undefined, seconds), [`${r.thread}/thread.md`]: (text) => `${text}\n---\n\n${message}` },
  });
}

async function judged(push: Case[1], rules: Readonly<Record<string, Severity>> = {}) {
  const record = scenario(people);
  push(record);
  const { accepted, problems } = await record.judge({ policy: { ...people.policy, rules } });
  return { accepted, said: [...new Set(problems.map(({ rule, severity }) => `${severity} ${rule}`))].sort(), problems };
}

t.test('each cause once', async (t) => {
  for (const [title, push, cause, echoes] of CASES) {
    const { accepted, said, problems } = await judged(push);
    t.equal(accepted, false, title);
    t.same(said, [`error ${cause}`], title);
    t.equal(problems.length, 1, title);
    t.notOk('echoOf' in (problems[0] ?? {}), 'that is the rules’ own affair');
    for (const weight of ['warn', 'off'] as const) {
      const { said, accepted } = await judged(push, { [cause]: weight });
      const others = echoes.map((rule) => `error ${rule}`);
      t.same(
        said.filter((line) => line.startsWith('error')),
        others,
        `${title}: what refuses it where ${cause} is ${weight}`,
      );
      t.equal(accepted, false, title);
    }
  }
});

t.test('what else is wrong with the same file is said as well', async (t) => {
  const push: Case[1] = (r) =>
    r.commit({ files: { [ledger(r)]: (yaml) => r.touched()(yaml).replace('role: patient', 'role: doctor').trimEnd() } });
  t.same((await judged(push)).said, ['error ledger/schema', 'error tree/text'], 'a missing newline is no reason not to read it');
});

t.test('another file', async (t) => {
  const push: Case[1] = (r) =>
    r.commit({ files: { [status]: CRLF, [ledger(r)]: (yaml) => r.touched()(yaml).replace('role: patient', 'role: doctor') } });
  t.same((await judged(push)).said, ['error ledger/schema', 'error tree/text']);
});

t.test('a file of no record', async (t) => {
  const push: Case[1] = (r) => r.commit({ files: { '.ds_store': 'a\u0000b' } });
  t.same((await judged(push)).said, ['error tree/layout']);
});

t.test('a thread whose file is gone', async (t) => {
  const push: Case[1] = (r) => r.commit({ files: { [`${r.thread}/thread.md`]: null } });
  t.same((await judged(push)).said, ['error ledger/updated', 'error record/no-removal']);
  t.same((await judged(push, { 'record/no-removal': 'off' })).said, ['error ledger/updated', 'error tree/layout']);
});

t.test('a record that a patient begins is begun again', async (t) => {
  const { problems } = await judged((r) => r.begin((yaml) => yaml, { '.gitignore': 'files/\n' }, { by: 'pat' }));
  t.same([...new Set(problems.flatMap(({ help }) => help))], ['git update-ref -d HEAD']);
});

t.test('rules that are echoed exist', async (t) => {
  const known = new Set(RULES.map(({ id }) => id));
  for (const [, , cause, echoes] of CASES) for (const rule of [cause, ...echoes]) t.ok(known.has(rule), rule);
});

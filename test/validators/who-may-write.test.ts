/** FORMAT.md §3 "Who may write what", case by case: nobody can write as another, and nobody is kept from writing what is theirs. */
import t from 'tap';
import type { ExampleRecord } from '../../src/validators/example.js';
import { makePeople } from '../support/people.js';
import { scenario } from '../support/scenario.js';

type Case = readonly [title: string, push: (record: ExampleRecord) => void, refusedBy: readonly string[]];

const ledger = ({ thread }: ExampleRecord) => `${thread}/ledger.yaml`;
const status = 'COORDINATION_STATUS.yaml';
const behalf = (id: string) => ({ 'On-Behalf-Of': id });
const entry = (id: string, role: string, name: string, organisation = '') =>
  `  - participant_id: ${id}\n    role: ${role}\n    display_name: ${name}\n${organisation === '' ? '' : `    organisation: ${organisation}\n`}`;
const adding = (text: string) => (yaml: string) => yaml.replace('visibility:', `${text}visibility:`);
const without = (id: string) => (yaml: string) =>
  yaml.replace(new RegExp(`  - participant_id: ${id}\\n    role: .*\\n    display_name: .*\\n`), '');
const close = (yaml: string) => yaml.replace('status: open', 'status: closed');

const CASES: readonly Case[] = [
  // Own messages
  ['a clinician writes their own message', (r) => r.append(), []],
  ['a patient answers', (r) => r.append({ by: 'pat' }), []],
  ['two clinicians, one after the other, in one push', (r) => r.append().append({ by: 'tom' }), []],
  ["a clinician writes in another clinician's name", (r) => r.append({ author: 'tom' }), ['thread/author']],
  ["a patient writes in a clinician's name", (r) => r.append({ by: 'pat', author: 'jane' }), ['thread/author', 'signer/may']],
  ["a clinician writes in the patient's name without saying so", (r) => r.append({ author: 'pat' }), ['thread/author']],
  ["a display name that is not the ledger's", (r) => r.append({ name: 'Prof Jane Smith' }), ['thread/author']],
  [
    'a patient writes in the role of a clinician',
    (r) => r.append({ by: 'pat', role: 'clinician' }),
    ['thread/author', 'thread/participants'],
  ],
  [
    'a clinician writes in the role of the care team, being listed as clinician',
    (r) => r.append({ role: 'careteam' }),
    ['thread/participants'],
  ],
  [
    'a clinician listed as care team writes as care team',
    (r) =>
      r
        .commit({ files: { [ledger(r)]: r.touched((yaml) => yaml.replace('role: clinician', 'role: careteam')) } })
        .append({ role: 'careteam' }),
    [],
  ],
  [
    'a patient listed as a clinician still writes nothing as one',
    (r) =>
      r
        .commit({ by: 'ada', files: { [ledger(r)]: r.touched((yaml) => yaml.replace('role: patient', 'role: clinician')) } })
        .append({ by: 'pat', role: 'clinician' }),
    ['thread/author'],
  ],
  // Corrections
  ['a clinician corrects their own message', (r) => r.append({ corrects: r.message, role: 'correction' }), []],
  ["a clinician corrects a colleague's message", (r) => r.append({ by: 'tom', corrects: r.message, role: 'correction' }), []],
  ["a patient corrects a clinician's message", (r) => r.append({ by: 'pat', corrects: r.message, role: 'correction' }), ['thread/author']],
  [
    'a patient corrects their own message',
    (r) => r.append({ by: 'pat', id: r.otherId }).append({ by: 'pat', corrects: r.otherId, role: 'correction' }),
    [],
  ],
  // Recorded messages
  ["a clinician records a patient's message", (r) => r.append({ author: 'pat', trailers: behalf(r.ids.pat) }), []],
  ["an administrator records a patient's message", (r) => r.append({ by: 'ada', author: 'pat', trailers: behalf(r.ids.pat) }), []],
  [
    'a clinician whom the ledger does not list records one',
    (r) => r.append({ by: 'rob', author: 'pat', trailers: behalf(r.ids.pat) }),
    ['thread/author'],
  ],
  ['a clinician records a message of a clinician', (r) => r.append({ author: 'tom', trailers: behalf(r.ids.tom) }), ['thread/author']],
  ['the trailer names somebody else', (r) => r.append({ author: 'pat', trailers: behalf(r.ids.tom) }), ['thread/author']],
  ['the trailer stands where nothing is recorded', (r) => r.append({ trailers: behalf(r.ids.pat) }), ['thread/author']],
  [
    'a patient records a message of an associate',
    (r) => r.append({ by: 'pat', author: 'sue', trailers: behalf(r.ids.sue) }),
    ['thread/author', 'thread/participants', 'signer/may'],
  ],
  [
    'a system records without the policy that lets it',
    (r) => r.append({ by: 'bot', author: 'pat', trailers: behalf(r.ids.pat) }),
    ['thread/author'],
  ],
  [
    "a recorded correction of somebody else's message",
    (r) => r.append({ author: 'pat', trailers: behalf(r.ids.pat), corrects: r.message, role: 'correction' }),
    ['thread/author'],
  ],
  [
    "a recorded correction of the patient's own message",
    (r) =>
      r
        .append({ by: 'pat', id: r.otherId })
        .append({ author: 'pat', trailers: behalf(r.ids.pat), corrects: r.otherId, role: 'correction' }),
    [],
  ],
  [
    'a recorded message of an associate who is no participant',
    (r) => r.append({ author: 'sue', trailers: behalf(r.ids.sue) }),
    ['thread/participants'],
  ],
  // System messages
  ['an administrator writes a system message', (r) => r.append({ by: 'ada', role: 'system' }), []],
  ['a system writes a system message', (r) => r.append({ by: 'bot', role: 'system' }), []],
  ['a clinician writes a system message out of nothing', (r) => r.append({ role: 'system' }), ['thread/author']],
  ['a clinician closes the thread and says so', (r) => r.append({ role: 'system', files: { [ledger(r)]: close } }), []],
  [
    'a clinician adds only a comment to the ledger to write a system message',
    (r) => r.append({ role: 'system', files: { [ledger(r)]: (yaml) => `# x\n${yaml}` } }),
    ['thread/author'],
  ],
  ['a patient writes a system message', (r) => r.append({ by: 'pat', role: 'system' }), ['thread/author', 'signer/may']],
  ["a system message under somebody else's name", (r) => r.append({ by: 'ada', role: 'system', name: 'Dr Jane Smith' }), ['thread/author']],
  [
    "a system message with somebody else's id",
    (r) => r.append({ by: 'ada', author: 'jane', role: 'system' }),
    ['thread/author', 'thread/participants'],
  ],
  // Ledgers
  [
    'a clinician the ledger lists adds a participant and says so',
    (r) => r.append({ role: 'system', files: { [ledger(r)]: adding(entry(r.ids.rob, 'clinician', 'Dr Rob Hill')) } }),
    [],
  ],
  [
    'a clinician adds themselves',
    (r) => r.append({ by: 'rob', files: { [ledger(r)]: adding(entry(r.ids.rob, 'clinician', 'Dr Rob Hill')) } }),
    ['signer/may'],
  ],
  [
    'a patient adds themselves',
    (r) => r.append({ by: 'sue', files: { [ledger(r)]: adding(entry(r.ids.sue, 'patientassociate', 'Sue Doe')) } }),
    ['signer/may'],
  ],
  [
    'an administrator adds an associate',
    (r) => r.commit({ by: 'ada', files: { [ledger(r)]: r.touched(adding(entry(r.ids.sue, 'patientassociate', 'Sue Doe'))) } }),
    [],
  ],
  [
    'a patient changes a comment of the ledger',
    (r) => r.append({ by: 'pat', files: { [ledger(r)]: (yaml) => `${yaml}# call me\n` } }),
    ['signer/may'],
  ],
  [
    'a patient hides a comment behind last_updated_at',
    (r) => r.append({ by: 'pat', files: { [ledger(r)]: (yaml) => yaml.replace(/^(last_updated_at: .*)$/m, '$1 # call me') } }),
    ['signer/may'],
  ],
  [
    'a patient moves last_updated_at without a message',
    (r) => r.commit({ by: 'pat', files: { [ledger(r)]: r.touched() } }),
    ['signer/may'],
  ],
  ['a clinician removes a colleague', (r) => r.append({ role: 'system', files: { [ledger(r)]: without(r.ids.tom) } }), []],
  [
    'a clinician removes themselves and says so as the system',
    (r) => r.append({ role: 'system', files: { [ledger(r)]: without(r.ids.jane) } }),
    [],
  ],
  [
    'a clinician removes themselves and writes on',
    (r) => r.append({ files: { [ledger(r)]: without(r.ids.jane) } }),
    ['thread/participants'],
  ],
  [
    'a removed clinician writes',
    (r) => r.commit({ files: { [ledger(r)]: r.touched(without(r.ids.tom)) } }).append({ by: 'tom' }),
    ['thread/participants'],
  ],
  ['a system changes a ledger', (r) => r.commit({ by: 'bot', files: { [ledger(r)]: r.touched(close) } }), ['signer/may']],
  // Patient and external policies
  [
    'a patient writes where patients may not',
    (r) =>
      r
        .commit({
          files: { [ledger(r)]: r.touched((yaml) => yaml.replace('patient_participation: true', 'patient_participation: false')) },
        })
        .append({ by: 'pat' }),
    ['thread/participants', 'signer/may'],
  ],
  [
    'a message is recorded for a patient where patients may not write',
    (r) =>
      r
        .commit({
          files: { [ledger(r)]: r.touched((yaml) => yaml.replace('patient_participation: true', 'patient_participation: false')) },
        })
        .append({ author: 'pat', trailers: behalf(r.ids.pat) }),
    ['thread/participants'],
  ],
  [
    'an external participant is added where none may be',
    (r) =>
      r.commit({
        files: {
          [ledger(r)]: r.touched((yaml) =>
            adding(entry(r.ids.rob, 'clinician', 'Dr Rob Hill', 'Other Trust'))(
              yaml.replace('organisations: true', 'organisations: false'),
            ),
          ),
        },
      }),
    ['thread/participants'],
  ],
  [
    "a participant of the host's own organisation is no external one",
    (r) =>
      r.commit({
        files: {
          [ledger(r)]: r.touched((yaml) =>
            adding(entry(r.ids.rob, 'clinician', 'Dr Rob Hill', 'Example NHS Trust'))(
              yaml.replace('organisations: true', 'organisations: false'),
            ),
          ),
        },
      }),
    [],
  ],
  // New threads
  ['a clinician opens a thread', (r) => r.open(), []],
  ['a clinician opens a thread without a message', (r) => r.open({ body: null }), []],
  ['an administrator opens a thread', (r) => r.open({ by: 'ada' }), []],
  ['a patient opens a thread where the host does not let them', (r) => r.open({ by: 'pat' }), ['signer/may']],
  ['a patient opens a thread where the host lets them', (r) => r.policy({ patientsMayOpenThreads: true }).open({ by: 'pat' }), []],
  [
    'a patient opens a thread without a message',
    (r) => r.policy({ patientsMayOpenThreads: true }).open({ by: 'pat', body: null }),
    ['signer/may'],
  ],
  [
    'a patient opens a restricted thread',
    (r) =>
      r
        .policy({ patientsMayOpenThreads: true })
        .open({ by: 'pat', ledger: (yaml) => yaml.replace('restricted: false', 'restricted: true') }),
    ['signer/may'],
  ],
  [
    'a patient opens a thread with nobody to read it',
    (r) => r.policy({ patientsMayOpenThreads: true }).open({ by: 'pat', ledger: without(r.ids.jane) }),
    ['signer/may'],
  ],
  ['a system opens a thread', (r) => r.open({ by: 'bot' }), ['signer/may']],
  // The record
  [
    'a patient suspends the record',
    (r) => r.commit({ by: 'pat', files: { [status]: (yaml) => yaml.replace('state: active', 'state: suspended') } }),
    ['signer/may'],
  ],
  ['a patient adds .gitignore', (r) => r.commit({ by: 'pat', files: { '.gitignore': 'files/\n' } }), ['signer/may']],
  ['a patient begins a record', (r) => r.begin((yaml) => yaml, {}, { by: 'pat' }), ['signer/may']],
  ['an administrator begins a record', (r) => r.begin((yaml) => yaml, {}, { by: 'ada' }), []],
];

const people = await makePeople();

for (const [title, push, refusedBy] of CASES) {
  t.test(title, async (t) => {
    const record = scenario(people);
    push(record);
    const verdict = await record.judge();
    const rules = [...new Set(verdict.problems.map(({ rule }) => rule))].sort();
    t.same(rules, [...refusedBy].sort(), verdict.problems.map(({ message }) => message).join(' | '));
    t.equal(verdict.accepted, refusedBy.length === 0);
  });
}

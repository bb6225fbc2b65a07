/** FORMAT.md §3 "Who may write what", case by case: whose message a message may be. */
import type { ExampleRecord } from '../../src/validators/example.js';
import { adding, behalf, type Case, close, entry, ledger, runCases, without } from './cases.js';

const exclude = (yaml: string) => yaml.replace('organisations: true', 'organisations: false');
const external = (yaml: string) => yaml.replace('name: Dr Tom Patel', 'name: Dr Tom Patel\n    organisation: Other Trust');
const ledgered = (r: ExampleRecord, edit: (yaml: string) => string) => r.commit({ files: { [ledger(r)]: r.touched(edit) } });
/** Tom is of another organisation, and the thread's policy excludes those. */
const excluded = (r: ExampleRecord) => ledgered(ledgered(r, external), exclude);
/** Tom changes the ledger and says so as the system. */
const tomSays = (r: ExampleRecord, edit: (yaml: string) => string) => r.append({ by: 'tom', role: 'system', files: { [ledger(r)]: edit } });

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
    'a participant whom the policy excludes writes as the system',
    (r) => tomSays(excluded(r), (yaml) => yaml.replace('sensitivity: standard', 'sensitivity: restricted')),
    ['thread/participants'],
  ],
  ['the same, closing the thread', (r) => tomSays(excluded(r), close), ['thread/participants']],
  [
    'the same, becoming one of a third organisation',
    (r) => tomSays(excluded(r), (yaml) => yaml.replace('Other Trust', 'Third Trust')),
    ['thread/participants'],
  ],
  ['a participant of another organisation excludes those, and says so', (r) => tomSays(ledgered(r, external), exclude), []],
  [
    'who is excluded removes themselves, and says so',
    (r) => tomSays(excluded(r), (yaml) => without(r.ids.tom)(yaml.replace(/ {4}organisation: Other Trust\n/, ''))),
    [],
  ],
  [
    "an administrator who is listed as a patient's associate writes as the system where those are excluded",
    (r) =>
      ledgered(r, (yaml) =>
        adding(entry(r.ids.ada, 'patientassociate', 'Ada Jones'))(yaml).replace('participation: true', 'participation: false'),
      ).append({ by: 'ada', role: 'system' }),
    ['thread/participants'],
  ],
  [
    "a system message with somebody else's id",
    (r) => r.append({ by: 'ada', author: 'jane', role: 'system' }),
    ['thread/author', 'thread/participants'],
  ],
];

await runCases(CASES);

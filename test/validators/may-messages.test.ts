/** FORMAT.md §3 "Who may write what", case by case: whose message a message may be. */
import { behalf, type Case, close, ledger, runCases } from './cases.js';

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
];

await runCases(CASES);

/** FORMAT.md §3 "Who may write what", case by case: ledgers, policies, new threads and the record itself. */
import { adding, behalf, type Case, close, entry, ledger, runCases, status, without } from './cases.js';

/** The key in quotes, a blank before its colon, and the value in quotes. */
const respelt = (yaml: string) => yaml.replace(/^last_updated_at: (.*)$/m, `"last_updated_at" : '$1'`);

const CASES: readonly Case[] = [
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
    'a patient answers where a clinician has written the ledger in another style',
    (r) =>
      r.commit({ files: { [ledger(r)]: (yaml) => respelt(r.touched()(yaml)) } }).append({
        by: 'pat',
        files: { [ledger(r)]: (yaml) => yaml.replace(/("last_updated_at" : )'[^']*'/, `$1'${new Date().toISOString()}'`) },
      }),
    [],
  ],
  [
    'a patient takes the quotes away',
    (r) =>
      r.commit({ files: { [ledger(r)]: (yaml) => respelt(r.touched()(yaml)) } }).append({
        by: 'pat',
        files: { [ledger(r)]: (yaml) => yaml.replace(/("last_updated_at" : )'[^']*'/, `$1${new Date().toISOString()}`) },
      }),
    ['signer/may'],
  ],
  [
    'a patient writes the time as a block, with a word behind it',
    (r) =>
      r.append({
        by: 'pat',
        files: { [ledger(r)]: (yaml) => yaml.replace(/^last_updated_at: (.*)$/m, 'last_updated_at: >- # call me\n  $1') },
      }),
    ['ledger/schema', 'signer/may'],
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

await runCases(CASES);

/** FORMAT.md's details, case by case: what is accepted as it stands there, and what is refused, by which rule. */
import { adding, behalf, type Case, close, entry, ledger, runCases, status, without } from './cases.js';

const IGNORE = { files: { '.gitignore': 'files/\n' } };
const BY_VPR = '\n# VPR default ignores\nfiles/\n';
const soon = (seconds: number) => new Date(Date.now() + seconds * 1000).toISOString();
const plain = (id: string) => id.replaceAll('-', '');
/** Other text in the status file. */
const states = (from: string, to: string) => ({ files: { [status]: (yaml: string) => yaml.replace(from, to) } });
/** The ledger with something else in it, its time moved. */
const ledgered =
  (edit: (yaml: string) => string): Case[1] =>
  (r) =>
    r.commit({ files: { [ledger(r)]: r.touched(edit) } });
const line = (key: string, value: string) => (yaml: string) => yaml.replace(new RegExp(`^${key}: .*$`, 'm'), `${key}: ${value}`);
/** Other bytes of a commit, before it is signed. */
const bytes =
  (edit: (commit: string) => string): Case[1] =>
  (r) =>
    r.commit({ ...IGNORE, unsigned: edit });
const thread =
  (id: string): Case[1] =>
  (r) =>
    r.open({ directory: `communications/${id}` });
const UUID = '550e8400-e29b-41d4-a716-446655440001';

const CASES: readonly Case[] = [
  // §1 .gitignore
  ['.gitignore in one form, then in the other', (r) => r.commit(IGNORE).commit({ files: { '.gitignore': BY_VPR } }), []],
  ['.gitignore with more in it', (r) => r.commit({ files: { '.gitignore': 'files/\n*.tmp\n' } }), ['tree/layout']],
  ['.gitignore taken away', (r) => r.commit(IGNORE).commit({ files: { '.gitignore': null } }), ['record/no-removal']],
  ['.gitignore by a clinician of no thread', (r) => r.commit({ by: 'rob', ...IGNORE }), []],
  ['.gitignore by a system', (r) => r.commit({ by: 'bot', ...IGNORE }), ['signer/may']],
  ['.gitignore beside a thread', (r) => r.commit({ files: { [`${r.thread}/.gitignore`]: 'files/\n' } }), ['tree/layout']],
  [
    'a history with a root of its own',
    (r) => r.commit({ parent: 'root', ...IGNORE }),
    ['commit/empty', 'history/linear', 'ref/fast-forward'],
  ],
  ['a root commit with the action update', (r) => r.begin((yaml) => yaml, {}, { subject: 'coordination:update: x' }), ['commit/message']],
  // §2
  ['an id in 32 digits', (r) => r.begin((yaml) => yaml.replace(r.id, plain(r.id))), []],
  ['an id in capitals', (r) => r.begin((yaml) => yaml.replace(r.id, r.id.toUpperCase())), ['status/schema']],
  ['a document with its marker', (r) => r.commit({ files: { [status]: (yaml) => `---\n${yaml}` } }), []],
  ['a second document', (r) => r.commit({ files: { [status]: (yaml) => `${yaml}---\na: b\n` } }), ['status/schema']],
  ['a word in quotes', (r) => r.commit(states('_state: active', "_state: 'active'")), []],
  ['a boolean in quotes', (r) => r.commit(states('record_open: true', 'record_open: "true"')), ['status/schema']],
  ['a boolean in a capital', (r) => r.commit(states('record_open: true', 'record_open: True')), ['status/schema']],
  ['an anchor', (r) => r.commit(states('_state: active', '_state: &a active')), ['status/schema']],
  ['a colon on the line below its key', (r) => r.commit(states('record_open: true', 'record_open\n   : true')), ['status/schema']],
  ['a colon below the key of a list', ledgered((yaml) => yaml.replace('participants:', 'participants # who\n :')), ['ledger/schema']],
  ['a colon below the time', ledgered((yaml) => yaml.replace('last_updated_at:', 'last_updated_at\n :')), ['ledger/schema']],
  ['a name in block form', ledgered((yaml) => yaml.replace('name: Dr Tom', 'name: |-\n      Dr Tom')), ['ledger/schema']],
  ['a key behind a question mark', (r) => r.commit(states('record_open: true', '? record_open\n  : true')), []],
  ['a tag', (r) => r.commit(states('_state: active', '_state: !!str active')), ['status/schema']],
  ['nanoseconds, and an offset of half an hour', (r) => r.open({ ledger: line('created_at', '2016-12-31T23:59:59.012345678-07:30') }), []],
  ['ten digits of a fraction', (r) => r.open({ ledger: line('created_at', '2016-12-31T23:59:59.0123456789Z') }), ['ledger/schema']],
  ['a thread of the 30th of February', thread(`20260230T000000.000Z-${UUID}`), ['tree/layout']],
  ['a thread whose UUID is in capitals', thread(`20260101T000000.000Z-${UUID.toUpperCase()}`), ['tree/layout']],
  ['a thread whose UUID has no hyphens', thread(`20260101T000000.000Z-${plain(UUID)}`), ['tree/layout']],
  // §3 the status file
  [
    'closed, and its flags still change',
    (r) => r.commit(states('_state: active', '_state: closed')).commit(states('queryable: true', 'queryable: false')),
    [],
  ],
  [
    'closed, and opened again',
    (r) => r.commit(states('_state: active', '_state: closed')).commit(states('_state: closed', '_state: active')),
    ['status/transition'],
  ],
  ['suspended by the commit of a last message', (r) => r.append(states('_state: active', '_state: suspended')), []],
  [
    'a message in the commit that ends a suspension',
    (r) => r.commit(states('_state: active', '_state: suspended')).append(states('_state: suspended', '_state: active')),
    ['status/permits'],
  ],
  [
    '.gitignore while the record takes no new threads',
    (r) => r.commit(states('record_open: true', 'record_open: false')).commit(IGNORE),
    [],
  ],
  ['.gitignore while it is suspended', (r) => r.commit(states('_state: active', '_state: suspended')).commit(IGNORE), ['status/permits']],
  // §3 ledgers
  ['one participant in two spellings', (r) => ledgered(adding(entry(plain(r.ids.tom), 'clinician', 'Tom')))(r), ['ledger/schema']],
  [
    'a participant in the other spelling writes',
    (r) => r.commit({ files: { [ledger(r)]: r.touched((yaml) => yaml.replace(r.ids.jane, plain(r.ids.jane))) } }).append(),
    [],
  ],
  [
    'a name with a blank before it, in quotes',
    ledgered((yaml) => yaml.replace('name: Dr Tom', 'name: " Dr Tom').replace('Patel', 'Patel"')),
    ['ledger/schema'],
  ],
  ['the audit block of an older page', ledgered((yaml) => `${yaml}audit: {}\n`), ['ledger/schema']],
  [
    'closed, then archived',
    (r) =>
      r
        .commit({ files: { [ledger(r)]: r.touched(close) } })
        .commit({ files: { [ledger(r)]: r.touched((yaml) => yaml.replace('closed', 'archived')) } }),
    [],
  ],
  [
    'archived, then closed',
    (r) =>
      r
        .commit({ files: { [ledger(r)]: r.touched((yaml) => yaml.replace('status: open', 'status: archived')) } })
        .commit({ files: { [ledger(r)]: r.touched((yaml) => yaml.replace('archived', 'closed')) } }),
    ['ledger/transition'],
  ],
  [
    'the time moves by a nanosecond',
    (r) => r.commit({ files: { [ledger(r)]: (yaml) => yaml.replace(/^(last_updated_at: .*)Z$/m, '$1000001Z') } }),
    [],
  ],
  [
    'the same time with another offset',
    (r) => r.append({ files: { [ledger(r)]: () => r.formerLedger.replace(/^(last_updated_at: .*)Z$/m, '$1+00:00') } }),
    ['ledger/updated'],
  ],
  ['the time is within the skew', (r) => r.append({ files: { [ledger(r)]: line('last_updated_at', soon(200)) } }), []],
  ['the time is beyond it', (r) => r.append({ files: { [ledger(r)]: line('last_updated_at', soon(400)) } }), ['ledger/updated']],
  [
    'a new ledger from the future',
    (r) => r.open({ ledger: (yaml) => line('created_at', soon(900))(line('last_updated_at', soon(900))(yaml)) }),
    ['ledger/updated'],
  ],
  // §3 messages
  ['a body with blank lines around it', (r) => r.append({ body: '\n\n x \n\n\n' }), []],
  ['a body of blank lines', (r) => r.append({ body: '\n \t\n' }), ['thread/format']],
  ['the id of an earlier message in its other spelling', (r) => r.append({ id: plain(r.message) }), ['thread/ids']],
  ['a correction of it, in the other spelling', (r) => r.append({ corrects: plain(r.message), role: 'correction' }), []],
  ['a correction of itself', (r) => r.append({ id: r.otherId, corrects: r.otherId, role: 'correction' }), ['thread/corrects']],
  ['a message of before 1970', (r) => r.append({ seconds: -3_000_000_000 }), []],
  ['On-Behalf-Of in 32 digits', (r) => r.append({ author: 'pat', trailers: behalf(plain(r.ids.pat)) }), []],
  [
    'recorded for a patient whom the same commit removes',
    (r) => r.append({ author: 'pat', trailers: behalf(r.ids.pat), files: { [ledger(r)]: without(r.ids.pat) } }),
    ['thread/participants'],
  ],
  // §6 messages of commits
  ['a summary of 100 characters', (r) => r.commit({ subject: `coordination:update: ${'é'.repeat(100)}`, ...IGNORE }), []],
  ['a summary of 101', (r) => r.commit({ subject: `coordination:update: ${'x'.repeat(101)}`, ...IGNORE }), ['commit/message']],
  ['another domain, and the action create', (r) => r.commit({ subject: 'observation:create: x', ...IGNORE }), []],
  ['a key that is not known, twice', bytes((commit) => `${commit}X-Y: a\nX-Y: b\n`), []],
  ['Reason twice', bytes((commit) => `${commit}Reason: a\nReason: b\n`), ['commit/message']],
  ['Author-Role once more, in small letters', bytes((commit) => `${commit}author-role: a\n`), ['commit/message']],
  ['trailers in another order', bytes((commit) => commit.replace(/(Author-Name: .*\n)([\s\S]*)$/, '$2$1')), []],
  ['no registration', (r) => r.commit({ trailers: { 'Author-Registration': null }, ...IGNORE }), []],
  ['a blank line at the end', bytes((commit) => `${commit}\n`), ['commit/message']],
  ['no newline at the end', bytes((commit) => commit.trimEnd()), ['commit/message']],
  // §6 people and times
  ['a name with a full stop, which Git takes away', bytes((commit) => commit.replace('author Dr Jane Smith', 'author Dr Jane Smith.')), []],
  ['the domain of the e-mail in capitals', bytes((commit) => commit.replaceAll('@example.org', '@EXAMPLE.ORG')), []],
  ['its local part in a capital', bytes((commit) => commit.replaceAll('jane@', 'Jane@')), ['commit/author']],
  ['no e-mail', bytes((commit) => commit.replaceAll('<jane@example.org>', '<>')), ['commit/author']],
  ['an author of 1970', bytes((commit) => commit.replace(/(author .*> )\d+/, '$10')), []],
  ['a time before 1970', bytes((commit) => commit.replace(/(author .*> )\d+/, '$1-5')), ['commit/headers']],
  ['a time of 20 digits', bytes((commit) => commit.replace(/(author .*> )\d+/, '$199999999999999999999')), ['commit/headers']],
  ['the zone of the Line Islands', bytes((commit) => commit.replaceAll(' +0000', ' +1400')), []],
  ['a zone of nowhere', bytes((commit) => commit.replaceAll(' +0000', ' +9959')), ['commit/headers']],
  ['CR at the end of a header', bytes((commit) => commit.replace('+0000\nc', '+0000\r\nc')), ['commit/headers']],
  ['a clock as fast as is allowed', (r) => r.commit({ seconds: 300, ...IGNORE }), []],
  ['a clock a second faster', (r) => r.commit({ seconds: 301, ...IGNORE }), ['commit/time']],
  // §8
  ['text that is not in NFC', (r) => r.append({ body: 'e\u0301' }), []],
  ['a byte order mark within a text', (r) => r.append({ body: 'a\ufeffb' }), ['tree/text']],
  ['a C1 control', (r) => r.append({ body: 'a\u0085b' }), ['tree/text']],
  ['a line separator, which is no control', (r) => r.append({ body: 'a\u2028b' }), []],
  ['a ledger without a newline at its end', ledgered((yaml) => yaml.trimEnd()), ['tree/text']],
  ['the mode 100664', (r) => r.commit({ ...IGNORE, modes: { '.gitignore': '100664' } }), ['tree/modes']],
];

await runCases(CASES);

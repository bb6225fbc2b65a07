/**
 * Every rule's own examples as real pushes, over a path, through the installed
 * hook: what the first shows is refused in the words quoted here and leaves
 * nothing behind, what the second shows is taken and stands in the journal.
 * `vpr check` would have said the same before.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { judgeHistory } from '../../src/cli/judging.js';
import { isZero } from '../../src/format/push.js';
import { openRepository } from '../../src/records/clone.js';
import { renderBundle } from '../../src/records/trust-bundle.js';
import { exportBundle } from '../../src/records/trust-export.js';
import { KNOWN_RULES, RULES } from '../../src/validators/rules.js';
import { makePeople } from '../support/people.js';
import { type MadePush, scenario } from '../support/scenario.js';
import { stateOf, type TestHost, temporary } from './support.js';
import { pushFrom, writeClient, writeHost } from './support-scenario.js';

/** What a pusher's screen says of each rule's example. */
const SAYS: Readonly<Record<string, RegExp>> = {
  'ref/only-main': /a record has one branch, refs\/heads\/main, and nothing else: refs\/tags\/v1 is not taken/,
  'ref/no-delete': /main cannot be deleted, it is the record/,
  'ref/fast-forward': /what is pushed does not descend from the main of this host, whose commits would be lost/,
  'history/linear': /is a merge of 2 parents; a record's history is a line/,
  'record/registered': /this repository is not registered as a record on this host/,
  'record/identity': /coordination_id is not the id this repository is registered with, 7f4c2e9d-/,
  'commit/headers': /the header encoding is not allowed/,
  'commit/message': /its subject is not "<domain>:<action>: <summary>"/,
  'commit/empty': /changes no file/,
  'commit/time': /the committer's time \S+ is in the future; the host has/,
  'commit/author': /Author-Name is not the name the certificate certifies, "Dr Jane Smith"/,
  'commit/signature': /the commit was changed after it was signed, or signed with another key/,
  'commit/signer': /leads to no root this host trusts/,
  'signer/may': /changes more than last_updated_at with a message, which is all that a certificate of class patient may change/,
  'tree/layout': /notes\.txt\s+remote: {3}commit \S+ is not a path of a coordination record/,
  'tree/modes': /has the mode 100755 \(executable\), where 100644 was expected/,
  'tree/text': /thread\.md:23\s+remote: {3}commit \S+ the text holds U\+202E \(bidirectional control\)/,
  'tree/limits': /has 300643 bytes; this host takes 262144 here/,
  'record/no-removal': /disappears; nothing leaves a record/,
  'thread/append-only':
    /changes text that is already part of the record\s+remote: {3}- Please review chest X-ray[^\n]+\nremote: {3}\+ Please review CT/,
  'thread/format': /thread\.md:21\s+remote: {3}commit \S+ expected \*\*Author:\*\* here, found a blank line/,
  'thread/ids': /the message id 3f7a8d2c-\S+ is already that of the message in line 3/,
  'thread/corrects': /corrects 11111111-\S+ which is no earlier message of this thread/,
  'thread/time': /the message is dated \S+; the host has/,
  'thread/author': /the message's author, a1d3c5e7-\S+ is not the signer, 4f8c2a1d-/,
  'thread/open': /appends a message to a thread that is closed/,
  'thread/participants': /the author, who signed it, is no participant of this thread/,
  'ledger/schema': /ledger\.yaml:13\s+remote: {3}commit \S+ participants\[2\]\.role: "doctor" is not one of clinician, patient,/,
  'ledger/identity': /changes created_at, which is fixed once written/,
  'ledger/transition': /begins the thread as closed; a new thread is open/,
  'ledger/updated': /last_updated_at is \S+ not after what it was,/,
  'status/schema': /status\.lifecycle_state: "paused" is not one of active, suspended, closed/,
  'status/transition': /begins the record as suspended; a record begins active/,
  'status/permits': /changes while the record is suspended; only COORDINATION_STATUS\.yaml may/,
};

/** What only a host knows, or what no clone has commits of. */
const HOST_ONLY = new Set(['ref/only-main', 'ref/no-delete', 'record/registered']);

const people = await makePeople();
const strangers = await makePeople();
t.jobs = 2;

/** The rules that `vpr check` names, in a clone that has the host's trust bundle. */
async function checked(directory: string, client: string, host: TestHost, { updates }: MadePush): Promise<string[]> {
  const trust = join(directory, 'trust.json');
  writeFileSync(trust, renderBundle(exportBundle(host.directory, KNOWN_RULES)));
  const { old = '', new: to = '' } = updates[0] ?? {};
  const now = new Date();
  const range = isZero(old) ? { to } : { from: old, to };
  const { verdict } = await judgeHistory({
    repository: openRepository(client),
    ...range,
    trust,
    times: () => ({ received: now, latest: now, known: 'host' }) as const,
    whole: false,
  });
  return [...new Set(verdict.problems.map(({ rule }) => rule))].sort();
}

for (const rule of RULES) {
  t.test(rule.id, { buffered: true }, async (t) => {
    const record = scenario(people, strangers);
    rule.refuses.push(record);
    const made = record.made();
    const directory = temporary(t);
    const host = writeHost(directory, people, made);
    const client = await writeClient(directory, host, made);
    const before = stateOf(host);
    const { status, stderr } = await pushFrom(client, made.updates);
    t.equal(status, 1, `git fails: ${rule.refuses.title}`);
    t.match(stderr, /^remote: refused: \d+ problems?/);
    t.match(stderr, `remote: error ${rule.id}`);
    t.match(stderr, SAYS[rule.id], 'in these words');
    t.match(stderr, `remote:   more: vpr explain ${rule.id}`);
    t.match(stderr, /\[remote rejected\].*\(pre-receive hook declined\)/);
    t.strictSame(stateOf(host), before, 'nothing moved, nothing is left, nothing is in the journal');
    if (HOST_ONLY.has(rule.id)) return;
    const said = [...new Set([...stderr.matchAll(/^remote: error (\S+)/gm)].map(([, id]) => id))].sort();
    t.strictSame(await checked(directory, client, host, made), said, 'vpr check names the same rules');
  });

  t.test(`${rule.id} accepts`, { buffered: true }, async (t) => {
    const record = scenario(people, strangers);
    rule.accepts.push(record);
    const made = record.made();
    const directory = temporary(t);
    const host = writeHost(directory, people, made);
    const client = await writeClient(directory, host, made);
    const { status, stderr } = await pushFrom(client, made.updates);
    t.equal(status, 0, `${rule.accepts.title}: ${stderr}`);
    t.notMatch(stderr, 'remote:', 'without a word');
    const { main, journal } = stateOf(host);
    const [update] = made.updates;
    t.equal(main, update?.new, 'main has moved');
    t.equal(journal.length, 1);
    t.match(JSON.parse(journal[0] ?? ''), {
      time: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/,
      kind: 'coordination',
      record: host.record,
      old: update?.old,
      new: update?.new,
      format: 1,
      digests: { rules: /^[0-9a-f]{64}$/, policy: /^[0-9a-f]{64}$/, trust: /^[0-9a-f]{64}$/ },
      verdict: 'accepted',
      commits: Number,
    });
    t.notMatch(journal[0], /Jane|Tom|Doe|example\.org|GMC|X-ray|Seen|communications/, 'and says nothing of people or content');
    t.strictSame(await checked(directory, client, host, made), [], 'vpr check finds nothing either');
  });
}

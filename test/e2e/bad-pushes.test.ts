/** Odd pushes and odd text: refused or answered, nothing lands, and what a record says goes to the pusher's screen only. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { makePeople } from '../support/people.js';
import { type Scenario, scenario } from '../support/scenario.js';
import { allText, git, gitLine, makeHost, run, stateOf, temporary, writeObjects, ZERO } from './support.js';
import { packOf, pushPack } from './support-pack.js';
import { pushFrom, writeClient, writeHost } from './support-scenario.js';

const people = await makePeople();
const MAIN = 'refs/heads/main';
const ONE = '1'.repeat(40);
t.jobs = 2;

/** What the hook may be handed on its standard input, and what it says of it. */
const INPUTS: Readonly<Record<string, readonly [input: string | Uint8Array, says: RegExp]>> = {
  nothing: ['', /no ref update was handed to the hook/],
  'no ids': [`main\n`, /ref update 1 is not "<old> <new> <ref>"/],
  'an id cut short': [`${ONE.slice(1)} ${ONE} ${MAIN}\n`, /ref update 1 is not/],
  'ids of two lengths': [`${ONE} ${'1'.repeat(64)} ${MAIN}\n`, /ref update 1 is not/],
  'capital letters': [`${'A'.repeat(40)} ${ONE} ${MAIN}\n`, /ref update 1 is not/],
  'a line without its end': [`${ZERO} ${ONE} ${MAIN}`, /end in the middle of a line/],
  'a blank line': [`${ZERO} ${ONE} ${MAIN}\n\n`, /ref update 2 is not/],
  'one ref twice': [`${ZERO} ${ONE} ${MAIN}\n${ZERO} ${'2'.repeat(40)} ${MAIN}\n`, /refs\/heads\/main is updated twice/],
  'a NUL in a ref': [`${ZERO} ${ONE} refs/heads/ma\0in\n`, /ref update 1 is not/],
  'escapes in a ref': [`${ZERO} ${ONE} refs/heads/\u001b[31m x\n`, /ref update 1 is not/],
  'bytes that are no text': [Buffer.from([0xff, 0xfe, 0x0a]), /ref update 1 is not/],
  '2,000 refs': [
    Array.from({ length: 2000 }, (_, index) => `${ZERO} ${ONE} refs/heads/${index}\n`).join(''),
    /the push updates 2000 refs, more than 1000/,
  ],
  '2 MB': ['x'.repeat(2_000_000), /the ref updates are more than 1048576 bytes/],
  'a commit that is not there': [
    `${ZERO} ${ONE} ${MAIN}\n`,
    /error history\/linear\n {2}the history is incomplete: commit 1{40} is not there\n {2}help: git fetch --unshallow/,
  ],
};

t.test('what the hook is handed', { buffered: true }, async (t) => {
  const host = makeHost(join(temporary(t), 'host'), people);
  for (const [title, [input, says]] of Object.entries(INPUTS)) {
    const { status, stdout, stderr } = await run(host.repository, join(host.repository, 'hooks/pre-receive'), [], { input });
    t.equal(status, 1, title);
    t.match(stderr, says);
    t.notMatch(stderr, FORBIDDEN);
    t.equal(stdout, '');
    t.ok(stderr.length < 3000);
  }
  t.strictSame(stateOf(host).journal, []);
});

t.test('an empty push', { buffered: true }, async (t) => {
  const record = scenario(people);
  const made = record.made();
  const directory = temporary(t);
  const host = writeHost(directory, people, made);
  const client = await writeClient(directory, host, made);
  const before = stateOf(host);
  const { status, stderr } = await git(client, 'push', 'origin', `${before.main}:${MAIN}`);
  t.equal(status, 0);
  t.match(stderr, 'Everything up-to-date');
  t.equal((await pushPack(host, [], Buffer.alloc(0))).status, 0, 'nothing but a flush is answered, and done');
  const same = await pushPack(host, [{ old: before.main ?? '', new: before.main ?? '', ref: MAIN }], packOf([]));
  t.equal(same.status, 0, same.stderr);
  t.same({ ...stateOf(host), journal: [] }, before, 'nothing changes');
});

t.test('a lie about what main was', { buffered: true }, async (t) => {
  const record = scenario(people).append().append({ by: 'tom' });
  const made = record.made();
  const host = writeHost(temporary(t), people, made);
  const before = stateOf(host);
  const { old = '', new: tip = '' } = made.updates[0] ?? {};
  const root = /\nparent (\S+)/.exec(Buffer.from(made.objects.get(old)?.bytes ?? []).toString('latin1'))?.[1] ?? '';
  const fresh = packOf([...made.objects].filter(([id]) => !made.former.has(id)).map(([, object]) => object));
  for (const how of ['in a file', 'packed']) {
    for (const lie of [ZERO, root, tip, ONE]) {
      const bad = await pushPack(host, [{ old: lie, new: tip, ref: MAIN }], fresh);
      t.equal(bad.status, 1, `main is ${how}, and said to be ${lie}`);
      t.match(bad.stderr, /error ref\/fast-forward\n[\s\S]*git pull --rebase -S/);
    }
    t.equal((await pushPack(host, [{ old: root, new: old, ref: MAIN }], packOf([]))).status, 1, 'nor a push of what is there already');
    t.strictSame(stateOf(host).journal, before.journal, 'git would not take it, so the journal says nothing of it');
    t.equal(await gitLine(host.repository, 'rev-parse', 'main'), old);
    await gitLine(host.repository, 'pack-refs', '--all');
  }
  const good = await pushPack(host, made.updates, fresh);
  t.equal(good.status, 0, good.stderr);
  t.equal(stateOf(host).main, tip);
});

t.test('a shallow clone', { buffered: true }, async (t) => {
  const made = scenario(people).append().append({ by: 'tom' }).made();
  const directory = temporary(t);
  const host = writeHost(directory, people, made);
  const full = await writeClient(directory, host, made);
  t.equal((await pushFrom(full, made.updates)).status, 0);
  const shallow = join(directory, 'shallow.git');
  await gitLine(directory, 'clone', '--quiet', '--bare', '--depth=1', `file://${host.repository}`, shallow);

  const empty = makeHost(join(directory, 'empty'), people);
  const before = stateOf(empty);
  const bad = await git(shallow, 'push', empty.repository, MAIN);
  t.equal(bad.status, 1);
  t.match(bad.stderr, /\[remote rejected\] main -> main \(shallow update not allowed\)/);
  t.strictSame(stateOf(empty), before, 'half a history does not begin a record');

  const tip = made.objects.get(made.updates[0]?.new ?? '');
  const hostile = await pushPack(
    empty,
    [{ old: ZERO, new: made.updates[0]?.new ?? '', ref: MAIN }],
    packOf(tip === undefined ? [] : [tip]),
  );
  t.equal(hostile.status, 1, 'nor does one that does not say it is half');
  t.match(hostile.stderr, /did not receive expected object/, 'which git finds out by itself');
  t.strictSame(stateOf(empty), before);
  await gitLine(shallow, 'fetch', '--quiet', '--unshallow');
  const mended = await git(shallow, 'push', empty.repository, MAIN);
  t.equal(mended.status, 0, mended.stderr);
});

/** What no terminal may be sent: controls but LF, C1, and what turns the direction of text. */
const FORBIDDEN = /[\0-\t\v-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/;
const EVIL = '\u001b[31m\u001b]0;owned\u0007\u009b2J\u202e\r\b';
/** The same in the bytes of UTF-8, one a character. */
const EVIL_BYTES = Buffer.from(EVIL).toString('latin1');

const ODD_TEXT: Readonly<Record<string, (record: Scenario) => void>> = {
  'in a path': (record) => record.commit({ files: { [`communications/${EVIL}/x`]: 'x\n', [EVIL]: 'x\n' } }),
  'in the name of a thread': (record) => record.open({ directory: `communications/${EVIL}` }),
  'in a subject': (record) => record.commit({ subject: `coordination:${EVIL}: ${EVIL}`, files: { '.gitignore': 'files/\n' } }),
  'in a trailer': (record) =>
    record.append({ trailers: { 'Author-Name': EVIL, 'Author-Registration': EVIL, [`X${EVIL}`]: EVIL, 'On-Behalf-Of': EVIL } }),
  'in the author': (record) =>
    record.commit({ files: { '.gitignore': 'files/\n' }, unsigned: (commit) => commit.replaceAll('Dr Jane', `${EVIL_BYTES} Jane`) }),
  'in a header': (record) =>
    record.commit({
      files: { '.gitignore': 'files/\n' },
      unsigned: (commit) => commit.replace('\n\n', `\nx${EVIL_BYTES} ${EVIL_BYTES}\n\n`),
    }),
  'in a message': (record) => record.append({ body: EVIL, name: EVIL, role: EVIL, corrects: EVIL }),
  'in an earlier message': (record) =>
    record.commit({
      files: { [`${record.thread}/thread.md`]: (text) => text.replace('chest', EVIL), [`${record.thread}/ledger.yaml`]: record.touched() },
    }),
  'in a ledger': (record) =>
    record.append({
      files: {
        [`${record.thread}/ledger.yaml`]: (yaml) => yaml.replace('role: patient', `role: ${EVIL}`).replace('status: open', `${EVIL}: open`),
      },
    }),
  'in a ledger, as YAML escapes': (record) =>
    record.append({
      files: {
        [`${record.thread}/ledger.yaml`]: (yaml) =>
          yaml.replace('role: patient', 'role: "\\e[31m\\u202e\\a\\r"').replace('visibility:', '"\\e[31m\\N": 1\nvisibility:'),
      },
    }),
  'in a status file': (record) =>
    record.commit({ by: 'ada', files: { 'COORDINATION_STATUS.yaml': (yaml) => yaml.replace('active', `"${EVIL}"`) } }),
  'in a signature': (record) =>
    record.commit({ files: { '.gitignore': 'files/\n' }, signed: (commit) => commit.replace(/gpgsig .*\n/, `gpgsig ${EVIL_BYTES}\n`) }),
};

t.test('control characters and escapes never reach the terminal', { buffered: true }, async (t) => {
  for (const [title, push] of Object.entries(ODD_TEXT)) {
    const record = scenario(people);
    push(record);
    const made = record.made();
    const directory = temporary(t);
    const host = writeHost(directory, people, made);
    const client = await writeClient(directory, host, made);
    const before = stateOf(host);
    const { status, stderr } = await pushFrom(client, made.updates);
    t.equal(status, 1, title);
    t.match(stderr, /remote: refused: \d+ problem/);
    t.notMatch(stderr, FORBIDDEN, 'nothing but text');
    t.strictSame(stateOf(host), before);
  }
});

t.test('what a refusal quotes goes to the screen only', { buffered: true }, async (t) => {
  const record = scenario(people);
  record.commit({
    files: {
      [`${record.thread}/thread.md`]: (text) => text.replace('chest X-ray', 'haloperidol'),
      [`${record.thread}/ledger.yaml`]: record.touched(),
    },
  });
  const made = record.made();
  const directory = temporary(t);
  const host = writeHost(directory, people, made);
  const client = await writeClient(directory, host, made);
  const { stderr } = await pushFrom(client, made.updates);
  t.match(stderr, /remote: {3}- Please review chest X-ray/);
  t.match(stderr, /remote: {3}\+ Please review haloperidol/);
  const good = record.again().append({ body: 'Stopped haloperidol.' }).made();
  writeObjects(client, good.objects);
  t.equal((await pushFrom(client, good.updates)).status, 0, 'an accepted push beside it');
  const kept = ['journal', 'participants', 'registry'].map((name) => allText(join(host.directory, name))).join('\n');
  t.match(kept, /"verdict":"accepted"/);
  t.notMatch(kept, /haloperidol|X-ray|Jane|John|example\.org/, 'nor names or content in what the host writes down');
});

t.test("a pusher's own environment has no say", { buffered: true }, async (t) => {
  const bad = scenario(people)
    .commit({ files: { 'notes.txt': 'x\n' } })
    .made();
  const directory = temporary(t);
  const host = writeHost(directory, people, bad);
  const client = await writeClient(directory, host, bad);
  const trap = join(directory, 'trap');
  mkdirSync(trap);
  for (const name of ['git', 'node']) writeFileSync(join(trap, name), '#!/bin/sh\nexit 0\n', { mode: 0o755 });
  const environment = [
    `PATH=${trap}:${process.env['PATH']}`,
    'NODE_OPTIONS=--require=/nonexistent.js',
    'NODE_EXTRA_CA_CERTS=/nonexistent',
    'GIT_REPLACE_REF_BASE=refs/heads/',
    `GIT_SHALLOW_FILE=${join(client, 'objects')}`,
    'GIT_TRACE=1',
    `HOME=${trap}`,
  ];
  const before = stateOf(host);
  const { status, stderr } = await git(
    client,
    'push',
    `--receive-pack=env ${environment.join(' ')} ${await gitLine(client, '--exec-path')}/git-receive-pack`,
    'origin',
    `${bad.updates[0]?.new}:${MAIN}`,
  );
  t.equal(status, 1);
  t.match(stderr, /remote: error tree\/layout {2}notes\.txt/);
  t.strictSame(stateOf(host), before);
});

/** Reading a host's projection by commands, after real pushes: what is answered, what is kept back, and what is written down. */
import { readFileSync, statSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { searchWords } from '../../src/cli/query-words.js';
import type { Ledger } from '../../src/format/index.js';
import { openDatabase, type SearchQuery, search } from '../../src/projections/index.js';
import { run } from '../e2e/support.js';
import { makePeople } from '../support/people.js';
import { MESSAGE_ID, RECORD_ID } from '../support/texts.js';
import { vpr, vprJson } from './support.js';
import { ARCHIVED, askedHost, CORRECTION, type Item, REASON, RESTRICTED } from './support-queries.js';

const people = await makePeople();
const { pushed, directory, paths, thread: THREAD, text, json, items, failed, accesses, watched } = await askedHost(t, people);
const tip = pushed.tips.at(-1);

t.test('after a watcher looked', (t) => {
  t.match(watched(), { status: 0, stderr: /"projected"/ });
  t.test('search', searches);
  t.test('timeline', timelines);
  t.test('threads', lists);
  t.test('thread show', shows);
  t.test('flags', flags);
  t.test('fields', fields);
  t.end();
});

/** What every answer says, in words. */
function stands(t: Test, stdout: string): void {
  t.match(stdout, 'not authoritative: Git is the record, and may have gone on since\n');
  t.match(stdout, new RegExp(`  record ${RECORD_ID} as of commit ${tip}, projected \\d{4}-\\d\\d-\\d\\dT[\\d:.]+Z\n$`));
}

/** And as data. */
function standing(t: Test, ...args: readonly string[]): void {
  t.match(json(...args), {
    status: 0,
    value: { authoritative: false, standing: [{ record: RECORD_ID, commit: tip, projectedAt: Number }], cut: Boolean },
  });
}

async function searches(t: Test): Promise<void> {
  const { status, stdout, stderr } = text('search', 'pressure');
  t.match({ status, stderr }, { status: 0, stderr: '' });
  t.match(stdout, /^2 messages\n/);
  t.match(
    stdout,
    new RegExp(`John Doe \\(patient\\), recorded by .+\n  record ${RECORD_ID}  thread ${THREAD}  commit [0-9a-f]{40}\n  There is pressure`),
  );
  t.match(stdout, '\n  Blood pressure is high. Take it again.\n', 'a snippet is one line');
  t.ok(stdout.indexOf('There is') < stdout.indexOf('Blood'), 'newest first');
  t.notMatch(stdout, /secret|old/);
  stands(t, stdout);
  standing(t, 'search', 'pressure');
  t.match(text('search', 'REVIEW ct', '--author', people.people.jane.id).stdout, `  corrects ${MESSAGE_ID}\n`);

  const page = json('search', 'pressure', '--limit', '1').value;
  t.match(page, { count: { value: 2, capped: false }, cursor: String });
  t.match(text('search', 'pressure', '--limit', '1').stdout, `more: the same with --cursor ${page['cursor']}\n`);
  const rest = json('search', 'pressure', '--cursor', String(page['cursor'])).value;
  t.match(rest, { items: [{ snippet: { text: /^Blood/ } }] });
  t.notOk('cursor' in rest);

  const [newest, oldest] = items('search', 'pressure');
  const at = new Date(Number(newest?.['writtenAt'])).toISOString();
  t.strictSame(items('search', 'pressure', '--since', at), [newest]);
  t.strictSame(items('search', 'pressure', '--until', at), [oldest]);
  t.equal(items('search', 'pressure', '--since', '2020-01-01', '--record', RECORD_ID, '--ranked').length, 2);
  t.equal(items('search', 'pressure', '--archived').length, 3);
  const none = text('search', 'zebra', '--record', RECORD_ID);
  t.match(none, { status: 0, stdout: /^0 messages\nnothing\n/ });
  stands(t, none.stdout);

  const many = { authoritative: false, standing: [], items: [], cut: false, count: { value: 1000, capped: true } } as const;
  t.strictSame(searchWords(many), ['1,000+ messages'], 'a count that stopped at its bound says so');
  t.strictSame(searchWords({ ...many, count: { value: 0, capped: true } }), [], 'and nothing where it found none that may be shown');
  t.match(text('search', 'chest x-ray').stdout, `\n  CORRECTED by ${CORRECTION}\n`);

  t.equal(failed('search', 'x', '--cursor', 'x'), 'projections/cursor');
  t.equal(failed('search', 'x', '--limit', '201'), 'projections/limit');
  t.equal(failed('search', 'x', '--since', 'yesterday'), 'projections/time');
  t.equal(failed('search', 'x', '--since', '2026-02-30'), 'projections/time');
  t.equal(failed('search', 'x', '--record', 'x'), 'projections/id');
  t.equal(failed('search', 'x', '--record', MESSAGE_ID), 'projections/unknown');
  t.equal(failed('search', 'x', '--ranked', '--cursor', 'x'), 'usage');

  for (const hostile of [`pressure" OR body:*`, `' ; drop table messages; --`, 'NEAR(pressure high) NOT ^x*', '\u001b[2J\u202e pressure'])
    t.match(json('search', hostile), { status: 0, value: { authoritative: false } }, JSON.stringify(hostile));
  t.equal(items('search', '"pressure').length, 2, 'a quote that is left open');
  for (const empty of ['', '  ', '"*"', '(^)']) t.equal(failed('search', empty), 'projections/words');
  t.equal(items('search', 'x'.repeat(100_000)).length, 0, 'one long word');
  t.equal(failed('search', 'pressure '.repeat(10_000)), 'projections/words', 'too many');
  const database = await openDatabase(paths.database, { readOnly: true });
  t.teardown(() => database.close());
  const found = async (query: SearchQuery) => (await search(database, query)).items.length;
  t.equal(await found({ text: 'blood\0pressure' }), 1, 'a program can have a NUL in it; a command line can not');

  t.strictSame(accesses(), [], 'nobody gave a reason');
  const secret = text('search', 'secret pressure', '--reason', REASON);
  t.match(secret, { status: 0, stdout: /A secret pressure\./ });
  t.match(accesses(), [
    {
      time: /^\d{4}-.*Z$/,
      uid: process.getuid?.() ?? 0,
      account: userInfo().username,
      command: 'search',
      reason: 'Called about a bleed\\nat 02:10',
      asked: {},
      records: [RECORD_ID],
      threads: [RESTRICTED],
    },
  ]);
  t.notMatch(readFileSync(paths.access, 'utf8'), /secret/, 'not what was searched for, or found');
  t.equal(statSync(paths.access).mode & 0o777, 0o600);
}

async function timelines(t: Test): Promise<void> {
  const { status, stdout } = text('timeline', RECORD_ID);
  t.equal(status, 0);
  const [first] = stdout.trimStart().split('\n\n');
  t.match(first, /^\d{4}-\S+Z {2}coordination:update: Changed the record\n {2}commit [0-9a-f]{40} {2}accepted, received \d{4}-/);
  t.match(first, /\n {2}signed by .+ \(Clinician\)/);
  t.match(stdout, new RegExp(`  message \\S+ of John Doe .*, recorded by .* in thread ${THREAD}\n`));
  t.match(stdout, `in thread ${THREAD}, corrects ${CORRECTION}\n`);
  t.match(stdout, `message ${MESSAGE_ID} of Dr Jane Smith (clinician) in thread ${THREAD}, CORRECTED by ${CORRECTION}\n`);
  t.match(stdout, /\n {2}the record is active, open, queryable, modifiable\n/);
  t.match(stdout, `\n  thread ${THREAD} is open\n`);
  t.notMatch(stdout, new RegExp(`${RESTRICTED}|${ARCHIVED}|pressure`));
  stands(t, stdout);
  standing(t, 'timeline', RECORD_ID);
  t.match(text('timeline', RECORD_ID, '--archived').stdout, `thread ${ARCHIVED} is archived\n`);
  const before = accesses().length;
  t.match(text('timeline', RECORD_ID, '--reason', REASON).stdout, `thread ${RESTRICTED} is open, restricted\n`);
  t.match(accesses().slice(before), [{ command: 'timeline', asked: { record: RECORD_ID }, threads: [RESTRICTED, THREAD] }]);
  const { cursor } = json('timeline', RECORD_ID, '--limit', '1').value;
  t.equal(items('timeline', RECORD_ID, '--limit', '1', '--cursor', String(cursor)).length <= 1, true);
  t.equal(failed('timeline', RECORD_ID, '--cursor', `${cursor}x`), 'projections/cursor');
  t.equal(failed('timeline', 'x'), 'projections/id');
}

async function lists(t: Test): Promise<void> {
  const { stdout } = text('threads');
  t.match(stdout, new RegExp(`^${RECORD_ID}  ${THREAD}  open      \\d{4}-\\S+Z  .*Dr Tom Patel`));
  t.notMatch(stdout, new RegExp(`${RESTRICTED}|${ARCHIVED}`));
  stands(t, stdout);
  standing(t, 'threads', '--open');
  const ids = (...args: readonly string[]) => items('threads', ...args).map(({ thread }) => thread);
  t.strictSame(ids('--open'), [THREAD]);
  t.strictSame(ids('--archived'), [ARCHIVED, THREAD]);
  t.strictSame(ids('--archived', '--reason', 'r'), [ARCHIVED, RESTRICTED, THREAD], 'the latest first');
  t.match(text('threads', '--reason', 'r').stdout, new RegExp(`${RESTRICTED}  open .*, restricted\n`));
  t.strictSame(ids('--participant', people.people.tom.id), [THREAD]);
  t.strictSame(ids('--participant', people.people.rob.id), []);
  t.match(accesses().at(-1), { command: 'threads', threads: [RESTRICTED, THREAD] });
  t.equal(failed('threads', '--cursor', 'x'), 'projections/cursor');
  t.equal(failed('threads', '--open', '--archived'), 'usage');
}

async function shows(t: Test): Promise<void> {
  const { stdout } = text('thread', 'show', THREAD);
  const places = ['review chest X-ray', 'Please review the chest CT', 'Blood pressure', 'There is pressure'].map((part) =>
    stdout.indexOf(part),
  );
  t.strictSame(
    places,
    places.toSorted((a, b) => a - b),
  );
  t.match(
    stdout,
    /\n {6}Please review the chest CT\.\n(?:.*\n)+? {10}Please review the head CT\.\n(?:.*\n)+? {2}Blood pressure is high\.\n {2}\tTake/,
  );
  t.match(stdout, /John Doe \(patient\), recorded by /);
  t.match(stdout, new RegExp(`^thread ${THREAD}  open\n  clinician +Dr `));
  stands(t, stdout);
  standing(t, 'thread', 'show', THREAD, '--record', RECORD_ID);
  const { cursor } = json('thread', 'show', THREAD, '--limit', '1').value;
  t.match(items('thread', 'show', THREAD, '--cursor', String(cursor)), [{ body: /^Blood/ }, { body: /^There/ }]);
  t.equal(failed('thread', 'show', RESTRICTED), 'projections/restricted');
  t.match(text('thread', 'show', RESTRICTED, '--reason', REASON), { status: 0, stdout: /A secret pressure/ });
  t.match(accesses().at(-1), { command: 'thread show', asked: { thread: RESTRICTED }, records: [RECORD_ID], threads: [RESTRICTED] });
  t.equal(failed('thread', 'show', THREAD, '--record', MESSAGE_ID), 'projections/unknown-thread');
  t.equal(failed('thread', 'show', THREAD, '--record', 'x'), 'projections/id');
  t.equal(failed('thread', 'show', "x' or 1=1"), 'thread/whole-id');
  t.equal(
    failed('thread', 'show', ` ${THREAD.toUpperCase()} `, '--record', MESSAGE_ID.toUpperCase()),
    'projections/unknown-thread',
    'as it was copied',
  );
  t.match(vpr(directory, ['thread', 'show', THREAD, '--reason', 'r']), { status: 2, stdout: '' }, 'of a clone no reason is wanted');
}

/** What a ledger says with true and false, by the names that answers have for it. */
function flagsIn({ restricted, allow_patient_participation, allow_external_organisations }: Item) {
  return { restricted, allow_patient_participation, allow_external_organisations };
}

async function flags(t: Test): Promise<void> {
  const clone = join(directory, 'read');
  t.match(await run(directory, 'git', ['clone', '--quiet', pushed.host.repository, clone]), { status: 0 });
  const reason = ['--reason', 'r'];
  const listed = items('threads', '--archived', ...reason);
  const versions = items('timeline', RECORD_ID, '--archived', ...reason).flatMap(({ ledgers }) => ledgers as Item[]);
  const said = [THREAD, RESTRICTED, ARCHIVED].map((id) => {
    const { visibility, policies } = vprJson(clone, ['thread', 'show', id]).value['ledger'] as Ledger;
    const ledger = flagsIn({ ...visibility, ...policies });
    const same = (items: readonly Item[]) => flagsIn(items.find(({ thread }) => thread === id) ?? {});
    t.strictSame(same(listed), ledger, 'threads');
    t.strictSame(same(versions), ledger, 'the newest that a timeline has');
    t.strictSame(flagsIn(json('thread', 'show', id, ...reason).value['thread'] as Item), ledger, 'thread show');
    return ledger;
  });
  const usual = { restricted: false, allow_patient_participation: true, allow_external_organisations: true };
  t.strictSame(said, [usual, { ...usual, restricted: true }, { ...usual, allow_external_organisations: false }]);
}

/** The names of all fields, however far in. */
function namesIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(namesIn);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => [name, ...namesIn(inner)]);
}

async function fields(t: Test): Promise<void> {
  const page = readFileSync('docs/projections.md', 'utf8');
  const section = page.slice(page.indexOf('## The fields of an answer'), page.indexOf('## From a program'));
  const documented = new Set([...section.matchAll(/`(\w+)`/g)].map(([, name]) => name));
  const asked = [['search', 'pressure', '--limit', '1'], ['timeline', RECORD_ID], ['threads'], ['thread', 'show', THREAD]];
  const said = new Set(asked.flatMap((args) => namesIn(json(...args).value)));
  t.strictSame(
    [...said].filter((name) => !documented.has(name)),
    [],
    'the page says what each field is',
  );
}

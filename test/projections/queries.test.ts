/** Questions to a projection of real pushes' commits: the answers, and what is left out of them, on both databases. */
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { VprError } from '../../src/errors.js';
import { accountEnvironment, openDirect } from '../../src/git/index.js';
import {
  type Asking,
  type Database,
  holdRecord,
  openDatabase,
  problems,
  projectRecord,
  type SearchQuery,
  search,
  sharedIds,
  status,
  thread,
  threads,
  timeline,
} from '../../src/projections/index.js';
import { makeClient, temporary, writeObjects } from '../e2e/support.js';
import { makePeople } from '../support/people.js';
import { scenario } from '../support/scenario.js';
import { MESSAGE_ID, RECORD_ID } from '../support/texts.js';
import { onEachDatabase } from './databases.js';
import { requestOf } from './histories.js';

const TWIN = '1f4c2e9d-4b0a-4f3a-9a2c-0e9a6b5d1c88';
const ARCHIVED = 'communications/20260101T000000.000Z-bbbbbbbb-2222-4333-8444-555555555555';
const CORRECTION = 'aaaaaaaa-2222-4333-8444-555555555555';
const people = await makePeople();
const codeOf = (error: unknown) => (error instanceof VprError ? error.code : error);

/** A record of one open thread with corrections, one restricted, one archived, and one of many messages. */
function makeRecord() {
  const record = scenario(people, undefined, 200, 3600);
  record.append({ by: 'tom', body: 'Ünïcode: naïve façade, blood pressure high.', seconds: -190 });
  record.append({
    by: 'jane',
    role: 'correction',
    corrects: MESSAGE_ID,
    id: CORRECTION,
    body: 'Please review the chest CT.',
    seconds: -189,
  });
  record.append({ by: 'jane', role: 'correction', corrects: CORRECTION, body: 'Please review the head CT.', seconds: -188 });
  record.append({
    by: 'ada',
    author: 'pat',
    body: 'Pressure in my head. 血圧',
    trailers: { 'On-Behalf-Of': record.ids.pat },
    seconds: -187,
  });
  record.open({ by: 'rob', ledger: (yaml) => yaml.replace('restricted: false', 'restricted: true'), body: 'A restricted pressure.' });
  record.open({ by: 'rob', directory: ARCHIVED, body: 'An archived pressure.' });
  record.commit({
    by: 'rob',
    files: { [`${ARCHIVED}/ledger.yaml`]: record.touched((yaml) => yaml.replace('status: open', 'status: archived')) },
  });
  for (let count = 0; count < 30; count += 1)
    record.append({ by: 'tom', body: `Reading ${count}: everywhere the blood pressure.`, seconds: -150 + count });
  return record;
}

onEachDatabase(t, async (t, { fresh }) => {
  const record = makeRecord();
  t.strictSame((await record.judge()).problems, []);
  const repository = makeClient(join(temporary(t), 'record.git'));
  writeObjects(repository, record.made().objects);
  const source = openDirect(repository, accountEnvironment());
  t.teardown(() => source.close());
  const tip = record.made().updates[0]?.new ?? '';
  const database = await openDatabase(fresh());
  t.teardown(() => database.close());
  await projectRecord(database, requestOf(RECORD_ID, source, tip));
  const bodies = async (query: SearchQuery) => (await search(database, query)).items.map(({ snippet }) => snippet.text);

  t.test('search', async (t) => {
    const answer = await search(database, { text: 'naive FACADE' });
    t.match(answer, {
      authoritative: false,
      standing: [{ record: RECORD_ID, commit: tip, projectedAt: Number }],
      items: [
        {
          record: RECORD_ID,
          author: { id: record.ids.tom, name: 'Dr Tom Patel', role: 'clinician' },
          corrects: null,
          commit: /^[0-9a-f]{40}$/,
        },
      ],
      cut: false,
    });
    const [{ snippet } = { snippet: { text: '', found: [] } }] = answer.items;
    t.strictSame(
      snippet.found.map(([start, end]) => snippet.text.slice(start, end)),
      ['naïve', 'façade'],
    );
    t.strictSame(await bodies({ text: '血圧' }), ['Pressure in my head. 血圧'], 'characters of scripts without blanks');
    t.strictSame(await bodies({ text: '"pressure blood"' }), [], 'a phrase is in order');
    t.strictSame(await bodies({ text: '"blood pressure" high' }), ['Ünïcode: naïve façade, blood pressure high.']);
    t.strictSame(await bodies({ text: 'review', author: people.people.jane.id.replaceAll('-', '') }), [
      'Please review the head CT.',
      'Please review the chest CT.',
      'Please review chest X-ray and advise on next steps.',
    ]);
    t.strictSame(await bodies({ text: 'chest x-ray', record: RECORD_ID }), ['Please review chest X-ray and advise on next steps.']);
    t.strictSame(await bodies({ text: 'body:" OR ids NEAR( * ^ -- \' \\ :*' }), [], 'nothing has a meaning of its own');
    t.equal((await search(database, { text: 'high pressure everywhere', ranked: true })).items.length, 0);
    t.equal((await bodies({ text: 'pressure blood', ranked: true, limit: 1 }))[0], 'Reading 29: everywhere the blood pressure.');
    const newest = await search(database, { text: 'reading', limit: 3 });
    const since = newest.items.at(-1)?.writtenAt ?? 0;
    t.equal((await search(database, { text: 'reading', since })).items.length, 3);
    t.equal((await search(database, { text: 'reading', since, until: since + 1000 })).items.length, 1);
  });

  t.test('what is restricted, archived or not known', async (t) => {
    t.strictSame(await bodies({ text: 'restricted' }), []);
    t.strictSame(await bodies({ text: 'restricted', reason: '  ' }), [], 'a reason says something');
    t.strictSame(await bodies({ text: 'restricted', reason: 'called at night' }), ['A restricted pressure.']);
    t.strictSame(await bodies({ text: 'archived' }), []);
    t.strictSame(await bodies({ text: 'archived', archived: true }), ['An archived pressure.']);
    t.strictSame((await search(database, { text: 'pressure', count: true })).count, { value: 32, capped: false });
    t.strictSame((await search(database, { text: 'pressure', count: true, archived: true, reason: 'r' })).count, {
      value: 34,
      capped: false,
    });
    const hidden = (await threads(database, { reason: 'r', archived: true })).items.find(({ restricted }) => restricted)?.thread ?? '';
    t.equal(await thread(database, { thread: hidden }).catch(codeOf), 'projections/restricted');
    t.equal((await thread(database, { thread: hidden, reason: 'r' })).items.length, 1);
    t.equal(await thread(database, { thread: 'x' }).catch(codeOf), 'projections/unknown-thread');
    for (const ask of [timeline, (database: Database, query: Asking & { record: string }) => search(database, { ...query, text: 'x' })]) {
      t.equal(await ask(database, { record: TWIN }).catch(codeOf), 'projections/unknown');
      t.equal(await ask(database, { record: 'x' }).catch(codeOf), 'projections/id');
      t.equal(await ask(database, { record: RECORD_ID, limit: 0 }).catch(codeOf), 'projections/limit');
      t.equal(await ask(database, { record: RECORD_ID, cursor: 'x' }).catch(codeOf), 'projections/cursor');
    }
    t.equal(await search(database, { text: ' -- ' }).catch(codeOf), 'projections/words');
    t.equal(await search(database, { text: 'a '.repeat(21) }).catch(codeOf), 'projections/words');
  });

  t.test('threads, and one of them', async (t) => {
    const listed = await threads(database, {});
    for (const { record, changed_seq, commit } of listed.items) {
      const { id } = await database.kysely
        .selectFrom('commits')
        .select('id')
        .where('record', '=', record)
        .where('seq', '=', changed_seq)
        .executeTakeFirstOrThrow();
      t.equal(commit, id, 'a thread names the commit that last changed it');
    }
    t.strictSame(
      listed.items.map(({ thread: id }) => `communications/${id}`),
      [record.thread],
    );
    t.match(listed.items[0], { messages: 35, status: 'open', participants: [{ display_name: String }, {}, {}] });
    t.equal((await threads(database, { participant: people.people.rob.id })).items.length, 0);
    t.equal((await threads(database, { participant: people.people.rob.id, reason: 'r', archived: true })).items.length, 2);
    t.equal((await threads(database, { status: 'archived', record: RECORD_ID })).items.length, 1);
    const id = record.thread.slice('communications/'.length);
    const shown = await thread(database, { thread: id, limit: 3 });
    t.strictSame(
      shown.items.map(({ position }) => position),
      [0, 1, 4],
    );
    t.match(shown.items[0], {
      corrections: [{ body: 'Please review the chest CT.', corrections: [{ body: 'Please review the head CT.', corrections: [] }] }],
    });
    t.match(shown.items[2], { recordedBy: 'Ada Jones', author: { name: 'John Doe', role: 'patient' } });
    const all = await paged(t, (cursor) => thread(database, { thread: id, limit: 7, ...cursor }));
    t.strictSame(
      all.map(({ position }) => position),
      [0, 1, ...Array.from({ length: 31 }, (_, index) => 4 + index)],
    );
  });

  t.test('a timeline', async (t) => {
    const entries = await paged(t, (cursor) => timeline(database, { record: RECORD_ID, limit: 9, ...cursor }));
    t.equal(entries.length, 36, 'without the restricted thread, and the archived one');
    t.equal(
      (await paged(t, (cursor) => timeline(database, { record: RECORD_ID, limit: 9, reason: 'r', archived: true, ...cursor }))).length,
      39,
    );
    t.match(entries[0], {
      commit: { id: tip, signer_name: 'Dr Tom Patel', registrations: ['GMC 7654321'] },
      messages: [{ author: { name: 'Dr Tom Patel' } }],
    });
    t.match(entries.at(-1), { commit: { seq: 0, action: 'create' }, messages: [] });
    t.match(entries.at(-2), { ledgers: [{ status: 'open' }] });
  });

  t.test('a search goes on by its cursor', async (t) => {
    const all = await paged(t, (cursor) => search(database, { text: 'pressure', limit: 5, ...cursor }));
    t.equal(new Set(all.map(({ message }) => message)).size, 32);
    t.strictSame(
      [...all].sort((a, b) => b.writtenAt - a.writtenAt),
      all,
      'newest first',
    );
  });

  t.test('ids that are used twice, and records that are held', async (t) => {
    t.strictSame((await sharedIds(database)).items, []);
    await projectRecord(database, requestOf(TWIN, source, tip));
    t.equal((await sharedIds(database)).items.length, 35 * 2, 'every message of a copied record that may be shown');
    const shared = { thread: ARCHIVED.slice('communications/'.length) };
    t.equal(await thread(database, shared).catch(codeOf), 'projections/which-thread');
    t.match(await thread(database, { ...shared, record: TWIN }), { thread: { record: TWIN }, items: [{ record: TWIN }] });
    t.equal(await thread(database, { ...shared, record: 'x' }).catch(codeOf), 'projections/id');
    t.match(await search(database, { text: 'zebra', record: TWIN }), { items: [], standing: [{ record: TWIN, commit: tip }] });
    const problem = {
      rule: 'commit/signature',
      message: 'is not signed',
      commit: tip,
      severity: 'error',
      content: [{ sign: '+', text: 'x' }],
    } as const;
    const out = { record: { kind: 'coordination', id: TWIN }, reason: 'a commit does not pass', now: new Date() } as const;
    await holdRecord(database, { ...out, state: 'withheld', problems: [problem] });
    t.match((await problems(database)).items, [{ record: TWIN, rule: 'commit/signature', id: tip }]);
    t.match(await status(database), {
      current: { value: 1, capped: false },
      items: [{ record: TWIN, state: 'withheld', reached: tip, attempts: 1 }],
    });
    const held = { state: 'withheld', reason: 'a commit does not pass' };
    const found = await search(database, { text: 'pressure', limit: 100, record: TWIN });
    t.ok(found.items.length > 0, 'what was projected before is answered with');
    t.match(found.standing, [{ record: TWIN, commit: tip, held }], 'and that it may not be all');
    t.match((await timeline(database, { record: TWIN })).standing, [{ held }]);
    const [first] = (await search(database, { text: 'pressure', record: RECORD_ID })).standing;
    t.notOk(first !== undefined && 'held' in first, 'of others nothing is said');
    const never = '2f4c2e9d-4b0a-4f3a-9a2c-0e9a6b5d1c88';
    await holdRecord(database, { ...out, record: { kind: 'coordination', id: never }, state: 'set-aside' });
    t.equal(await timeline(database, { record: never, reason: 'r' }).catch(codeOf), 'projections/nothing-yet');
    await database.kysely.deleteFrom('projections').where('record', '=', never).execute();
    await projectRecord(database, requestOf(TWIN, source, tip));
    t.match(await status(database), { current: { value: 2 }, items: [] });
    t.strictSame((await problems(database)).items, []);
  });
});

/** All items, page by page. */
async function paged<T>(t: Test, ask: (cursor: { cursor?: string }) => Promise<{ items: readonly T[]; cursor?: string }>): Promise<T[]> {
  const all: T[] = [];
  let next: { cursor?: string } = {};
  for (let pages = 0; pages < 100; pages += 1) {
    const { items, cursor } = await ask(next);
    all.push(...items);
    if (cursor === undefined) return all;
    next = { cursor };
  }
  t.fail('pages without an end');
  return all;
}

/** Questions to a projection of real pushes' commits: the answers, and what is left out of them, on both databases. */
import t from 'tap';
import { type Asking, type Database, type SearchQuery, search, thread, threads, timeline } from '../../src/projections/index.js';
import { RECORD_ID } from '../support/texts.js';
import { askedProjection, codeOf, paged, people } from './asked.js';
import { onEachDatabase } from './databases.js';

const TWIN = '1f4c2e9d-4b0a-4f3a-9a2c-0e9a6b5d1c88';

onEachDatabase(t, async (t, { fresh }) => {
  const { record, tip, database } = await askedProjection(t, fresh());
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
});

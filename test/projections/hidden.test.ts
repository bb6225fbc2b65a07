/** What cursors, counts and timelines tell of what may not be shown, on both databases. */
import t from 'tap';
import { VprError } from '../../src/errors.js';
import { holdRecord, idsUsedTwice, problems, search, sharedIds, status, thread, threads, timeline } from '../../src/projections/index.js';
import { PASSED, writeCursor } from '../../src/projections/queries/cursor.js';
import { onEachDatabase } from './databases.js';
import { messageRow, RECORD, storeRecord, threadRow } from './rows.js';

const codeOf = (error: unknown) => (error instanceof VprError ? error.code : error);
const decoded = (cursor: string | undefined) => Buffer.from(cursor ?? '', 'base64url').toString();
const many = <T>(length: number, make: (index: number) => T) => Array.from({ length }, (_, index) => make(index));

onEachDatabase(t, async (t, { open }) => {
  t.test('cursors name nothing that may not be shown', async (t) => {
    const database = await open();
    // Newest first: one that may be shown, 2,500 of one millisecond that may not, among them one that may, and an older one.
    await storeRecord(database, {
      threads: [threadRow('20-open', { last_updated_at: 9 }), ...hiddenThreads(), threadRow('15-open', { last_updated_at: 5 })],
      messages: [
        messageRow('20-open', 0, { written_at: 9, body: 'common newest' }),
        ...many(1200, (index) => messageRow('30-hidden', index, { written_at: 5, body: 'common hidden' })),
        messageRow('20-open', 1, { written_at: 5, body: 'common among' }),
        ...many(1300, (index) => messageRow('10-hidden', index, { written_at: 5, body: 'common hidden only' })),
        messageRow('20-open', 2, { written_at: 2, body: 'common oldest' }),
      ],
    });
    const found = await pages((cursor) => search(database, { text: 'common', limit: 1, ...cursor }));
    t.strictSame(
      found.items.map(({ snippet }) => snippet.text.slice(7)),
      ['newest', 'among', 'oldest'],
      'each once, and none is lost',
    );
    t.ok(found.cut > 0, 'looking stopped at what is hidden, and went on');
    const listed = await pages((cursor) => threads(database, { limit: 1, ...cursor }));
    t.strictSame(
      listed.items.map(({ thread }) => thread),
      ['20-open', '15-open', '00-open'],
    );
    t.ok(listed.cut > 0);
    for (const cursor of [...found.cursors, ...listed.cursors]) t.notMatch(decoded(cursor), /hidden/);
    t.match((await search(database, { text: 'common', count: true, limit: 1 })).count, { capped: true });
    t.strictSame((await search(database, { text: 'hidden', count: true })).count, { value: 0, capped: true }, 'there may be some behind');
    t.strictSame((await search(database, { text: 'oldest', count: true })).count, { value: 1, capped: false });
    t.strictSame((await search(database, { text: 'only oldest', count: true })).count, { value: 0, capped: false });
  });

  t.test('rows of a record that nothing is said of are no answer', async (t) => {
    const database = await open();
    await storeRecord(database, { threads: [threadRow('t')], messages: [messageRow('t', 0, { body: 'forged' })], projected: false });
    t.strictSame((await search(database, { text: 'forged', count: true })).items, []);
  });

  t.test('ids used twice', async (t) => {
    const database = await open();
    const twice = { message: 'm' };
    await storeRecord(database, {
      threads: [threadRow('20-open'), threadRow('10-hidden', { restricted: 1 }), threadRow('30-old', { status: 'archived' })],
      messages: ['20-open', '10-hidden', '30-old'].map((thread) => messageRow(thread, 0, twice)),
    });
    const places = async (asking: object) => (await sharedIds(database, asking)).items.map(({ thread }) => thread);
    t.strictSame(await places({}), ['20-open']);
    t.strictSame(await places({ archived: true }), ['20-open', '30-old']);
    t.strictSame(await places({ archived: true, reason: 'r' }), ['10-hidden', '20-open', '30-old']);
    t.match(await idsUsedTwice(database), {
      count: { value: 1, capped: false },
      first: [
        { record: RECORD, thread: '20-open', message: 'm' },
        { record: RECORD, thread: '30-old', message: 'm' },
      ],
    });
    t.notMatch(JSON.stringify(await idsUsedTwice(database)), /10-hidden/, 'not even that it is there');
  });

  t.test('a thread whose id another has that may not be shown', async (t) => {
    const database = await open();
    await storeRecord(database, { threads: [threadRow('t')], messages: [] });
    const other = `0${RECORD.slice(1)}`;
    await database.transaction((transaction) => transaction.insert('threads', [threadRow('t', { record: other, restricted: 1 })]));
    const record = await database.kysely.selectFrom('records').selectAll().executeTakeFirstOrThrow();
    await database.transaction((transaction) => transaction.insert('records', [{ ...record, record: other }]));
    t.match(await thread(database, { thread: 't' }), { thread: { record: RECORD } });
    t.equal(await thread(database, { thread: 't', reason: 'r' }).catch(codeOf), 'projections/which-thread');
    await database.kysely.updateTable('threads').set({ restricted: 1 }).execute();
    t.equal(await thread(database, { thread: 't' }).catch(codeOf), 'projections/restricted', 'not how many');
  });

  t.test('ids used twice, in more than one stretch', async (t) => {
    const database = await open();
    const id = (index: number) => `${(index * 7919 + 2 ** 31).toString(16)}-2222-4333-8444-555555555555`;
    const hidden = many(5000, (index) => messageRow('10-hidden', index, { message: id(index) }));
    await storeRecord(database, {
      threads: [threadRow('10-hidden', { restricted: 1 }), threadRow('20-open')],
      messages: [...hidden, messageRow('20-open', 0, { message: id(4999) }), messageRow('20-open', 1, { message: id(5000) })],
    });
    const found = await pages((cursor) => sharedIds(database, cursor));
    t.match([found.items, found.cursors], [[{ thread: '20-open', position: 0 }], { length: 1 }], 'each once');
    for (const cursor of found.cursors) t.notMatch(decoded(cursor), /[0-9a-f]{8}-/, 'no id that may be one of what is not shown');
  });

  t.test('what a commit did with several threads has one order', async (t) => {
    const database = await open();
    const threads = many(50, (index) => String((index * 7) % 50).padStart(2, '0'));
    await storeRecord(database, { threads: threads.map((id) => threadRow(id)), messages: [], commits: 2 });
    const flags = { restricted: 0, allow_patient_participation: 0, allow_external_organisations: 0 } as const;
    const versions = threads.map((thread, index) => ({
      record: RECORD,
      thread,
      seq: index % 2,
      status: 'open',
      sensitivity: 'standard',
      ...flags,
    }));
    await database.transaction((transaction) => transaction.insert('ledger_versions', versions));
    const { items } = await timeline(database, { record: RECORD });
    for (const { ledgers } of items) {
      const order = ledgers.map(({ thread }) => thread);
      t.strictSame([order.length, order], [25, order.toSorted()]);
    }
  });

  t.test('why a record is held tells of no thread', async (t) => {
    const database = await open();
    await storeRecord(database, { threads: [threadRow('t')], messages: [] });
    const place = '20260101T000000.000Z-550e8400-e29b-41d4-a716-446655440000';
    const path = `communications/${place}/thread.md`;
    const problem = { rule: 'thread/append-only', message: `the thread ${place} was changed`, severity: 'error', path } as const;
    const held = { record: { kind: 'coordination', id: RECORD }, now: new Date() } as const;
    await holdRecord(database, { ...held, state: 'withheld', reason: `projections/unreadable: ${path}:3`, problems: [problem] });
    t.match((await status(database)).items, [{ reason: 'projections/unreadable: communications/…/thread.md:3' }]);
    t.match((await threads(database, { record: RECORD })).standing, [{ held: { reason: /: communications\/…\/thread\.md:3$/ } }]);
    t.match((await problems(database)).items, [{ path: 'communications/…/thread.md', message: 'the thread … was changed' }]);
    const ofOne = await problems(database, { record: RECORD });
    t.match(ofOne, { items: [{ record: RECORD }], standing: [{ record: RECORD }] });
    t.notOk('held' in ofOne, 'others are not counted where one was asked about');
    t.match((await problems(database, { reason: 'r' })).items, [{ path, message: problem.message }], 'who says why is told');
  });

  t.test('cursors and ids that nobody was given', async (t) => {
    const database = await open();
    await storeRecord(database, { threads: [threadRow('t')], messages: [messageRow('t', 0, { body: 'x' })] });
    const asks = {
      search: (cursor: string) => search(database, { text: 'x', cursor }),
      threads: (cursor: string) => threads(database, { cursor }),
      thread: (cursor: string) => thread(database, { thread: 't', cursor }),
      timeline: (cursor: string) => timeline(database, { record: RECORD, cursor }),
      problems: (cursor: string) => problems(database, { cursor }),
      status: (cursor: string) => status(database, { cursor }),
      'shared-ids': (cursor: string) => sharedIds(database, { cursor }),
    };
    const parts = ['', '\0', 'x', 0, -1, 2 ** 31, -(2 ** 31) - 1, 2 ** 53 - 1, PASSED + 1, 1e300, 0.5, null, []];
    for (const [query, ask] of Object.entries(asks)) {
      for (const length of [1, 2, 3, 4, 5])
        for (const part of parts)
          for (const other of ['', 1]) {
            const place = many(length, (index) => (index % 2 === 0 ? part : other)) as never;
            const code = await ask(writeCursor(query, place)).then(() => 'projections/cursor', codeOf);
            if (code !== 'projections/cursor') t.fail(`${query} ${JSON.stringify(place)}: ${code}`);
          }
    }
    t.equal(await thread(database, { thread: 't\0' }).catch(codeOf), 'projections/unknown-thread');
    t.equal(await search(database, { text: 'x', since: Number.NaN }).catch(codeOf), 'projections/time');
    t.equal((await search(database, { text: 'x\0', since: -1e300, until: 1e300 })).items.length, 1);
    t.equal((await search(database, { text: 'x', since: 0.5 })).items.length, 0);
  });

  t.test('the best of a large page', async (t) => {
    const database = await open();
    await storeRecord(database, {
      threads: [threadRow('t')],
      messages: many(60, (index) => messageRow('t', index, { written_at: index, body: 'x' })),
    });
    t.match(await search(database, { text: 'x', ranked: true, limit: 200 }), { cut: true, items: { length: 50 } }, 'there are more');
    t.match(await search(database, { text: 'x', ranked: true, limit: 20 }), { cut: false, items: { length: 20 } });
    t.match(await search(database, { text: 'x', ranked: true, limit: 200, since: 20 }), { cut: false, items: { length: 40 } });
  });
});

function hiddenThreads() {
  const hidden = (index: number) => threadRow(`${index % 2 === 0 ? 18 : 12}-hidden-${index}`, { last_updated_at: 5, restricted: 1 });
  const named = ['10-hidden', '30-hidden'].map((id) => threadRow(id, { last_updated_at: 1, restricted: 1 }));
  return [...many(2500, hidden), ...named, threadRow('00-open')];
}

/** All items, page by page. */
async function pages<T>(ask: (cursor: { cursor?: string }) => Promise<{ items: readonly T[]; cursor?: string; cut: boolean }>) {
  const all = { items: [] as T[], cursors: [] as string[], cut: 0 };
  for (let next: { cursor?: string } | undefined = {}; next !== undefined; ) {
    const { items, cursor, cut } = await ask(next);
    all.items.push(...items);
    if (cursor !== undefined) all.cursors.push(cursor);
    if (cut) all.cut += 1;
    if (all.cursors.length > 100) throw new Error('pages without an end');
    next = cursor === undefined ? undefined : { cursor };
  }
  return all;
}

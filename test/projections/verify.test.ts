/** Rows that were changed behind the projection's back are found, each by its table and key. */
import { type KyselyPlugin, sql } from 'kysely';
import t from 'tap';
import { digestOf } from '../../src/projections/digest.js';
import { indexed } from '../../src/projections/full-text.js';
import { openDatabase, projectRecord, verifyProjection } from '../../src/projections/index.js';
import { inSnapshot } from '../../src/projections/queries/snapshot.js';
import { wordsDifferences } from '../../src/projections/verify-words.js';
import { idWord, wordsOf } from '../../src/projections/words.js';
import { makePeople } from '../support/people.js';
import { seeded } from '../support/random.js';
import { onEachDatabase } from './databases.js';
import { makeHistories } from './histories.js';
import { messageRow, RECORD, storeRecord, threadRow } from './rows.js';

const people = await makePeople();

onEachDatabase(t, async (t, { fresh }) => {
  const { record, ids, request } = makeHistories(t, people, seeded(3), 12);
  const database = await openDatabase(fresh());
  t.teardown(() => database.close());
  const { kysely } = database;
  const asked = request(ids.at(-1));
  t.match(await verifyProjection(database, asked), { commit: null, good: true, differences: [] });
  await projectRecord(database, asked);
  const good = await verifyProjection(database, asked);
  t.match(good, { record: record.id, commit: ids.at(-1), good: true, differences: [] });
  t.equal(good.digest.stored, good.digest.recomputed);

  await kysely.updateTable('messages').set({ body: 'Something else.' }).where('position', '=', 0).where('record', '=', record.id).execute();
  const { differences } = await verifyProjection(database, asked);
  t.ok(differences.length > 0 && differences.every(({ table, kind }) => /messages|words/.test(table) && kind === 'different'));
  t.ok(
    differences.some(({ table }) => table === 'words'),
    'it is not found by what it says now',
  );
  t.notMatch(JSON.stringify(differences), /Something else/, 'and nothing of what it says');
  await kysely.deleteFrom('commits').where('seq', '=', 3).execute();
  await kysely
    .insertInto('participants')
    .values({
      record: record.id,
      thread: 'x',
      participant: 'y',
      from_seq: 1,
      until_seq: null,
      role: 'clinician',
      display_name: 'z',
      organisation: null,
    })
    .execute();
  const bad = await verifyProjection(database, asked);
  t.equal(bad.good, false);
  t.strictSame(
    bad.differences.filter(({ table }) => table !== 'messages' && table !== 'words'),
    [
      { table: 'participants', key: ['x', 'y', 1], kind: 'unexplained' },
      { table: 'commits', key: [3], kind: 'missing' },
    ],
  );
});

onEachDatabase(t, async (t, { name, fresh }) => {
  const { record, ids, request } = makeHistories(t, people, seeded(5), 12);
  const database = await openDatabase(fresh());
  t.teardown(() => database.close());
  const asked = request(ids.at(-1));
  await projectRecord(database, asked);
  const found = async () => (await verifyProjection(database, asked)).differences;
  t.strictSame(await found(), []);
  const { kysely } = database;
  const { thread, position, document } = await kysely
    .selectFrom('messages')
    .selectAll()
    .where('record', '=', record.id)
    .where('position', '=', 0)
    .executeTakeFirstOrThrow();
  if (name === 'PostgreSQL') {
    const other = sql`update messages set words = cast('other' as tsvector) where record = ${record.id} and thread = ${thread} and position = 0`;
    await other.execute(kysely);
    t.strictSame(await found(), [{ table: 'words', key: [thread, position], kind: 'different' }], 'words of another text');
    await projectRecord(database, { ...asked, anew: true });
    const pairs = (text: string) => sql`update messages set pairs = ${text}::integer[] where record = ${record.id}`.execute(kysely);
    await pairs('{0}');
    t.strictSame(await found(), [], 'of rows that are older than pairs nothing is said');
    await pairs('{1}');
    t.ok(
      (await found()).some(({ table, kind }) => table === 'words' && kind === 'different'),
      'pairs of another text',
    );
    return;
  }
  const own = { thread, position, document: document ?? -1 };
  const stored = await kysely.selectFrom('messages').selectAll().where('document', '=', own.document).executeTakeFirstOrThrow();
  const right = indexed({ ...stored, document: own.document });
  const [one = '', other = '', ...more] = wordsOf(stored.body);
  for (const [body, ids, what] of [
    [[other, one, ...more].join(' '), right.ids, 'in another order'],
    [`${right.body} also`, right.ids, 'with a word too many'],
    [[one, other, ...more.slice(1)].join(' '), right.ids, 'with a word less'],
    [right.body, `${right.ids} also`, 'with an id too many'],
  ] as const) {
    await sql`delete from words where rowid = ${own.document}`.execute(kysely);
    await sql`insert into words (rowid, body, ids) values (${own.document}, ${body}, ${ids})`.execute(kysely);
    t.strictSame(await found(), [{ table: 'words', key: [thread, position], kind: 'different' }], what);
  }
  await sql`delete from words where rowid = ${own.document}`.execute(kysely);
  await sql`insert into words (rowid, body, ids) values (${own.document}, ${right.body}, ${right.ids})`.execute(kysely);
  t.strictSame(await found(), [], 'as it was');
  await sql`delete from words where rowid = ${document}`.execute(kysely);
  t.strictSame(await found(), [{ table: 'words', key: [thread, position], kind: 'missing' }], 'a message that the index does not have');
  const of = idWord('record', record.id);
  await sql`insert into words (rowid, body, ids) values (${document}, 'something else', ${of})`.execute(kysely);
  t.strictSame(await found(), [{ table: 'words', key: [thread, position], kind: 'different' }], 'or has with other words');
  const said = await kysely.selectFrom('messages').selectAll().where('document', '=', document).executeTakeFirstOrThrow();
  const { body, ids: its } = indexed({ ...said, document: 6 });
  await sql`insert into words (rowid, body, ids) values (6, ${body}, ${its})`.execute(kysely);
  t.match(
    await found(),
    [
      { table: 'words', key: [thread, position], kind: 'different' },
      { key: [6], kind: 'unexplained' },
    ],
    'also where another has its own',
  );
  await sql`delete from words where rowid = 6`.execute(kysely);
  await sql`insert into words (rowid, body, ids) values (5, 'nothing that was said', ${of})`.execute(kysely);
  t.match(await found(), [{ kind: 'different' }, { table: 'words', key: [5], kind: 'unexplained' }], 'and what no message says');
});

onEachDatabase(t, async (t, { fresh }) => {
  const counts: number[] = [];
  let messages = 0;
  for (const commits of [12, 60]) {
    const { record, ids, request } = makeHistories(t, people, seeded(7), commits);
    const database = await openDatabase(fresh());
    t.teardown(() => database.close());
    await projectRecord(database, request(ids.at(-1)));
    let asked = 0;
    const counting: KyselyPlugin = {
      transformQuery({ node }) {
        asked += 1;
        return node;
      },
      transformResult: ({ result }) => Promise.resolve(result),
    };
    await inSnapshot(database, async ({ dialect, kysely }) => {
      t.strictSame(await wordsDifferences({ dialect, kysely: kysely.withPlugin(counting) }, record.id), []);
    });
    const { rows } = await sql<{ messages: number }>`select count(*) as messages from messages`.execute(database.kysely);
    messages = Number(rows[0]?.messages);
    counts.push(asked);
  }
  t.ok(messages > 20, `${messages} messages`);
  t.equal(counts[0], counts[1], 'whose messages are more is not asked about more often');
});

onEachDatabase(t, async (t, { fresh }) => {
  const database = await openDatabase(fresh());
  t.teardown(() => database.close());
  const messages = Array.from({ length: 250 }, (_, index) =>
    messageRow(`t${index % 3}`, Math.floor(index / 3), { body: `Reading ${index}` }),
  );
  await storeRecord(database, { threads: ['t0', 't1', 't2'].map((thread) => threadRow(thread)), messages });
  const pages: number[] = [];
  const counting: KyselyPlugin = {
    transformQuery: ({ node }) => node,
    transformResult({ result }) {
      if (result.rows.some((row) => 'body' in row)) pages.push(result.rows.length);
      return Promise.resolve(result);
    },
  };
  await inSnapshot(database, async ({ dialect, kysely }) => {
    const counted = { dialect, kysely: kysely.withPlugin(counting) };
    t.strictSame(await wordsDifferences(counted, RECORD), []);
    await digestOf(counted, RECORD);
  });
  t.strictSame(pages, [100, 100, 50, 100, 100, 50], 'messages are never all in memory at once');
});

onEachDatabase(t, async (t, { fresh }) => {
  const { record, ids, request } = makeHistories(t, people, seeded(9), 300);
  const database = await openDatabase(fresh());
  t.teardown(() => database.close());
  const asked = request(ids.at(-1));
  await projectRecord(database, asked);
  t.match(await verifyProjection(database, asked), { good: true, differences: [] });
  const { kysely } = database;
  await kysely.updateTable('commits').set({ seq: 1000 }).where('seq', '=', 100).execute();
  await kysely.deleteFrom('commits').where('seq', 'in', [99, 250]).execute();
  await kysely.updateTable('commits').set({ summary: 'Something else' }).where('seq', 'in', [0, 101, 200]).execute();
  await sql`insert into threads select record, ${'\u{10000}'}, status, created_at, last_updated_at, last_message_at, messages,
    sensitivity, restricted, allow_patient_participation, allow_external_organisations, opened_seq, changed_seq
    from threads limit 1`.execute(kysely);
  await sql`update threads set thread = ${'\uffff'} where thread = (select max(thread) from threads where thread < 'a')`.execute(kysely);
  const found = (await verifyProjection(database, asked)).differences;
  t.strictSame(
    found.map(({ table, key: [first], kind }) => [table, table === 'commits' ? first : String(first).length, kind]),
    [
      ['commits', 0, 'different'],
      ['commits', 101, 'different'],
      ['commits', 200, 'different'],
      ['commits', 1000, 'unexplained'],
      ['threads', 1, 'unexplained'],
      ['threads', 2, 'unexplained'],
      ['commits', 99, 'missing'],
      ['commits', 100, 'missing'],
      ['commits', 250, 'missing'],
      ['threads', record.thread.length - 'communications/'.length, 'missing'],
    ],
    'over the ends of pages, and in the order of bytes',
  );
  await kysely.deleteFrom('commits').execute();
  t.equal((await verifyProjection(database, asked)).differences.length, 100);
});

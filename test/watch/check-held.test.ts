/** Rows that say something of a record only while it is held, changed behind the watcher's back, on each database. */
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { hostPaths, shardedPath } from '../../src/hosts/paths.js';
import { type Database, search } from '../../src/projections/index.js';
import { buildRecords } from '../../src/watch/build.js';
import { checkRecord } from '../../src/watch/check.js';
import { stateOf } from '../../src/watch/state.js';
import { gitLine } from '../e2e/support.js';
import { onEachDatabase } from '../projections/databases.js';
import { makePeople } from '../support/people.js';
import type { Scenario } from '../support/scenario.js';
import { type PushedRecord, pushedRecord } from '../verify/support.js';
import { hostOf, isWhole, once, push, slip, using } from './support.js';

const people = await makePeople();
/** No thread of any record. */
const INVENTED = '20260101T000000.000Z-1f4c2e9d-4b0a-4f3a-9a2c-0e9a6b5d1c88';

const ledger = (one: string, other: string) => (record: Scenario) =>
  record.commit({ files: { [`${record.thread}/ledger.yaml`]: record.touched((yaml) => yaml.replace(one, other)) } });
const restrict = ledger('sensitivity: standard', 'sensitivity: restricted');
const nobody = (record: Scenario) => record.append({ trailers: { 'Author-Name': 'Dr Nobody' } });
const threadOf = ({ record }: PushedRecord) => record.thread.split('/').at(-1) ?? '';

/** What is known of one record in one database, and what a look at its rows says. */
function at(place: string, all: PushedRecord) {
  const { directory, record } = all.host;
  const change = <T>(work: (kysely: Database['kysely']) => Promise<T>) => using(place, ({ kysely }) => work(kysely));
  return {
    checked: () => using(place, (database) => checkRecord(hostOf(directory), database, record, new Date())),
    found: () => using(place, async (database) => (await search(database, { text: 'few' })).items.length),
    state: () => using(place, async (database) => (await stateOf(database, record))?.state),
    hidden: () => change(async (kysely) => (await kysely.selectFrom('hidden').select('thread').execute()).map(({ thread }) => thread)),
    hide: (thread: string) => change((kysely) => kysely.insertInto('hidden').values({ record, thread }).execute()),
    unhide: (thread: string) => change((kysely) => kysely.deleteFrom('hidden').where('thread', '=', thread).execute()),
    change,
    async build() {
      await using(place, async (database) => {
        for await (const _ of buildRecords(hostOf(directory), database, [record]));
      });
    },
  };
}

/** A record with a message that was shown, and above that a commit that does not pass, and then one that restricts its thread. */
async function restricted(t: Test, place: string): Promise<PushedRecord> {
  const all = await pushedRecord(t, people, (record) => record.append({ body: 'Of few.' }));
  await once(all.host, place);
  slip(all, nobody);
  slip(all, restrict);
  await once(all.host, place);
  return all;
}

onEachDatabase(t, async (t, { fresh }) => {
  t.test('where objects are lost that say what is restricted, nothing of the record is shown', async (t) => {
    const all = await pushedRecord(t, people, (record) => record.append({ body: 'For a few days.' }));
    const place = fresh();
    await once(all.host, place);
    const { found, hidden, state } = at(place, all);
    t.equal(await found(), 1);
    slip(all, nobody);
    const restricted = slip(all, restrict);
    const lost = await gitLine(all.host.repository, 'rev-parse', `${restricted}:communications`);
    slip(all, (record) => record.commit({ files: { '.gitignore': 'files/\n' } }));
    const file = join(all.host.repository, 'objects', lost.slice(0, 2), lost.slice(2));
    renameSync(file, `${file}.away`);
    await once(all.host, place);
    t.same([await state(), (await hidden()).includes(''), await found()], ['withheld', true, 0]);
    renameSync(`${file}.away`, file);
  });

  t.test('a thread that main restricts above what is withheld', async (t) => {
    const place = fresh();
    const all = await restricted(t, place);
    const { checked, found, state, hidden, hide, unhide, build } = at(place, all);
    const thread = threadOf(all);
    t.strictSame([await state(), await hidden(), await found()], ['withheld', [thread], 0]);
    await isWhole(t, all, place);

    await unhide(thread);
    t.equal(await found(), 1, 'it is shown without a reason');
    t.match(await checked(), { good: false, code: 'watch/differs', digest: String });
    t.strictSame((await checked()).differences, [{ table: 'hidden', key: [thread], kind: 'missing' }]);
    await hide(INVENTED);
    await hide('');
    t.strictSame((await checked()).differences, [
      { table: 'hidden', key: [thread], kind: 'missing' },
      { table: 'hidden', key: [''], kind: 'unexplained' },
      { table: 'hidden', key: [INVENTED], kind: 'unexplained' },
    ]);
    await build();
    t.strictSame([await hidden(), await found()], [[thread], 0], 'the build that is named as help');
    await isWhole(t, all, place);

    await hide(INVENTED);
    t.strictSame((await checked()).differences, [{ table: 'hidden', key: [INVENTED], kind: 'unexplained' }]);
    await once(all.host, place);
    await isWhole(t, all, place);
  });

  t.test('a record that is not held has none of them', async (t) => {
    const place = fresh();
    const all = await pushedRecord(t, people, (record) => record.append({ body: 'Of few.' }));
    const { checked, found, hide, change, build } = at(place, all);
    await once(all.host, place);
    await isWhole(t, all, place);
    const thread = threadOf(all);
    await hide(thread);
    t.equal(await found(), 0, 'it has disappeared from answers');
    t.strictSame((await checked()).differences, [{ table: 'hidden', key: [thread], kind: 'unexplained' }]);
    const problem = { id: null, rule: 'commit/author', severity: 'error', path: null, line: null, message: 'x' };
    await change((kysely) =>
      kysely
        .insertInto('problems')
        .values({ record: all.host.record, number: 3, ...problem })
        .execute(),
    );
    await once(all.host, place);
    t.strictSame(
      (await checked()).differences,
      [
        { table: 'hidden', key: [thread], kind: 'unexplained' },
        { table: 'problems', key: [3], kind: 'unexplained' },
      ],
      'a watcher that has nothing to do leaves them',
    );
    await build();
    t.equal(await found(), 1);
    await isWhole(t, all, place);
  });

  t.test('one that is withheld has problems, and they may be others by now', async (t) => {
    const place = fresh();
    const all = await restricted(t, place);
    const { checked, change } = at(place, all);
    const { policy } = hostPaths(all.host.directory);
    const before = readFileSync(policy);
    writeFileSync(policy, `${before}rules: { commit/author: warn }\n`);
    t.match(await checked(), { good: true }, 'it passes by the policy of now, and was not tried again');
    writeFileSync(policy, before);
    await change((kysely) => kysely.deleteFrom('problems').execute());
    t.strictSame((await checked()).differences, [{ table: 'problems', key: [0], kind: 'missing' }]);
  });

  t.test('what was pushed since a record was last tried is not missing', async (t) => {
    const place = fresh();
    const all = await pushedRecord(t, people, (record) => record.append({ body: 'Of few.' }));
    const { checked, hidden, hide, unhide } = at(place, all);
    await once(all.host, place);
    slip(all, nobody);
    await once(all.host, place);
    await isWhole(t, all, place);
    const thread = threadOf(all);
    await push(all, restrict);
    t.strictSame([await hidden(), (await checked()).differences], [[], []], 'the watcher has not come to it');
    await hide(INVENTED);
    t.match((await checked()).differences, [{ kind: 'missing' }, { key: [INVENTED], kind: 'unexplained' }], 'nor was that so before');
    await once(all.host, place);
    t.strictSame([await hidden(), (await checked()).differences], [[thread], []]);
    await unhide(thread);
    t.strictSame((await checked()).differences, [{ table: 'hidden', key: [thread], kind: 'missing' }]);
    await once(all.host, place);
    await push(all, ledger('sensitivity: restricted', 'sensitivity: standard'));
    t.strictSame([await hidden(), (await checked()).differences], [[thread], []], 'likewise one that is not restricted any more');
    await once(all.host, place);
    t.strictSame([await hidden(), (await checked()).differences], [[], []]);
    slip(all, restrict);
    t.strictSame((await checked()).differences, [{ table: 'hidden', key: [thread], kind: 'missing' }], 'nobody says when that came');
  });

  t.test('one that is set aside keeps what was hidden before', async (t) => {
    const place = fresh();
    const all = await restricted(t, place);
    const { checked, state, hidden, unhide, change } = at(place, all);
    const entry = shardedPath(hostPaths(all.host.directory).journal, all.host.record, '.jsonl');
    const journal = readFileSync(entry);
    rmSync(entry);
    mkdirSync(entry);
    await once(all.host, place);
    t.match(await checked(), { good: false, code: 'journal/unreadable' });
    rmSync(entry, { recursive: true });
    writeFileSync(entry, journal);
    t.strictSame([await state(), await hidden()], ['set-aside', [threadOf(all)]]);
    t.strictSame(await change((kysely) => kysely.selectFrom('problems').selectAll().execute()), []);
    await isWhole(t, all, place);
    await unhide(threadOf(all));
    t.strictSame((await checked()).differences, [{ table: 'hidden', key: [threadOf(all)], kind: 'missing' }]);
  });

  t.test('a record of which nothing was ever shown', async (t) => {
    const place = fresh();
    const all = await pushedRecord(t, people, restrict);
    const { checked, state, hide, unhide } = at(place, all);
    const { journal, policy } = hostPaths(all.host.directory);
    rmSync(shardedPath(journal, all.host.record, '.jsonl'));
    writeFileSync(policy, 'version: 1\n');
    await once(all.host, place);
    t.equal(await state(), 'withheld');
    t.match(await checked(), { reached: null, good: true, differences: [] });
    await unhide(threadOf(all));
    await hide('');
    t.match((await checked()).differences, [
      { key: [threadOf(all)], kind: 'missing' },
      { key: [''], kind: 'unexplained' },
    ]);
  });

  t.test('a record that is behind and not held, where main restricts a thread', async (t) => {
    const place = fresh();
    const all = await pushedRecord(t, people, (record) => record.append({ body: 'Of few.' }));
    await once(all.host, place);
    await push(all, restrict);
    t.match(await at(place, all).checked(), { good: true, reached: all.tips.at(-1), differences: [] });
  });
});

/** Records that don't go on, on each database: what is shown of them meanwhile, what is said, and how it ends. */
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { hostPaths, shardedPath } from '../../src/hosts/paths.js';
import { buildProjection, search, thread, timeline } from '../../src/projections/index.js';
import { storePrepared } from '../../src/projections/many.js';
import { buildAll } from '../../src/watch/build.js';
import { prepare } from '../../src/watch/prepare.js';
import { projectOne } from '../../src/watch/project.js';
import { stateOf } from '../../src/watch/state.js';
import { projectionStatus } from '../../src/watch/status.js';
import { setRef } from '../e2e/support.js';
import { onEachDatabase } from '../projections/databases.js';
import { makePeople } from '../support/people.js';
import { type PushedRecord, pushedRecord } from '../verify/support.js';
import { hostOf, isWhole, listeningLog, once, push, slip, until, using, visible, watching } from './support.js';

const people = await makePeople();

onEachDatabase(t, async (t, { fresh }) => {
  t.test('what came past the hook is judged, and withheld until it passes', async (t) => {
    const all = await pushedRecord(t, people);
    const place = fresh();
    const good = slip(all, (record) => record.append());
    t.match(await once(all.host, place), [
      { event: 'scanned' },
      { level: 'warn', event: /without an entry in the journal/, what: { record: all.host.record, commits: 1 } },
      { event: 'projected' },
    ]);
    const verdicts = () =>
      using(place, ({ kysely }) => kysely.selectFrom('commits').select(['id', 'verdict', 'received_at']).orderBy('seq', 'desc').execute());
    t.match((await verdicts())[0], { id: good, verdict: 'judged', received_at: null });
    const bad = slip(all, (record) => record.append({ trailers: { 'Author-Name': 'Dr Nobody' } }));
    slip(all, (record) => record.append());
    const said = await once(all.host, place);
    t.match(
      said.find(({ event }) => event === 'withheld'),
      { what: { to: good, rule: 'commit/author' } },
    );
    t.equal((await verdicts())[0]?.id, good, 'neither it nor what stands on it');
    t.match(await using(place, (database) => stateOf(database, all.host.record)), { state: 'withheld', reached: good, attempts: 1 });
    t.match(await using(place, ({ kysely }) => kysely.selectFrom('problems').selectAll().execute()), [
      { id: bad, rule: 'commit/author', severity: 'error' },
    ]);
    await isWhole(t, all, place);
    // The host says that such files may be: now they pass.
    writeFileSync(
      hostPaths(all.host.directory).policy,
      `${readFileSync(hostPaths(all.host.directory).policy, 'utf8')}rules: { commit/author: warn }\n`,
    );
    await once(all.host, place);
    t.match(await using(place, (database) => stateOf(database, all.host.record)), { state: 'current', reason: null, attempts: 0 });
    t.same(await using(place, ({ kysely }) => kysely.selectFrom('problems').selectAll().execute()), []);
    await isWhole(t, all, place);
  });

  t.test('what is kept of problems says nothing of what the record says', async (t) => {
    const all = await pushedRecord(t, people);
    const place = fresh();
    const bad = slip(all, (record) =>
      record.commit({
        files: {
          [`${record.thread}/ledger.yaml`]: record.touched((yaml) => yaml.replace('role: patient', 'role: HIV positive')),
          'HIV result.txt': 'positive\n',
        },
      }),
    );
    await once(all.host, place);
    const kept = await using(place, async ({ kysely }) => [
      ...(await kysely.selectFrom('problems').selectAll().execute()),
      ...(await kysely.selectFrom('projections').selectAll().execute()),
    ]);
    t.notMatch(JSON.stringify(kept), /HIV|positive/);
    const layout = kept.find((row) => 'rule' in row && row.rule === 'tree/layout');
    t.match(layout, { id: bad, path: '…', message: /is not a path of a coordination record/ });
    const schema = kept.find((row) => 'rule' in row && row.rule === 'ledger/schema');
    t.match(schema, { id: bad, path: /ledger\.yaml$/, message: /^participants\[\d\]\.role: "…" is not one of clinician, patient/ });
  });

  t.test('what is restricted above a commit that is withheld is not shown from the rows below it', async (t) => {
    const all = await pushedRecord(t, people, (record) => record.append({ body: 'Of few.' }));
    const place = fresh();
    const found = (reason?: string) =>
      using(place, async (database) => {
        const { items, held, standing } = await search(database, { text: 'few', ...(reason === undefined ? {} : { reason }) });
        return [items.length, held?.records, standing[0]?.held?.state];
      });
    await once(all.host, place);
    t.strictSame(await found(), [1, undefined, undefined]);
    const reached = all.tips.at(-1);
    const bad = slip(all, (record) => record.append({ trailers: { 'Author-Name': 'Dr Nobody' } }));
    await once(all.host, place);
    t.strictSame(await found(), [1, 1, 'withheld'], 'a record that is held is answered with as far as it was projected');
    const toggled = (one: string, other: string) => (record: PushedRecord['record']) =>
      record.commit({ files: { [`${record.thread}/ledger.yaml`]: record.touched((yaml) => yaml.replace(one, other)) } });
    await push(all, toggled('restricted: false', 'restricted: true'));
    await once(all.host, place);
    t.strictSame(await found(), [0, 1, undefined], 'the hook has accepted that it is restricted');
    t.strictSame(await found('a test'), [1, 1, 'withheld']);
    const { record, host } = all;
    const shown = { thread: record.thread.split('/').at(-1) ?? '' };
    await t.rejects(
      using(place, (database) => thread(database, shown)),
      { code: 'projections/restricted' },
    );
    t.match(await using(place, (database) => stateOf(database, host.record)), { state: 'withheld', reached });
    await isWhole(t, all, place);
    await push(all, toggled('restricted: true', 'restricted: false'));
    await once(host, place);
    t.strictSame(await found(), [1, 1, 'withheld'], 'and that it is not any more');
    const status = 'COORDINATION_STATUS.yaml';
    await push(all, (record) =>
      record.commit({ files: { [status]: (yaml: string) => yaml.replace('record_queryable: true', 'record_queryable: false') } }),
    );
    await once(host, place);
    t.strictSame(await found(), [0, 1, undefined], 'likewise the whole record');
    await t.rejects(
      using(place, (database) => timeline(database, { record: host.record })),
      { code: 'projections/not-queryable' },
    );
    setRef(host.repository, 'refs/heads/main', reached ?? '');
    await once(host, place);
    t.strictSame(await found(), [1, undefined, undefined], 'main was set back below all of that');
    setRef(host.repository, 'refs/heads/main', bad);
    await once(host, place);
    t.strictSame(await found(), [1, 1, 'withheld']);
  });

  t.test('it is not shown for a moment either: whoever ends before it is written down why the record is withheld', async (t) => {
    const all = await pushedRecord(t, people, (record) => record.append({ body: 'Of few.' }));
    const { record } = all.host;
    const host = hostOf(all.host.directory);
    slip(all, (record) => record.append({ trailers: { 'Author-Name': 'Dr Nobody' } }));
    slip(all, (record) =>
      record.commit({
        files: { [`${record.thread}/ledger.yaml`]: record.touched((yaml) => yaml.replace('restricted: false', 'restricted: true')) },
      }),
    );
    const found = (place: string, reason?: string) =>
      using(place, async (database) => (await search(database, { text: 'few', ...(reason === undefined ? {} : { reason }) })).items.length);

    const place = fresh();
    await using(place, async (database) => {
      let transactions = 0;
      const ending: typeof database = {
        ...database,
        transaction(run) {
          transactions += 1;
          return transactions === 1 ? database.transaction(run) : Promise.reject(new Error('it has ended'));
        },
      };
      await t.rejects(projectOne(host, ending, record, new Date()), { message: 'it has ended' });
    });
    t.same([await found(place), await found(place, 'a test')], [0, 1]);
    await isWhole(t, all, place);

    const built = fresh();
    const prepared = async function* () {
      yield { record: { kind: 'coordination', id: record } as const, now: new Date(), advances: prepare(host, record) };
    };
    await buildProjection(built, (database) => storePrepared(database, prepared(), (_, error) => t.fail(String(error))));
    t.same([await found(built), await found(built, 'a test')], [0, 1]);
  });

  t.test('a record that is no longer registered says so in its answers, until it is registered again', async (t) => {
    const all = await pushedRecord(t, people);
    const { registry } = hostPaths(all.host.directory);
    const entry = shardedPath(registry, all.host.record);
    const place = fresh();
    const state = () => using(place, (database) => stateOf(database, all.host.record));
    const { heard, end } = await watching(t, all.host, place, { scanEvery: 50 });
    await visible(place, all.host, all.tips[0] ?? '');
    renameSync(entry, `${entry}.away`);
    await until(() => heard('set-aside').length > 0);
    await until(() => heard('scanned').at(-1)?.what['due'] === 0, 'a scan that leaves it alone');
    t.match(heard('set-aside'), [{ what: { record: all.host.record, code: 'watch/unregistered' } }], 'once');
    t.match(await state(), {
      state: 'set-aside',
      reached: all.tips[0],
      next_try_at: null,
      reason: /^watch\/unregistered: .*vpr projection build without a record$/,
    });
    t.match(await using(place, (database) => timeline(database, { record: all.host.record })), {
      standing: [
        {
          commit: all.tips[0],
          held: { state: 'set-aside', reason: /^watch\/unregistered: the host's registry does not have it any more/ },
        },
      ],
    });
    const status = await using(place, (database) => projectionStatus(hostPaths(all.host.directory), database));
    t.match(status, { records: 0, held: [{ record: all.host.record }], unregistered: [all.host.record] });
    renameSync(`${entry}.away`, entry);
    await until(async () => (await state())?.state === 'current', 'its return');
    // What can't be read is still registered.
    renameSync(entry, `${entry}.away`);
    mkdirSync(entry);
    await until(async () => (await state())?.reason?.startsWith('registry/unreadable') === true, 'what is known of it');
    await end(); // who still looked would see that it is gone
    rmSync(entry, { recursive: true });
    renameSync(registry, `${registry}.away`);
    await t.rejects(once(all.host, place), { code: 'registry/missing' }, 'a registry that is not there is not one without records');
    t.match(await state(), { reason: /^registry\/unreadable/ });
    renameSync(`${registry}.away`, registry);
    await once(all.host, place);
    t.match(await state(), { reason: /^watch\/unregistered/ });
    await buildAll({ ...hostOf(all.host.directory), database: place, log: listeningLog().log }, 1);
    t.equal(await state(), undefined, 'all rows were made anew, without it');
  });

  t.test('a record that cannot be read is set aside, and holds nobody else up', async (t) => {
    const all = await pushedRecord(t, people);
    const place = fresh();
    await once(all.host, place);
    const ref = join(all.host.repository, 'refs/heads/main');
    const whole = readFileSync(ref);
    const state = () => using(place, (database) => stateOf(database, all.host.record));
    writeFileSync(ref, whole.subarray(0, 17));
    t.match(
      (await once(all.host, place)).find(({ event }) => event === 'set-aside'),
      { what: { code: 'watch/ref-half-written' } },
    );
    t.match(await state(), { state: 'set-aside', reached: all.tips[0], attempts: 1, reason: /half-written/ });
    await once(all.host, place);
    t.match(await state(), { attempts: 2 });
    writeFileSync(ref, whole);
    await once(all.host, place);
    t.match(await state(), { state: 'current', attempts: 0, reason: null });

    const entry = shardedPath(hostPaths(all.host.directory).journal, all.host.record, '.jsonl');
    const journal = readFileSync(entry);
    const tip = await push(all, (record) => record.append());
    rmSync(entry);
    mkdirSync(entry);
    await once(all.host, place);
    t.match(await state(), { state: 'set-aside', reached: all.tips[0], reason: /^journal\/unreadable: .*EISDIR$/ });
    rmSync(entry, { recursive: true });
    writeFileSync(entry, journal);
    await once(all.host, place);
    t.match(await state(), { state: 'current', reached: tip }, 'without its entry it was judged');
    rmSync(all.host.repository, { recursive: true });
    await once(all.host, place);
    t.match(await state(), { state: 'set-aside', reached: tip, reason: /the repository is not there/ });
  });
});

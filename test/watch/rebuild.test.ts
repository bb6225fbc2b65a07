/** Rows of another version of the projection: made anew beside those that answer, which stay until then. */
import t from 'tap';
import { statusLines } from '../../src/cli/projection-words.js';
import { hostPaths } from '../../src/hosts/paths.js';
import { PROJECTION_VERSION } from '../../src/projections/store.js';
import { buildAll } from '../../src/watch/build.js';
import { checkRecord } from '../../src/watch/check.js';
import { projectionStatus } from '../../src/watch/status.js';
import { watchOnce } from '../../src/watch/watch.js';
import { onEachDatabase } from '../projections/databases.js';
import { makePeople } from '../support/people.js';
import { pushedRecord } from '../verify/support.js';
import { hostOf, isWhole, listeningLog, once, push, until, using, visible, watching, watchProcess } from './support.js';

const people = await makePeople();
/** Of no registered record: only what is made anew beside is without it. */
const STRAY = '1f4c2e9d-4b0a-4f3a-9a2c-0e9a6b5d1c88';

/** Makes what is projected that of another version, and leaves a mark. */
async function ofVersion(place: string, version: number): Promise<void> {
  await using(place, async ({ kysely }) => {
    await kysely.updateTable('projections').set({ version }).execute();
    const nothing = { clinical_id: null, lifecycle_state: null, record_open: null, record_modifiable: null } as const;
    await kysely
      .insertInto('records')
      .values({ record: STRAY, kind: 'coordination', record_queryable: 0, last_activity_at: 0, ...nothing })
      .execute();
  });
}

function stateOf(place: string): Promise<{ readonly versions: readonly number[]; readonly stray: boolean }> {
  return using(place, async ({ kysely }) => {
    const versions = await kysely.selectFrom('projections').select('version').execute();
    const stray = await kysely.selectFrom('records').select('record').where('record', '=', STRAY).execute();
    return { versions: versions.map(({ version }) => version), stray: stray.length > 0 };
  });
}

const FRESH = { versions: [PROJECTION_VERSION], stray: false };

onEachDatabase(t, async (t, { fresh }) => {
  t.test('a watcher has it made anew, and shows what is pushed meanwhile', async (t) => {
    const all = await pushedRecord(t, people);
    const place = fresh();
    await once(all.host, place);
    await ofVersion(place, PROJECTION_VERSION - 1);
    let goOn = () => {};
    const waiting = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    const { log } = listeningLog();
    const rebuild = async () => {
      await waiting;
      await buildAll({ ...hostOf(all.host.directory), database: place, log });
    };
    const { heard } = await watching(t, all.host, place, { rebuild });
    await until(() => heard('scanned').length > 0, 'a look at everything');
    t.match(await stateOf(place), { versions: [PROJECTION_VERSION - 1], stray: true }, 'what there was answers');
    const tip = await push(all, (record) => record.append());
    await visible(place, all.host, tip);
    t.match(await stateOf(place), { stray: true });
    goOn();
    await until(() => heard('the projection was made anew').length > 0, 'a projection that was made anew');
    t.strictSame(await stateOf(place), FRESH);
    await visible(place, all.host, await push(all, (record) => record.append({ by: 'tom' })));
    await isWhole(t, all, place);
  });

  t.test('where that fails, each record is made anew in its place', async (t) => {
    const all = await pushedRecord(t, people);
    const place = fresh();
    await once(all.host, place);
    await ofVersion(place, PROJECTION_VERSION - 1);
    const { heard, said } = await watching(t, all.host, place, { rebuild: () => Promise.reject(new Error('no room')) });
    await until(() => heard('projected').length > 0, 'a record that is projected');
    t.ok(said.some(({ level, event }) => level === 'error' && event.startsWith('the projection could not be made anew beside')));
    await until(async () => (await stateOf(place)).versions[0] === PROJECTION_VERSION, 'rows of this version');
    t.match(await stateOf(place), { stray: true });
    await isWhole(t, all, place);
  });

  t.test('rows of a newer version are left alone', async (t) => {
    const all = await pushedRecord(t, people);
    const place = fresh();
    await once(all.host, place);
    await ofVersion(place, PROJECTION_VERSION + 1);
    await push(all, (record) => record.append());
    const { log, heard } = listeningLog();
    const never = () => Promise.reject(new Error('nothing is to be made anew'));
    await watchOnce({ ...hostOf(all.host.directory), database: place, log, rebuild: never });
    t.equal(heard('a newer version of vpr has made the projection: its records are left to that').length, 1);
    t.strictSame(await stateOf(place), { versions: [PROJECTION_VERSION + 1], stray: true });
    const row = await using(place, ({ kysely }) => kysely.selectFrom('projections').selectAll().executeTakeFirst());
    t.match(row, { state: 'current', reached: all.tips[0] }, 'as it was');
    const build = buildAll({ ...hostOf(all.host.directory), database: place, log });
    t.match(await build.catch((error: unknown) => error), { code: 'projections/newer' }, 'nor are others put in their place');
    t.strictSame(await stateOf(place), { versions: [PROJECTION_VERSION + 1], stray: true });
  });

  t.test('of rows of another version it is said that they are, and not that no commit makes them', async (t) => {
    const all = await pushedRecord(t, people);
    const place = fresh();
    await once(all.host, place);
    const { directory, record } = all.host;
    for (const [version, whose] of [
      [PROJECTION_VERSION - 1, 'an older'],
      [PROJECTION_VERSION + 1, 'a newer'],
    ] as const) {
      await using(place, ({ kysely }) => kysely.updateTable('projections').set({ version }).execute());
      const checked = await using(place, (database) => checkRecord(hostOf(directory), database, record, new Date()));
      t.match(checked, { good: false, code: 'watch/version', why: `its rows were made by ${whose} version of vpr`, differences: [] });
      const status = await using(place, (database) => projectionStatus(hostPaths(directory), database));
      const [older, newer] = version < PROJECTION_VERSION ? [1, 0] : [0, 1];
      t.match(status, { records: 1, current: 0, behind: 0, older, newer });
      const said = version < PROJECTION_VERSION ? '1 record to be made anew: ' : '1 record with rows of a newer version of vpr';
      t.match(statusLines(status), [/0 up to date/, new RegExp(`^${said}`)]);
    }
    await using(place, ({ kysely }) => kysely.updateTable('projections').set({ version: PROJECTION_VERSION }).execute());
    const status = await using(place, (database) => projectionStatus(hostPaths(directory), database));
    t.match(status, { current: 1, older: 0, newer: 0 });
  });
});

t.test('vpr watch does it in a process of its own, and with --once before it ends', async (t) => {
  const all = await pushedRecord(t, people);
  const { directory } = all.host;
  const place = hostPaths(directory).database;
  await once(all.host, place);
  await ofVersion(place, PROJECTION_VERSION - 1);
  const lasting = watchProcess(t, directory);
  await until(() => lasting.text().includes('the projection was made anew'), 'a projection that was made anew');
  t.strictSame(await stateOf(place), FRESH);
  lasting.kill('SIGTERM');
  await until(() => lasting.exitCode !== null, 'its end');
  await ofVersion(place, PROJECTION_VERSION - 1);
  const single = watchProcess(t, directory, '--once');
  await until(() => single.exitCode !== null, 'its end');
  t.equal(single.exitCode, 0);
  t.strictSame(await stateOf(place), FRESH);
  await isWhole(t, all, place);
});

/** Two that look at one record at a time, the later of which has seen an earlier main: on each database. */
import t from 'tap';
import { type Database, search } from '../../src/projections/index.js';
import { buildAll } from '../../src/watch/build.js';
import { projectOne } from '../../src/watch/project.js';
import { stateOf } from '../../src/watch/state.js';
import { setRef } from '../e2e/support.js';
import { onEachDatabase } from '../projections/databases.js';
import { makePeople } from '../support/people.js';
import type { Scenario } from '../support/scenario.js';
import { pushedRecord } from '../verify/support.js';
import { hostOf, isWhole, listeningLog, once, slip, using } from './support.js';

const people = await makePeople();
const nobody = (record: Scenario) => record.append({ trailers: { 'Author-Name': 'Dr Nobody' } });
const toggled = (one: string, other: string) => (record: Scenario) =>
  record.commit({ files: { [`${record.thread}/ledger.yaml`]: record.touched((yaml) => yaml.replace(one, other)) } });
const restrict = toggled('restricted: false', 'restricted: true');

onEachDatabase(t, async (t, { fresh }) => {
  /** A record that was projected, and what is found of it; somebody who projects it does `meanwhile` before what it first writes, and ends before its `last`. */
  const ready = async (t: Parameters<typeof pushedRecord>[0]) => {
    const all = await pushedRecord(t, people, (record) => record.append({ body: 'Of few.' }));
    const place = fresh();
    await once(all.host, place);
    const slowly = (meanwhile: () => Promise<unknown>, last = Number.POSITIVE_INFINITY) =>
      using(place, async (database) => {
        let writes = 0;
        const slow: Database = {
          ...database,
          async transaction(run) {
            writes += 1;
            if (writes === 1) await meanwhile();
            if (writes >= last) throw new Error('it has ended');
            return database.transaction(run);
          },
        };
        await projectOne(hostOf(all.host.directory), slow, all.host.record, new Date()).catch((error: unknown) => {
          if (last === Number.POSITIVE_INFINITY) throw error;
        });
      });
    return {
      all,
      place,
      slowly,
      found: () => using(place, async (database) => (await search(database, { text: 'few' })).items.length),
      state: () => using(place, async (database) => (await stateOf(database, all.host.record))?.state),
    };
  };

  t.test('who writes down last why a record is held does not show what main has restricted meanwhile', async (t) => {
    const { all, place, slowly, found, state } = await ready(t);
    slip(all, nobody);
    await slowly(() => {
      slip(all, restrict);
      return once(all.host, place);
    });
    t.strictSame([await state(), await found()], ['withheld', 0]);
    slip(all, toggled('restricted: true', 'restricted: false'));
    await once(all.host, place);
    t.strictSame([await state(), await found()], ['withheld', 1], 'the next look is at main alone');
    await isWhole(t, all, place);
  });

  t.test('who finds everything projected already does not let go of what is held', async (t) => {
    for (const last of [2, 3, Number.POSITIVE_INFINITY]) {
      const { all, place, slowly, found, state } = await ready(t);
      slip(all, (record) => record.append());
      slip(all, nobody);
      slip(all, restrict);
      await slowly(() => once(all.host, place), last);
      t.strictSame([await state(), await found()], ['withheld', 0], `${last}`);
      await isWhole(t, all, place);
    }
  });

  t.test('nor who has seen main where it was projected to', async (t) => {
    const { all, place, slowly, found, state } = await ready(t);
    const reached = all.tips.at(-1) ?? '';
    const bad = slip(all, nobody);
    await once(all.host, place);
    setRef(all.host.repository, 'refs/heads/main', reached);
    await slowly(() => {
      setRef(all.host.repository, 'refs/heads/main', bad);
      slip(all, restrict);
      return once(all.host, place);
    });
    t.strictSame([await state(), await found()], ['withheld', 0]);
    await isWhole(t, all, place);
  });

  t.test('rows that are made anew beside do not answer before they have what was restricted meanwhile', async (t) => {
    const { all, place, found, state } = await ready(t);
    const ended = new Error('it has ended');
    let policies = 0;
    const { policy, ...host } = hostOf(all.host.directory);
    const meanwhile = () => {
      policies += 1;
      if (policies === 1) slip(all, restrict); // main was read before
      return policy();
    };
    const { log } = listeningLog();
    // It ends when the new ones are in place, before the watcher that comes after does anything.
    const ending = {
      ...log,
      info: () => {
        throw ended;
      },
    };
    await t.rejects(buildAll({ ...host, policy: meanwhile, database: place, log: ending }, 1), ended);
    t.strictSame([await state(), await found()], ['current', 0]);
    await isWhole(t, all, place);
  });
});

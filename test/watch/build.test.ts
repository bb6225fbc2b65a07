/** Building a projection with threads that read: the same rows, and nobody is held up by what can't be read. */
import { renameSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { runGit } from '../../src/git/run.js';
import { addRecord } from '../../src/hosts/plain.js';
import { digestOf } from '../../src/projections/index.js';
import { buildAll, buildRecords } from '../../src/watch/build.js';
import { allStates, stateOf } from '../../src/watch/state.js';
import { temporary } from '../e2e/support.js';
import { onEachDatabase } from '../projections/databases.js';
import { makePeople } from '../support/people.js';
import { pushedRecord } from '../verify/support.js';
import { hostOf, isWhole, listeningLog, once, push, using } from './support.js';

const EMPTY = '0f4c2e9d-4b0a-4f3a-9a2c-0e9a6b5d1c88';
const LOST = '9f4c2e9d-4b0a-4f3a-9a2c-0e9a6b5d1c88';

t.test('by several threads, or by none but this one', async (t) => {
  const all = await pushedRecord(t, await makePeople());
  const { directory, record } = all.host;
  for (let count = 0; count < 5; count += 1) await push(all, (one) => one.append({ by: count % 2 === 0 ? 'tom' : 'jane' }));
  addRecord(directory, { kind: 'coordination', id: EMPTY }, runGit);
  const { path } = addRecord(directory, { kind: 'coordination', id: LOST }, runGit);
  renameSync(path, `${path}.away`);

  const digests: string[] = [];
  for (const threads of [1, 2, 5]) {
    const place = join(temporary(t), 'built.db');
    const { log, heard } = listeningLog();
    await buildAll({ ...hostOf(directory), database: place, log }, threads);
    t.strictSame(heard('projected'), [], 'nothing was left to the watcher');
    const states = await using(place, allStates);
    t.match(states.get(record), { state: 'current' });
    t.match(states.get(LOST), { state: 'set-aside', reason: /watch\/repository-missing/ });
    t.notOk(states.has(EMPTY), 'nothing was pushed to this one');
    digests.push(await using(place, (database) => digestOf(database, record)));
    await isWhole(t, all, place);
  }
  t.equal(new Set(digests).size, 1);
});

onEachDatabase(t, async (t, { fresh }) => {
  t.test('single records are made anew in their place, and what cannot be read leaves what was there', async (t) => {
    const all = await pushedRecord(t, await makePeople());
    const { directory, record, repository } = all.host;
    const place = fresh();
    await once(all.host, place);
    const rows = () => using(place, (database) => digestOf(database, record));
    const whole = await rows();
    const build = () =>
      using(place, async (database) => {
        const outcomes = [];
        for await (const { outcome } of buildRecords(hostOf(directory), database, [record])) outcomes.push(outcome);
        return outcomes;
      });
    const state = () => using(place, (database) => stateOf(database, record));
    const tip = all.tips.at(-1);

    renameSync(repository, `${repository}.away`);
    t.match(await build(), [{ kind: 'set-aside', code: 'watch/repository-missing' }]);
    t.match(await state(), { state: 'set-aside', reached: tip, seq: 1 }, 'answers still say what they stand on');
    t.equal(await rows(), whole);
    renameSync(`${repository}.away`, repository);

    await using(place, ({ kysely }) => kysely.updateTable('messages').set({ body: 'Nobody wrote this.' }).execute());
    t.match(await build(), [{ kind: 'projected', to: tip, commits: 2 }]);
    t.match(await state(), { state: 'current', reached: tip });
    t.equal(await rows(), whole);
    await isWhole(t, all, place);
  });
});

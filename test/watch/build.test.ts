/** Building a projection with threads that read: the same rows, and nobody is held up by what can't be read. */
import { renameSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { runGit } from '../../src/git/run.js';
import { addRecord } from '../../src/hosts/plain.js';
import { digestOf } from '../../src/projections/index.js';
import { buildAll } from '../../src/watch/build.js';
import { allStates } from '../../src/watch/state.js';
import { temporary } from '../e2e/support.js';
import { makePeople } from '../support/people.js';
import { pushedRecord } from '../verify/support.js';
import { hostOf, isWhole, listeningLog, push, using } from './support.js';

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

/** What answers stand on: one commit, and nothing that a former one showed and a later one restricts. */
import { join } from 'node:path';
import t, { type Test } from 'tap';
import type { ObjectId } from '../../src/format/push.js';
import { accountEnvironment, openDirect } from '../../src/git/index.js';
import { type Connection, type Database, holdRecord, openDatabase, projectRecord, search, thread } from '../../src/projections/index.js';
import { makeClient, temporary, writeObjects } from '../e2e/support.js';
import { makePeople } from '../support/people.js';
import { type Scenario, scenario } from '../support/scenario.js';
import { onEachDatabase } from './databases.js';
import { requestOf } from './histories.js';

const people = await makePeople();
t.setTimeout(300_000);

/** Messages whose characters are more than is stored in one transaction, without words to be indexed. */
const MANY = 9;
const LONG = '- '.repeat(500_000);

const restrict = (record: Scenario) =>
  record.commit({
    files: { [`${record.thread}/ledger.yaml`]: record.touched((yaml) => yaml.replace('restricted: false', 'restricted: true')) },
  });
const tip = (record: Scenario): ObjectId => record.made().updates[0]?.new ?? '';

/** What of a history's objects is read, and how a request for one of its commits reads. */
function inRepository(t: Test, record: Scenario) {
  const repository = makeClient(join(temporary(t), 'record.git'));
  writeObjects(repository, record.made().objects);
  const source = openDirect(repository, accountEnvironment());
  t.teardown(() => source.close());
  return (to: ObjectId) => requestOf(record.id, source, to);
}

/** The same database, with something done after each transaction. */
function after(database: Database, work: () => Promise<void>): Database {
  return {
    ...database,
    async transaction(run) {
      const result = await database.transaction(run);
      await work();
      return result;
    },
  };
}

const long = scenario(people, undefined, 60, 3600);
long.append({ body: 'Of few, a secret.' });
for (let count = 0; count < MANY; count += 1) long.open({ body: LONG });
restrict(long);
const longTip = tip(long);

onEachDatabase(t, async (t, { fresh, open }) => {
  const secrets = async (database: Connection, reason?: string) =>
    (await search(database, { text: 'secret', ...(reason === undefined ? {} : { reason }) })).items.length;

  t.test('a history that is stored in pieces shows nothing between them that its end restricts', async (t) => {
    const request = inRepository(t, long)(longTip);
    const database = await open();
    const seen: unknown[] = [];
    const watched = after(database, async () => {
      const { state } = await database.kysely.selectFrom('projections').select('state').executeTakeFirstOrThrow();
      seen.push([state, await secrets(database), (await search(database, { text: 'secret' })).held]);
    });
    const partly = ['partial', 0, { records: 1, capped: false }];
    await projectRecord(watched, request);
    t.strictSame(seen, [partly, ['current', 0, undefined]]);
    t.equal(await secrets(database, 'a test'), 1);
    await database.kysely.updateTable('projections').set({ version: 0 }).execute();
    await projectRecord(watched, request);
    t.strictSame(seen.slice(2), seen.slice(0, 2), 'nor where all of it is made anew');

    // The last piece can't be stored.
    await database.kysely.updateTable('projections').set({ version: 0 }).execute();
    let stored = 0;
    const broken = after(database, async () => {
      stored += 1;
      throw new Error('the second piece is never stored');
    });
    await t.rejects(projectRecord(broken, request), { message: 'the second piece is never stored' });
    t.equal(stored, 1);
    t.equal(await secrets(database), 0);
    await holdRecord(database, { record: request.record, state: 'set-aside', reason: 'a test', now: new Date() });
    t.equal(await secrets(database, 'a test'), 0, 'what is only a part is not kept');
    await t.rejects(search(database, { text: 'secret', record: long.id }), { code: 'projections/nothing-yet' });
    await projectRecord(database, request);
    t.equal(await secrets(database, 'a test'), 1);
  });

  t.test('main that is set back to where a part has come to is projected whole', async (t) => {
    const request = inRepository(t, long);
    const database = await open();
    const broken = after(database, () => Promise.reject(new Error('stop')));
    await t.rejects(projectRecord(broken, request(longTip)), { message: 'stop' });
    const { reached } = await database.kysely.selectFrom('projections').select('reached').executeTakeFirstOrThrow();
    t.match(await projectRecord(database, request(reached ?? '')), { commits: MANY + 3, anew: true });
    t.equal(await secrets(database), 1, 'that main does not restrict it');
  });

  t.test('an answer is of one moment, whatever is projected between its statements', async (t) => {
    const record = scenario(people, undefined, 60, 3600);
    record.append({ body: 'Seen by all.' });
    const before = tip(record);
    restrict(record);
    record.append({ body: 'Seen by few.' });
    const request = inRepository(t, record);
    const [id] = record.thread.split('/').slice(-1);
    const asking = {
      search: (connection: Connection) => search(connection, { text: 'seen' }),
      thread: (connection: Connection) => thread(connection, { thread: id ?? '' }),
    };
    for (const [name, ask] of Object.entries(asking)) {
      for (const statement of [2, 3]) {
        const place = fresh();
        const writer = await openDatabase(place);
        await projectRecord(writer, request(before));
        const reader = await openDatabase(place, { readOnly: true });
        let statements = 0;
        const meanwhile = reader.kysely.withPlugin({
          transformQuery: ({ node }) => node,
          async transformResult({ result }) {
            statements += 1;
            if (statements === statement) await projectRecord(writer, request(tip(record)));
            return result;
          },
        });
        const answer = await ask({ dialect: reader.dialect, kysely: meanwhile });
        t.ok(statements >= statement, `${name}: there is a statement ${statement}`);
        t.notMatch(JSON.stringify(answer), /by few/, `${name}: nothing of what was restricted after statement ${statement}`);
        t.match(JSON.stringify(answer), /by all/);
        if (statement > 1)
          t.strictSame(
            answer.standing.map(({ commit }) => commit),
            [before],
            `${name}: as of what it says`,
          );
        await reader.close();
        await writer.close();
      }
    }
  });
});

/** However rows come to be, they are the same: the digest of a projection is that of a fresh one, on both databases. */
import t, { type Test } from 'tap';
import { VprError } from '../../src/errors.js';
import { type Database, digestOf, openDatabase, projectRecord } from '../../src/projections/index.js';
import { makePeople } from '../support/people.js';
import { seeded } from '../support/random.js';
import { onEachDatabase } from './databases.js';
import { makeHistories } from './histories.js';

const ROUNDS = 4;
const COMMITS = 20;

t.setTimeout(300_000);
const people = await makePeople();
/** Digests of the first database's rounds: those of the second are the same. */
const digests = new Map<number, string>();
const made = new Map<number, ReturnType<typeof makeHistories>>();

onEachDatabase(t, async (t, { fresh }) => {
  for (let seed = 1; seed <= ROUNDS; seed += 1) {
    t.test(`history ${seed}`, async (t) => {
      const random = seeded(seed);
      const { record, ids, others, request } = await makeOnce(seed);
      t.strictSame((await record.judge()).problems, [], 'a history as hosts accept them');
      const to = ids.at(-1);
      const begin = async () => {
        const database = await openDatabase(fresh());
        t.teardown(() => database.close());
        return database;
      };

      const whole = await begin();
      t.strictSame(await projectRecord(whole, request(to)), { commits: ids.length, anew: false });
      t.strictSame(await projectRecord(whole, request(to)), { commits: 0, anew: false }, 'a second time nothing is to be done');
      const digest = await digestOf(whole, record.id);
      t.equal(digest, digests.get(seed) ?? digest, 'the same on both databases');
      digests.set(seed, digest);
      await counts(t, whole, ids.length);

      const slow = await begin();
      for (const id of ids) t.strictSame(await projectRecord(slow, request(id)), { commits: 1, anew: false });
      t.equal(await digestOf(slow, record.id), digest, 'commit by commit');

      const broken = await begin();
      for (let at = 0; at < ids.length; at += 1 + random.int(5)) {
        const fault = failing(broken, 1 + random.int(12));
        await projectRecord(fault, request(ids[at])).catch((error) => t.match(error, { code: /^(test\/stop|projections\/)/ }));
      }
      await projectRecord(broken, request(to));
      t.equal(await digestOf(broken, record.id), digest, 'after interruptions');

      const rewound = await begin();
      await projectRecord(rewound, request(others.at(-1)));
      t.not(await digestOf(rewound, record.id), digest);
      t.strictSame(await projectRecord(rewound, request(to)), { commits: ids.length, anew: true });
      t.equal(await digestOf(rewound, record.id), digest, 'after main was set to another history');
      await projectRecord(rewound, request(ids[random.int(ids.length - 1)]));
      await projectRecord(rewound, request(to));
      t.equal(await digestOf(rewound, record.id), digest, 'after main was set back');

      const raced = await begin();
      await Promise.all([to, ids[5], to, ids[11], to].map((id) => projectRecord(raced, request(id))));
      await projectRecord(raced, request(to));
      t.equal(await digestOf(raced, record.id), digest, 'several at once');
    });
  }

  t.test('what is not all there is said, and changes nothing', async (t) => {
    const { record, source, ids, request } = makeHistories(t, people, seeded(99), 4);
    const database = await openDatabase(fresh());
    t.teardown(() => database.close());
    const codeOf = (error: unknown) => (error instanceof VprError ? error.code : error);
    t.equal(await projectRecord(database, request('0123456789012345678901234567890123456789')).catch(codeOf), 'projections/history');
    await projectRecord(database, request(ids[2]));
    const before = await digestOf(database, record.id);
    const { readNow: _, startNow: __, ...slow } = source;
    const failing = { ...slow, read: async () => Promise.reject(new VprError('git/closed', 'gone')) };
    t.equal(await projectRecord(database, { ...request(ids.at(-1)), source: failing }).catch(codeOf), 'git/closed');
    record.commit({ files: { [`${record.thread}/ledger.yaml`]: 'status: open\n' } });
    t.equal(await digestOf(database, record.id), before);
  });
});

async function makeOnce(seed: number) {
  const known = made.get(seed) ?? makeHistories(t, people, seeded(seed), COMMITS);
  made.set(seed, known);
  return known;
}

/** The same database, which fails at one of the statements that store rows. */
function failing(database: Database, at: number): Database {
  let left = at;
  return {
    ...database,
    transaction: (run) =>
      database.transaction((transaction) =>
        run({
          ...transaction,
          insert: async (table, rows) => {
            left -= 1;
            if (left === 0) throw new VprError('test/stop', 'interrupted');
            await transaction.insert(table, rows);
          },
        }),
      ),
  };
}

/** That digests are of something. */
async function counts(t: Test, { kysely }: Database, commits: number): Promise<void> {
  const count = async (table: 'commits' | 'messages' | 'participants' | 'threads' | 'ledger_versions') =>
    (await kysely.selectFrom(table).select('record').execute()).length;
  t.equal(await count('commits'), commits);
  const [messages, participants, threads, versions] = await Promise.all([
    count('messages'),
    count('participants'),
    count('threads'),
    count('ledger_versions'),
  ]);
  t.ok(
    messages >= 2 && participants >= 3 && threads >= 1 && versions >= threads,
    `${messages} messages, ${participants} participants, ${threads} threads`,
  );
}

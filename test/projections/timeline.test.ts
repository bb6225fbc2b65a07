/** What timelines list of threads that may not be shown, and that a message was corrected, on both databases. */
import { join } from 'node:path';
import t from 'tap';
import { accountEnvironment, openDirect } from '../../src/git/index.js';
import { type Database, projectRecord, type ShownMessage, search, thread, timeline } from '../../src/projections/index.js';
import { makeClient, temporary, writeObjects } from '../e2e/support.js';
import { makePeople } from '../support/people.js';
import { type Scenario, scenario } from '../support/scenario.js';
import { messageText, RECORD_ID } from '../support/texts.js';
import { onEachDatabase } from './databases.js';
import { requestOf } from './histories.js';
import { messageRow, RECORD, storeRecord, threadRow } from './rows.js';

const RESTRICTED = 'communications/20260101T000000.000Z-aaaaaaaa-2222-4333-8444-555555555555';
const DOSE = 'eeeeeeee-2222-4333-8444-555555555555';
const FIRST = 'f1111111-2222-4333-8444-555555555555';
const SECOND = 'f2222222-2222-4333-8444-555555555555';
const people = await makePeople();
const many = <T>(length: number, make: (index: number) => T) => Array.from({ length }, (_, index) => make(index));

/** Commits that only concern a restricted thread, one that also changes the status file, and a message that was corrected. */
function makeRecord(): Scenario {
  const record = scenario(people, undefined, 600, 3600);
  const sue = `  - participant_id: ${people.people.sue.id}\n    role: patientassociate\n    display_name: Sue Doe\n`;
  const ada = `  - participant_id: ${people.people.ada.id}\n    role: careadministrator\n    display_name: Ada Jones\n`;
  const restricted = (yaml: string) =>
    yaml.replace('restricted: false', 'restricted: true').replace('visibility:', `${sue}${ada}visibility:`);
  record.open({ by: 'rob', directory: RESTRICTED, ledger: restricted, body: 'secret' });
  const ledger = { [`${RESTRICTED}/ledger.yaml`]: record.touched((yaml) => yaml) };
  record.commit({ by: 'rob', trailers: { 'Care-Location': 'Sexual Health Clinic' }, files: ledger });
  const said = messageText({ body: 'recorded secret' }, people.people.sue, new Date(Date.now() - 400_000).toISOString());
  record.commit({
    by: 'rob',
    trailers: { 'On-Behalf-Of': people.people.sue.id, 'Care-Location': 'Sexual Health Clinic' },
    files: {
      [`${RESTRICTED}/ledger.yaml`]: record.touched((yaml) => yaml),
      [`${RESTRICTED}/thread.md`]: (text) => `${text}\n---\n\n${said}`,
      'COORDINATION_STATUS.yaml': (yaml) => `${yaml}# looked at\n`,
    },
  });
  record.append({ by: 'jane', body: 'warfarin 50 mg daily', id: DOSE });
  record.append({ by: 'jane', role: 'correction', corrects: DOSE, id: FIRST, body: 'The dose was wrong: 5 mg.' });
  record.append({ by: 'jane', role: 'correction', corrects: DOSE, id: SECOND, body: 'And at night.' });
  return record;
}

async function projected(t: { teardown: (run: () => unknown) => void }, database: Database, record: Scenario): Promise<void> {
  const repository = makeClient(join(temporary(t as never), 'record.git'));
  writeObjects(repository, record.made().objects);
  const source = openDirect(repository, accountEnvironment());
  t.teardown(() => source.close());
  await projectRecord(database, requestOf(RECORD_ID, source, record.made().updates[0]?.new ?? ''));
}

onEachDatabase(t, async (t, { open }) => {
  t.test('commits of restricted threads, and corrections', async (t) => {
    const record = makeRecord();
    t.strictSame((await record.judge()).problems, []);
    const database = await open();
    await projected(t, database, record);
    const { items, cut } = await timeline(database, { record: RECORD_ID });
    t.equal(cut, true, 'something is not shown');
    t.strictSame(
      items.map(({ commit }) => commit.seq),
      [7, 6, 5, 4, 1, 0],
      'one that only moves the time of a restricted thread is not there',
    );
    t.match(items[3], { commit: { on_behalf_of: null, care_location: null }, messages: [], status: {} });
    t.notMatch(JSON.stringify(items), /Sexual|aaaaaaaa-/);
    const flags = { record_open: true, record_queryable: true, record_modifiable: true };
    t.strictSame(items.at(-1)?.status, { lifecycle_state: 'active', ...flags }, 'not 0 and 1, as in the tables');
    const all = (await timeline(database, { record: RECORD_ID, reason: 'r' })).items;
    t.equal(all.length, 8);
    t.match(all[3], { commit: { on_behalf_of: people.people.sue.id, care_location: 'Sexual Health Clinic' } });
    t.match(items[2], { messages: [{ message: DOSE, corrects: null, correctedBy: [FIRST, SECOND] }] });
    t.match(items[0], { messages: [{ message: SECOND, corrects: DOSE, correctedBy: { length: 0 } }] });
    t.match(await search(database, { text: 'warfarin' }), { items: [{ message: DOSE, correctedBy: [FIRST, SECOND] }] });
  });

  t.test('more messages than one page has', async (t) => {
    const database = await open();
    const hidden = { restricted: 1 } as const;
    // Newest: two, and 1,500 in one commit; between them hidden ones.
    const sizes = [3, 600, 300, 1500, 500, 2];
    const messages = sizes.flatMap((size, seq) => many(size, () => seq));
    await storeRecord(database, {
      commits: sizes.length,
      threads: [threadRow('open'), threadRow('hidden', hidden)],
      messages: messages.map((seq, index) => messageRow(seq === 4 ? 'hidden' : 'open', index, { seq, message: `m${index}` })),
    });
    const pages: number[][] = [];
    let found = 0;
    for (let cursor: { cursor?: string } | undefined = {}; cursor !== undefined; ) {
      const page = await timeline(database, { record: RECORD, ...cursor });
      t.ok(
        page.items.every(({ messages: { length } }) => length > 0),
        'no commit is listed empty',
      );
      found += page.items.reduce((sum, entry) => sum + entry.messages.length, 0);
      pages.push(page.items.map(({ commit }) => commit.seq));
      cursor = page.cursor === undefined ? undefined : { cursor: page.cursor };
      t.equal(page.cut, cursor !== undefined);
    }
    t.strictSame(pages, [[5], [3], [2, 1, 0]]);
    t.equal(found, 2 + 1001 + 300 + 600 + 3, 'of the largest commit as many as are read');
  });

  t.test('corrections of corrections', async (t) => {
    const database = await open();
    const corrects = (index: number) => ({ message: `m${index}`, ...(index === 0 ? {} : { corrects: `m${index - 1}` }) });
    const star = (index: number) => ({ message: `s${index}`, ...(index === 0 ? {} : { corrects: 's0' }) });
    const forward = [{ message: 'x', corrects: 'y' }, { message: 'y' }, { message: 'z', corrects: 'x' }];
    await storeRecord(database, {
      threads: ['chain', 'long', 'star', 'forward'].map((id) => threadRow(id)),
      messages: [
        ...many(26, (index) => messageRow('chain', index, corrects(index))),
        ...many(1500, (index) => messageRow('long', index, corrects(index))),
        ...many(30, (index) => messageRow('star', index, { ...star(index), body: index === 0 ? 'much corrected' : '' })),
        ...forward.map((said, index) => messageRow('forward', index, said)),
      ],
    });
    const depth = (message: ShownMessage | undefined): number => (message === undefined ? 0 : 1 + depth(message.corrections[0]));
    const chain = await thread(database, { thread: 'chain' });
    t.strictSame([chain.items.length, depth(chain.items[0]), chain.cut, 'cursor' in chain], [1, 26, false, false]);
    t.equal((await thread(database, { thread: 'long' })).cut, true);
    t.match((await thread(database, { thread: 'star' })).items, [{ corrections: { length: 29 } }]);
    t.match((await thread(database, { thread: 'forward' })).items, [
      { message: 'x', corrections: [{ message: 'z', corrections: { length: 0 } }] },
      { message: 'y', corrections: { length: 0 } },
    ]);
    t.match((await search(database, { text: 'corrected' })).items, [{ correctedBy: { length: 20 } }], 'so many are named');
  });
});

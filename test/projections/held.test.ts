/** What is said of ids that are used twice, and of records that are held, on both databases. */
import t from 'tap';
import { holdRecord, problems, projectRecord, search, sharedIds, status, thread, timeline } from '../../src/projections/index.js';
import { RECORD_ID } from '../support/texts.js';
import { ARCHIVED, askedProjection, codeOf } from './asked.js';
import { onEachDatabase } from './databases.js';
import { requestOf } from './histories.js';

const TWIN = '1f4c2e9d-4b0a-4f3a-9a2c-0e9a6b5d1c88';

onEachDatabase(t, async (t, { fresh }) => {
  const { source, tip, database } = await askedProjection(t, fresh());
  t.strictSame((await sharedIds(database)).items, []);
  await projectRecord(database, requestOf(TWIN, source, tip));
  t.equal((await sharedIds(database)).items.length, 35 * 2, 'every message of a copied record that may be shown');
  const shared = { thread: ARCHIVED.slice('communications/'.length) };
  t.equal(await thread(database, shared).catch(codeOf), 'projections/which-thread');
  t.match(await thread(database, { ...shared, record: TWIN }), { thread: { record: TWIN }, items: [{ record: TWIN }] });
  t.equal(await thread(database, { ...shared, record: 'x' }).catch(codeOf), 'projections/id');
  t.match(await search(database, { text: 'zebra', record: TWIN }), { items: [], standing: [{ record: TWIN, commit: tip }] });
  const problem = {
    rule: 'commit/signature',
    message: 'is not signed',
    commit: tip,
    severity: 'error',
    content: [{ sign: '+', text: 'x' }],
  } as const;
  const out = { record: { kind: 'coordination', id: TWIN }, reason: 'a commit does not pass', now: new Date() } as const;
  await holdRecord(database, { ...out, state: 'withheld', problems: [problem] });
  t.match((await problems(database)).items, [{ record: TWIN, rule: 'commit/signature', id: tip }]);
  t.match(await status(database), {
    current: { value: 1, capped: false },
    items: [{ record: TWIN, state: 'withheld', reached: tip, attempts: 1 }],
  });
  const held = { state: 'withheld', reason: 'a commit does not pass' };
  const found = await search(database, { text: 'pressure', limit: 100, record: TWIN });
  t.ok(found.items.length > 0, 'what was projected before is answered with');
  t.match(found.standing, [{ record: TWIN, commit: tip, held }], 'and that it may not be all');
  t.match((await timeline(database, { record: TWIN })).standing, [{ held }]);
  const [first] = (await search(database, { text: 'pressure', record: RECORD_ID })).standing;
  t.notOk(first !== undefined && 'held' in first, 'of others nothing is said');
  const never = '2f4c2e9d-4b0a-4f3a-9a2c-0e9a6b5d1c88';
  await holdRecord(database, { ...out, record: { kind: 'coordination', id: never }, state: 'set-aside' });
  t.equal(await timeline(database, { record: never, reason: 'r' }).catch(codeOf), 'projections/nothing-yet');
  await database.kysely.deleteFrom('projections').where('record', '=', never).execute();
  await projectRecord(database, requestOf(TWIN, source, tip));
  t.match(await status(database), { current: { value: 2 }, items: [] });
  t.strictSame((await problems(database)).items, []);
});

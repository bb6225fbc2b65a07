/** A host that has lost an object of what a commit changes can't say what that was: nothing of it is stored. */
import { join } from 'node:path';
import t from 'tap';
import type { ObjectId, ObjectSource } from '../../src/format/push.js';
import { accountEnvironment, openDirect } from '../../src/git/index.js';
import { projectRecord } from '../../src/projections/index.js';
import { gitLine, makeClient, temporary, writeObjects } from '../e2e/support.js';
import { makePeople } from '../support/people.js';
import { scenario } from '../support/scenario.js';
import { RECORD_ID } from '../support/texts.js';
import { onEachDatabase } from './databases.js';
import { requestOf } from './histories.js';

const record = scenario(await makePeople(), undefined, 200, 3600);
const tip = () => record.made().updates[0]?.new ?? '';
const first = tip();
record.commit({
  files: {
    [`${record.thread}/ledger.yaml`]: record.touched((yaml) =>
      yaml.replace('allow_external_organisations: true', 'allow_external_organisations: false'),
    ),
  },
});
const repository = makeClient(join(temporary(t), 'record.git'));
writeObjects(repository, record.made().objects);
const source = openDirect(repository, accountEnvironment());
t.teardown(() => source.close());

/** The objects, of which one is lost. */
function without(lost: ObjectId): ObjectSource {
  return {
    stat: async (id) => (id === lost ? undefined : source.stat(id)),
    read: async (id) => (id === lost ? undefined : source.read(id)),
  };
}

onEachDatabase(t, async (t, { open }) => {
  for (const path of [
    `${record.thread}/ledger.yaml`,
    `${record.thread}/thread.md`,
    record.thread,
    'communications',
    'COORDINATION_STATUS.yaml',
  ]) {
    const lost = await gitLine(repository, 'rev-parse', `${first}:${path}`);
    const database = await open();
    await projectRecord(database, requestOf(RECORD_ID, source, first));
    await t.rejects(projectRecord(database, requestOf(RECORD_ID, without(lost), tip())), { code: 'projections/unreadable' }, path);
    const { reached } = await database.kysely.selectFrom('projections').select('reached').executeTakeFirstOrThrow();
    t.equal(reached, first);
    await projectRecord(database, requestOf(RECORD_ID, source, tip()));
  }
});

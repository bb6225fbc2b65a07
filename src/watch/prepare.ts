/** A record's rows, made from its root on without any database: what a projection that is built anew stores. */
import type { Uuid } from '../format/identifiers.js';
import { readMain } from '../hosts/main-ref.js';
import { registeredRecord } from '../hosts/registry.js';
import { advancesFrom, type PreparedAdvance } from '../projections/project.js';
import { judgeHistory } from './judged.js';
import { openRecord } from './objects.js';
import { needOwn, type ProjectedHost, requestOf } from './project.js';
import { restrictedIn } from './restricted-above.js';

/** What may be shown of a record, in pieces. Throws where it can't be read or judged. */
export async function* prepare(host: ProjectedHost, id: Uuid): AsyncGenerator<PreparedAdvance> {
  const record = registeredRecord(host.paths.root, id);
  const main = record === undefined ? undefined : readMain(record.path);
  if (record === undefined || main?.kind !== 'commit') return;
  needOwn(record);
  const policy = host.policy();
  const objects = openRecord(record, policy);
  try {
    const question = { paths: host.paths, record, objects, reached: undefined, main: main.id, host: policy, now: new Date() };
    const judged = await judgeHistory(question);
    if (judged.to === undefined) return;
    // The watcher that comes after says why such a record is withheld; until then as well nothing is shown that main restricts.
    yield* advancesFrom(undefined, { ...requestOf(question, judged, judged.to), hidden: await restrictedIn(question, judged) });
  } finally {
    await objects.close().catch(() => {}); // how git ended has been said to whoever asked it
  }
}

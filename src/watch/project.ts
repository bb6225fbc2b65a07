/** Bringing the projection of one record up to what its main is. */
import { VprError } from '../errors.js';
import type { Uuid } from '../format/identifiers.js';
import type { ObjectId } from '../format/push.js';
import type { HostPolicy } from '../hooks/receive-policy.js';
import { readMain } from '../hosts/main-ref.js';
import type { HostPaths } from '../hosts/paths.js';
import { type RegisteredRecord, recordIdIn, registeredRecord } from '../hosts/registry.js';
import { type Database, databaseError } from '../projections/database.js';
import { type ProjectRequest, projectRecord, releaseRecord } from '../projections/project.js';
import { PROJECTION_VERSION } from '../projections/store.js';
import type { ProjectionRow } from '../projections/tables.js';
import { given } from '../verify/given.js';
import { type HistoryToJudge, type Judged, judgeHistory } from './judged.js';
import { errorFields } from './log.js';
import { withObjects } from './objects.js';
import { restrictedIn } from './restricted-above.js';
import { restrictedNow } from './restricted-now.js';
import { needRegistry } from './scan.js';
import { hold, stateOf } from './state.js';
import { isKnownAsUnregistered, setAsideUnregistered } from './unregistered.js';

/** A host whose records are projected. */
export interface ProjectedHost {
  readonly paths: HostPaths;
  /** Its policy and trust as they are now. Throws where they don't read. */
  readonly policy: () => HostPolicy;
}

/** What came of a record. */
export type Outcome =
  /** It was as it should be, or has no commit yet. */
  | { readonly kind: 'nothing' }
  /** It is neither registered nor projected. */
  | { readonly kind: 'unknown' }
  /** None where only what had held it is over. Of its commits so many are `judged`: the journal has no entry of them, and they pass. */
  | { readonly kind: 'projected'; readonly to: ObjectId; readonly commits: number; readonly judged: number; readonly setBack: boolean }
  /** Not all of main may be shown. */
  | { readonly kind: 'withheld'; readonly to: ObjectId | undefined; readonly rule: string; readonly nextTryAt: number }
  /** Without a time for the next try: the scan finds it where that has become possible. */
  | { readonly kind: 'set-aside'; readonly code: string; readonly why: string; readonly nextTryAt?: number };

/**
 * Projects a record to its main, as far as it may be shown. What goes wrong with
 * the record is written down, and it is tried again later. Throws where the
 * database fails, or has rows of a newer version (`projections/…`), and nothing has happened then.
 *
 * @param anew from its root on, whatever was known of it
 */
export async function projectOne(host: ProjectedHost, database: Database, id: Uuid, now: Date, anew = false): Promise<Outcome> {
  let record: RegisteredRecord | undefined;
  try {
    record = registeredRecord(host.paths.root, id);
    if (record === undefined) {
      const state = await known(database, id);
      if (state === undefined) return { kind: 'unknown' };
      needRegistry(host.paths);
      const outcome = await setAsideUnregistered(database, state, await restrictedNow(host, state), now);
      return isKnownAsUnregistered(state) && !anew ? { kind: 'nothing' } : outcome; // which is said once
    }
    return await projectMain(host, database, record, now, anew);
  } catch (error) {
    if (error instanceof VprError && error.code.startsWith('projections/')) throw error;
    return setAside(host, database, record ?? id, error, now);
  }
}

/** Writes down that a record could not be projected, and why; what main restricts above what is shown of it is taken away nevertheless. */
export async function setAside(
  host: ProjectedHost,
  database: Database,
  which: RegisteredRecord | Uuid,
  error: unknown,
  now: Date,
): Promise<Outcome> {
  const { code, why } = errorFields(error);
  const record = typeof which === 'string' ? { kind: 'coordination' as const, id: which } : which;
  const state = await known(database, record.id);
  const hidden = await restrictedNow(host, state);
  const nextTryAt = await hold(database, {
    record,
    state: 'set-aside',
    reason: `${code}: ${why}`,
    ...given({ hidden }),
    since: state ?? null,
    now,
  });
  return { kind: 'set-aside', code, why, nextTryAt };
}

async function projectMain(host: ProjectedHost, database: Database, record: RegisteredRecord, now: Date, anew: boolean): Promise<Outcome> {
  const state = await known(database, record.id); // before main is read: whoever writes after that is noticed
  const since = state ?? null;
  const main = readMain(record.path);
  if (main.kind === 'fault') throw new VprError(`watch/${main.code}`, main.message);
  if (main.kind === 'none') {
    if (state?.reached != null) throw new VprError('watch/main-gone', `main has no commit any more; it was ${state.reached}`);
    return { kind: 'nothing' };
  }
  needOwn(record);
  if (state !== undefined && state.version > PROJECTION_VERSION)
    throw new VprError('projections/newer', 'a newer version of vpr has made the rows', { help: ['install that version here as well'] });
  const partial = state?.state === 'partial' && state.reached === main.id; // it has not come to main, main has been set back to where it is
  const reached = state?.version === PROJECTION_VERSION && !partial && !anew ? state.reached : undefined;
  if (main.id === reached) {
    await releaseRecord(database, { record, to: main.id, since });
    // What held it is over, which is said: nobody would hear otherwise that it goes on.
    return state?.state === 'current' ? { kind: 'nothing' } : { kind: 'projected', to: main.id, commits: 0, judged: 0, setBack: false };
  }
  return withObjects(host, record, (objects, policy) => {
    const question = { paths: host.paths, record, objects, reached: reached ?? undefined, main: main.id, host: policy, now };
    return projectHistory(question, database, since, anew);
  });
}

/** Throws `watch/another-record` where a repository names another record than the one it is registered for. */
export function needOwn({ id, path }: RegisteredRecord): void {
  if (recordIdIn(path) !== id) throw new VprError('watch/another-record', 'its repository says that it is another record');
}

async function projectHistory(question: HistoryToJudge, database: Database, since: ProjectionRow | null, anew: boolean): Promise<Outcome> {
  const { record, main, now } = question;
  const judged = await judgeHistory(question);
  const { to, problems, setBack, ids, received } = judged;
  const hidden = await restrictedIn(question, judged);
  if (to !== undefined && ids.length > 0) {
    const stored = await projectRecord(database, { ...requestOf(question, judged, to), hidden, since, anew });
    if (stored.commits === 0 && problems.length === 0) return { kind: 'nothing' }; // another watcher was faster
  }
  if (problems.length === 0)
    return { kind: 'projected', to: main, commits: ids.length, judged: ids.filter((id) => !received.has(id)).length, setBack };
  const [{ rule, commit } = { rule: '', commit: undefined }] = problems;
  const where = to === undefined ? 'main' : `what main has above ${to}`;
  const reason = `${where} is withheld: ${rule}${commit === undefined ? '' : ` in commit ${commit}`}`;
  const nextTryAt = await hold(database, { record, state: 'withheld', reason, problems, hidden, since, now });
  return { kind: 'withheld', to, rule, nextTryAt };
}

/** What is to be projected of a history that was judged. */
export function requestOf(
  { record, objects, host, now }: HistoryToJudge,
  { history, ids, received }: Judged,
  to: ObjectId,
): ProjectRequest {
  const judged = new Set(ids);
  const receivedAt = (commit: ObjectId): number | undefined => {
    if (judged.has(commit)) return received.get(commit);
    // Another watcher, or somebody who builds it anew, has set it back since it was judged from where it had come to.
    throw new VprError('watch/moved', 'the projection of the record was changed by somebody else meanwhile');
  };
  const verdictOf = (commit: ObjectId) => (receivedAt(commit) === undefined ? 'judged' : 'accepted');
  return { record, source: objects, to, verdictOf, receivedAt, now, history, limits: host.policy.limits };
}

async function known(database: Database, record: Uuid): Promise<ProjectionRow | undefined> {
  try {
    return await stateOf(database, record);
  } catch (cause) {
    throw databaseError(database.name, cause);
  }
}

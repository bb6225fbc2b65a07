/** The host's rules over a clone: what `vpr check` and `vpr verify` share. */
import { DEFAULT_POLICY, MAIN, type ObjectId, type Policy, parseUuid, type RefUpdate, readStatus, type Uuid } from '../format/index.js';
import { gitEnvironment, openDirect, openObjects, readPush } from '../git/index.js';
import { fileAt, type Repository } from '../records/clone.js';
import { tryGit } from '../records/git.js';
import { registeredId } from '../records/init-coordination.js';
import { readSettings } from '../records/settings.js';
import { STATUS_PATH } from '../records/threads.js';
import { loadBundle } from '../records/trust-bundle.js';
import { revocationNotChecked, type Trust, trustAsOf } from '../trust/index.js';
import { type Context, judge, KNOWN_RULES, type Verdict } from '../validators/index.js';
import { type Earlier, gatherEarlier } from '../verify/earlier.js';

/** What is judged, and as of when. */
export interface Question {
  readonly repository: Repository;
  /** Absent: from the root on. */
  readonly from?: ObjectId;
  readonly to: ObjectId;
  readonly times: Context['times'];
  /** A trust bundle instead of the clone's own. */
  readonly trust?: string;
  /** Judge however many commits there are, not only as many as one push may have. */
  readonly whole: boolean;
}

/** The verdict, and what it could not go by. */
export interface Answer {
  readonly verdict: Verdict;
  readonly trusted: boolean;
  /** Sentences, each with what would be needed. */
  readonly notChecked: readonly string[];
}

/** A record's history judged by the host's rules, with the host's trust where the clone has it. */
export async function judgeHistory({ repository, from, to, times, trust: file, whole }: Question): Promise<Answer> {
  const { policy, trust: held } = hostTrust(repository, file);
  const trust = held === undefined ? undefined : trustAsOf(held, new Date(), policy.skewMs);
  const registered = registeredId(repository);
  const id = registered ?? statedId(repository, to);
  const updates: RefUpdate[] = [{ old: from ?? '0'.repeat(to.length), new: to, ref: MAIN }];
  const limits = whole ? { ...policy.limits, commitsPerPush: Number.MAX_SAFE_INTEGER } : policy.limits;
  const objects = openObjects(repository.gitDirectory);
  try {
    const push = await readPush(objects, updates, limits);
    const earlier = from === undefined || trust === undefined ? undefined : await earlierThan(from, repository, trust, policy);
    const { knownRegistrations = () => undefined, knownCertificates = () => undefined } = earlier ?? {};
    const context = { record: { kind: 'coordination', id }, policy, trust, times, knownRegistrations, knownCertificates } as const;
    const verdict = await judge(push, context);
    const notChecked = [];
    if (earlier?.whole === false)
      notChecked.push('participant ids and certificates of the earlier history, which is not all here: git fetch --unshallow');
    if (trust === undefined) {
      notChecked.push(
        `who signed, and what they may do (${verdict.notChecked.join(', ')}): the host's trust bundle is not here; get it, then: vpr setup --trust FILE`,
      );
    }
    const revocation = trust === undefined ? undefined : revocationNotChecked(trust);
    if (revocation !== undefined) notChecked.push(revocation);
    if (registered === undefined)
      notChecked.push('whether this is the record that the host registered (record/registered, record/identity): only the host knows');
    return { verdict, trusted: trust !== undefined, notChecked };
  } finally {
    await objects.close();
  }
}

/** What the history up to a commit has shown, the host's rules having let it pass. */
async function earlierThan(tip: ObjectId, { gitDirectory }: Repository, trust: Trust, { limits }: Policy): Promise<Earlier> {
  const objects = openDirect(gitDirectory, gitEnvironment());
  try {
    return await gatherEarlier(objects, tip, trust, limits.commitBytes);
  } finally {
    await objects.close();
  }
}

/** Policy and trust of the bundle; without one, a new host's policy and no trust. */
function hostTrust(repository: Repository, file: string | undefined): { readonly policy: Policy; readonly trust: Trust | undefined } {
  const bundle = file ?? readSettings(repository.directory).trust;
  if (bundle !== undefined) return loadBundle(bundle, KNOWN_RULES);
  return { policy: DEFAULT_POLICY, trust: undefined };
}

/** The id that the record itself states, as it began: a later commit can't accuse those before it. A nil one where it states none, which no record has. */
function statedId({ directory }: Repository, commit: ObjectId): Uuid {
  const [root = commit] = tryGit(directory, ['rev-list', '--first-parent', '--max-parents=0', commit]).stdout.toString('utf8').split('\n');
  for (const at of [root, commit]) {
    const bytes = fileAt(directory, at, STATUS_PATH);
    const status = bytes === undefined ? undefined : readStatus(bytes);
    const id = status?.ok === true ? parseUuid(status.value.coordination_id) : undefined;
    if (id !== undefined) return id;
  }
  return '00000000-0000-0000-0000-000000000000';
}

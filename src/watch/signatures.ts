/** Whether the signatures hold of the commits that an answer names (`read.verify`): the one thing besides projecting that reads a host's Git. */
import { VprError } from '../errors.js';
import type { Uuid } from '../format/identifiers.js';
import type { ObjectId } from '../format/push.js';
import { knownTo } from '../hosts/known.js';
import { readMain } from '../hosts/main-ref.js';
import { registeredRecord } from '../hosts/registry.js';
import { verifyHistory } from '../verify/history.js';
import type { CommitReport, HistoryReport } from '../verify/types.js';
import type { CheckedCommit, NamedCommits, ReadVerify } from './checked.js';
import { journalOf } from './journals.js';
import { errorFields } from './log.js';
import { withObjects } from './objects.js';
import { needOwn, type ProjectedHost } from './project.js';
import { type CheckedBefore, checkedBefore } from './signatures-before.js';

/** Checks commits by the host's policy and trust of now, as of when each was received. One record after the other. */
export async function checkSignatures(
  host: ProjectedHost,
  named: readonly NamedCommits[],
  how: Exclude<ReadVerify, 'off'>,
  now: Date,
): Promise<CheckedCommit[]> {
  const before = how === 'cached' ? beforeOf(host, now) : undefined;
  const checked: CheckedCommit[] = [];
  for (const { record, reached, commits } of named) checked.push(...(await checkRecord(host, { record, reached, commits }, before, now)));
  return checked;
}

/** Where the policy doesn't read nothing counts as found before; looking at each commit says what is wrong. */
function beforeOf(host: ProjectedHost, now: Date): CheckedBefore | undefined {
  try {
    return checkedBefore(host.policy(), now);
  } catch {
    return undefined;
  }
}

async function checkRecord(
  host: ProjectedHost,
  named: NamedCommits,
  before: CheckedBefore | undefined,
  now: Date,
): Promise<CheckedCommit[]> {
  const known = before?.read(named.record);
  const fresh = [...named.commits].filter((commit) => known?.has(commit) !== true);
  const { found, expires } = fresh.length === 0 ? { found: [] } : await lookAt(host, { ...named, commits: new Set(fresh) }, now);
  const good = found.filter(({ result }) => result === 'good');
  if (good.length > 0) before?.add(named.record, good, expires);
  const byId = new Map(found.map((one) => [one.commit, one]));
  return [...named.commits].flatMap((commit) => byId.get(commit) ?? known?.get(commit) ?? []);
}

async function lookAt(
  host: ProjectedHost,
  named: NamedCommits,
  now: Date,
): Promise<{ readonly found: CheckedCommit[]; readonly expires?: Date | undefined }> {
  const checked = now.toISOString();
  const unknown = (commit: ObjectId, why: string): CheckedCommit => ({
    record: named.record,
    commit,
    result: 'unknown',
    why,
    registrations: [],
    checked,
  });
  try {
    const reports = new Map<ObjectId, CommitReport>();
    const report = await judge(host, named, now, (one) => void reports.set(one.commit, one));
    const why = missingWords(report, named);
    const found = [...named.commits].map((commit) => {
      const one = reports.get(commit);
      return one === undefined || one.lacksObjects === true || !report.whole
        ? unknown(commit, why)
        : { record: named.record, commit, ...resultOf(one), checked };
    });
    return { found, expires: report.expires };
  } catch (error) {
    const { why } = errorFields(error);
    return { found: [...named.commits].map((commit) => unknown(commit, why)) };
  }
}

async function judge(
  host: ProjectedHost,
  { record: id, reached, commits }: NamedCommits,
  now: Date,
  onCommit: (commit: CommitReport) => void,
): Promise<HistoryReport> {
  const { paths } = host;
  const record = registeredRecord(paths.root, id as Uuid);
  if (record === undefined) throw new VprError('watch/not-registered', 'the record is not registered');
  const main = readMain(record.path);
  if (main.kind === 'fault' && main.code === 'repository-missing') throw new VprError(`watch/${main.code}`, main.message);
  needOwn(record);
  return withObjects(host, record, (objects, { policy, trust }) =>
    verifyHistory({
      objects,
      to: reached,
      ...(main.kind === 'commit' ? { main: main.id } : {}),
      record,
      policy,
      trust,
      journal: journalOf(paths, record, now),
      at: now,
      only: 'signatures',
      picked: commits,
      ...knownTo(paths.root),
      onCommit,
    }),
  );
}

function missingWords({ damage, missing }: HistoryReport, { reached }: NamedCommits): string {
  if (damage !== undefined) return damage.message;
  if (missing.count > 0) return `objects are not there: ${missing.ids.join(', ')}`;
  return `it is not in the history of ${reached}`;
}

function resultOf({ problems, cannotBeShown, certificate, key, registrations, received, receivedBy, trusted }: CommitReport) {
  const broken = [...new Set(problems.filter(({ severity }) => severity === 'error').map(({ rule }) => rule))];
  const whose = {
    ...(certificate === undefined ? {} : { certificate }),
    ...(key === undefined ? {} : { key }),
    ...{ registrations, received, receivedBy },
  };
  if (broken.length > 0) return { result: 'bad' as const, why: broken.join(', '), ...whose };
  if (cannotBeShown === true)
    return { result: 'unknown' as const, why: 'its key is revoked as compromised, and no journal says that it is older', ...whose };
  if (!trusted) return { result: 'bad' as const, why: 'nobody whom the host trusts has signed it', ...whose };
  return { result: 'good' as const, ...whose };
}

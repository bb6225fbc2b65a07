/** What of a record may be shown: commits that the host's journal has, and those without an entry that pass now. */
import { VprError } from '../errors.js';
import type { History, ObjectId, ObjectSource } from '../format/push.js';
import { readHistory } from '../git/push.js';
import type { HostPolicy } from '../hooks/receive-policy.js';
import { knownTo } from '../hosts/known.js';
import type { HostPaths } from '../hosts/paths.js';
import type { RegisteredRecord } from '../hosts/registry.js';
import type { JudgedProblem } from '../problem.js';
import { trustAsOf } from '../trust/revocation/early.js';
import { gapsOf } from '../verify/gaps.js';
import { verifyHistory } from '../verify/history.js';
import { receiptsOf } from '../verify/receipts.js';
import type { CommitReport } from '../verify/types.js';
import { journalOf, receiptsFor } from './journals.js';

/** A record's history, and what it is judged by. */
export interface HistoryToJudge {
  readonly paths: HostPaths;
  readonly record: RegisteredRecord;
  /** Its objects; hashed where they are read. */
  readonly objects: ObjectSource;
  /** The commit that was reached before; absent: none. */
  readonly reached: ObjectId | undefined;
  /** What main is. */
  readonly main: ObjectId;
  readonly host: HostPolicy;
  readonly now: Date;
}

/** What may be shown. */
export interface Judged {
  /** The newest commit that may be; absent: none may. */
  readonly to: ObjectId | undefined;
  /** All of it, up to main. */
  readonly history: History;
  /** The commits that were looked at, up to it, oldest first. */
  readonly ids: readonly ObjectId[];
  /** Main does not descend from what was reached: all of it was looked at again. */
  readonly setBack: boolean;
  /** When the host received a commit, in milliseconds; those it has no entry of are not in it. */
  readonly received: ReadonlyMap<ObjectId, number>;
  /** Why the commits above `to` are withheld; empty where there are none. */
  readonly problems: readonly JudgedProblem[];
}

/** Problems of a record that are kept. */
const KEPT = 100;
const NO_LIMIT = Number.MAX_SAFE_INTEGER;

/**
 * Judges what the journal has no entry of by the host's rules, trust and what it
 * knows, as they are now. What the hook has accepted is not judged again, but
 * what stands on a commit that doesn't pass is withheld with it. Throws where the record, or what the
 * host knows, can't be read to the end: such a record is set aside, never shown in part.
 */
export async function judgeHistory(question: HistoryToJudge): Promise<Judged> {
  const { paths, record, objects, reached, main, host } = question;
  const limits = { ...host.policy.limits, commitsPerPush: NO_LIMIT };
  let history = await readHistory(objects, reached === undefined ? { new: main } : { old: reached, new: main }, limits);
  const setBack = reached !== undefined && history.end.kind === 'unrelated';
  if (setBack) history = await readHistory(objects, { new: main }, limits);
  needWhole(history);

  const { ids } = history;
  const below = history.end.kind === 'old' ? history.old : undefined;
  // Entries of any time: the clock may have been ahead when a push came. Rows would otherwise be others when they are made anew,
  // and what the host has accepted would be withheld until that time.
  const { times } = receiptsOf(receiptsFor(paths, record, ids), { ids, later: [], whole: below === undefined, skewMs: host.policy.skewMs });
  const received = new Map<ObjectId, number>();
  for (const [index, id] of ids.entries()) if (!Number.isNaN(times[index])) received.set(id, times[index] as number);
  const first = ids.findIndex((id) => !received.has(id));
  if (first < 0) return { to: main, history, ids, setBack, received, problems: [] };

  const { problems, bad } = await judgeFrom(question, ids[first - 1] ?? below, received);
  const stop = bad === undefined ? ids.length : Math.max(first, ids.indexOf(bad));
  return { to: ids[stop - 1] ?? below, history, ids: ids.slice(0, stop), setBack, received, problems };
}

/** The first commit that does not pass, and what was found; `bad` is the first that was looked at where it is about none. */
async function judgeFrom(
  { paths, record, objects, main, host, now }: HistoryToJudge,
  from: ObjectId | undefined,
  received: ReadonlyMap<ObjectId, number>,
): Promise<{ readonly problems: readonly JudgedProblem[]; readonly bad?: ObjectId }> {
  let bad: ObjectId | undefined;
  const report = await verifyHistory({
    objects,
    ...(from === undefined ? {} : { from }),
    to: main,
    main,
    record,
    policy: host.policy,
    trust: trustAsOf(host.trust, now, host.policy.skewMs),
    journal: journalOf(paths, record, new Date(now.getTime() + host.policy.skewMs)), // as whoever verifies reads it
    at: now,
    ...knownTo(paths.root),
    onCommit: (commit) => {
      if (bad === undefined && !received.has(commit.commit) && !passes(commit)) bad = commit.commit;
    },
  });
  if (report.damage !== undefined) throw new VprError(report.damage.code, report.damage.message);
  const found = report.verdict.problems.filter(({ commit }) => commit === undefined || !received.has(commit));
  const gaps = gapsOf(report, true).map(({ code, message }): JudgedProblem => ({ rule: `verify/${code}`, severity: 'error', message }));
  const ofNone =
    gaps.some(({ rule }) => rule !== 'verify/cannot-be-shown') ||
    found.some(({ commit, severity }) => commit === undefined && severity === 'error');
  if (bad === undefined && !ofNone) return { problems: [] };
  return { problems: [...gaps, ...found].slice(0, KEPT), bad: ofNone ? (report.first ?? main) : (bad ?? main) };
}

function passes({ problems, cannotBeShown }: CommitReport): boolean {
  return cannotBeShown === undefined && !problems.some(({ severity }) => severity === 'error');
}

function needWhole({ end }: History): void {
  if (end.kind === 'old' || end.kind === 'root') return;
  const what = 'id' in end ? `commit ${end.id} is ${end.kind}` : `its history ends as ${end.kind}`;
  throw new VprError('watch/not-whole', `the record is not whole: ${what}`, { help: ['git fsck --full  # in its repository'] });
}

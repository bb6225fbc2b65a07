/** Verifying one history, commit by commit. */
import { VprError } from '../errors.js';
import { type CommitObject, readCommitObject } from '../format/commit-object.js';
import {
  type History,
  isZero,
  MAIN,
  type ObjectId,
  type ObjectSource,
  type Push,
  type PushedCommit,
  type WalkEnd,
} from '../format/push.js';
import { readHistory } from '../git/push.js';
import { type JudgedCommit, judge } from '../validators/judge.js';
import { RULES } from '../validators/rules.js';
import type { Context } from '../validators/step.js';
import { given } from './given.js';
import { watchMissing } from './missing.js';
import { type Receipts, receiptsOf } from './receipts.js';
import { tally } from './tally.js';
import type { HistoryQuestion, HistoryReport } from './types.js';

/** Rules that read nothing but commits: who signed what. */
export const COMMIT_RULES: ReadonlySet<string> = new Set([
  'ref/fast-forward',
  'history/linear',
  'record/registered',
  'commit/headers',
  'commit/time',
  'commit/author',
  'commit/signature',
  'commit/signer',
]);

/** Those, and in which record: the root's status file is read as well. */
export const SIGNATURE_RULES: ReadonlySet<string> = new Set([...COMMIT_RULES, 'record/identity']);

/** A history is as long as it is: only a push has a limit. */
const NO_LIMIT = Number.MAX_SAFE_INTEGER;

/** What a store that is damaged or was tampered with fails with. Anything else that is thrown is no finding. */
const DAMAGE: ReadonlySet<string> = new Set([
  'git/tampered',
  'git/failed',
  'git/odd-file',
  'git/protocol',
  'git/unreadable-commit',
  'git/too-large',
]);

/**
 * Judges every commit of a history by the host's rules, as of when it was
 * received (FORMAT.md §6 "When a certificate counts"). Memory doesn't grow with
 * what is judged: commits are handed to `onCommit`, and only signers and the
 * first problems of each rule are kept.
 *
 * A store that can't be read to the end is a finding (`damage`). Throws what
 * else the object source throws, and `rule/crashed`.
 */
export async function verifyHistory(question: HistoryQuestion): Promise<HistoryReport> {
  const { to, from, policy, trust, record, at, only = 'everything', picked, wanted = [] } = question;
  const { source, missing } = watchMissing(question.objects);
  const limits = { ...policy.limits, commitsPerPush: NO_LIMIT };
  const found = tally(question);
  let damage: VprError | undefined;
  const guard = async <T>(work: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof VprError) || !DAMAGE.has(error.code)) throw error;
      damage = error;
      return undefined;
    }
  };

  const history = await guard(() => readHistory(source, from === undefined ? { new: to } : { old: from, new: to }, limits));
  const receipts = history === undefined ? undefined : await guard(() => journalled(question, source, history));
  const main =
    history === undefined ? undefined : { ...history, end: endOf(history), commits: () => commitsOf(history, source, only, picked) };
  const push: Push = { updates: [{ old: from ?? '0'.repeat(to.length), new: to, ref: MAIN }], ...(main === undefined ? {} : { main }) };
  const context: Context = {
    record,
    policy,
    trust,
    times: timesOf(receipts, at, placesOf(history, picked), () => found.judged()),
    knownRegistrations: question.knownRegistrations ?? (() => undefined),
    ...given({ knownCertificates: question.knownCertificates }),
  };
  const rules = only === 'everything' ? RULES : RULES.filter(({ id }) => SIGNATURE_RULES.has(id));
  const verdict = await guard(() =>
    judge(push, context, { rules, lacking: COMMIT_RULES, onCommit: (judged: JudgedCommit) => found.add(judged) }),
  );
  const { times: _, ...receiptCounts } = receipts ?? { times: undefined };
  const met = new Set(wanted);
  for (const id of wanted) if (history?.ids.includes(id) !== true) met.delete(id);
  return {
    verdict: verdict ?? (await judge({ updates: push.updates }, context, { rules })),
    ...(history?.ids[0] === undefined ? {} : { first: history.ids[0] }),
    whole: history?.end.kind === 'root',
    brokenOff: history === undefined || history.end.kind === 'missing',
    ...found.result(),
    ...(receipts === undefined ? {} : { receipts: receiptCounts as Omit<Receipts, 'times'> }),
    met,
    missing: missing(),
    ...(damage === undefined ? {} : { damage: { code: damage.code, message: damage.message } }),
  };
}

/** What is below a commit that is not there nobody accuses: as far as the history goes it is judged. */
function endOf({ end }: History): WalkEnd {
  return end.kind === 'missing' ? { kind: 'old' } : end;
}

/** What the journal says of the history, and of what main has above it. */
async function journalled(
  { journal, main, from, to, policy }: HistoryQuestion,
  source: ObjectSource,
  { ids, end }: History,
): Promise<Receipts | undefined> {
  if (journal === undefined) return undefined;
  const above =
    main === undefined || main === to
      ? undefined
      : await readHistory(source, { old: to, new: main }, { ...policy.limits, commitsPerPush: NO_LIMIT });
  const later = above?.end.kind === 'old' ? above.ids : [];
  return receiptsOf(journal, { ids, later, from, whole: end.kind === 'root', skewMs: policy.skewMs });
}

/**
 * When commits were received: by the journal; otherwise by the committer's
 * date, which is only the signer's word. Commits are asked for in their order.
 */
function timesOf(receipts: Receipts | undefined, at: Date, places: readonly number[] | undefined, judged: () => number): Context['times'] {
  return ({ committed }) => {
    const place = places === undefined ? judged() : (places[judged()] ?? -1);
    const time = receipts?.times[place] ?? Number.NaN;
    if (Number.isNaN(time)) return { received: committed, latest: at, known: 'signer' };
    const received = new Date(time);
    return { received, latest: received < at ? received : at, known: 'host' };
  };
}

/** Where picked commits stand in a history; undefined: all are judged. */
function placesOf(history: History | undefined, picked: HistoryQuestion['picked']): readonly number[] | undefined {
  if (picked === undefined) return undefined;
  return (history?.ids ?? []).flatMap((id, index) => (picked.has(id) ? [index] : []));
}

async function* commitsOf(
  history: History,
  source: ObjectSource,
  only: HistoryQuestion['only'],
  picked: HistoryQuestion['picked'],
): AsyncGenerator<PushedCommit> {
  if (only !== 'signatures') {
    yield* history.commits();
    return;
  }
  const [root] = history.ids;
  let former: { readonly id: ObjectId; readonly commit: CommitObject } | undefined;
  for (const id of history.ids) {
    if (picked?.has(id) === false) continue;
    const whole = id === root && history.end.kind !== 'old' ? await firstOf(history) : undefined;
    const bytes = whole?.bytes ?? (await commitBytes(source, id));
    const commit = whole?.commit ?? readCommitObject(bytes);
    const [above] = commit.parents;
    if (whole === undefined && above !== undefined && former?.id !== above)
      former = { id: above, commit: readCommitObject(await commitBytes(source, above)) };
    yield whole ?? { id, bytes, commit, ...given({ parent: above === undefined ? undefined : former?.commit }), ...NO_TREES };
    former = { id, commit };
  }
}

/** The root with its files, whose status file says which record it is; or the lowest that is there. */
async function firstOf(history: History): Promise<PushedCommit | undefined> {
  for await (const commit of history.commits()) return commit;
  return undefined;
}

/** Of a commit whose trees are not looked at. */
const NO_TREES = { changes: [], treeFaults: [], before: () => undefined, after: () => undefined } as const;

async function commitBytes(source: ObjectSource, id: ObjectId): Promise<Uint8Array> {
  const object = isZero(id) ? undefined : await source.read(id);
  if (object?.type === 'commit') return object.bytes;
  throw new VprError(
    'git/unreadable-commit',
    `commit ${id} cannot be read: ${object === undefined ? 'it is missing' : `it is a ${object.type}`}`,
  );
}

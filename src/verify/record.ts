/** Verifying one record: its history, and whether that is all there is to it. */
import { VprError } from '../errors.js';
import type { RecordKind } from '../format/identifiers.js';
import { DEFAULT_POLICY, type Policy } from '../format/policy.js';
import type { ObjectId } from '../format/push.js';
import { realPathOf } from '../git/alternates.js';
import type { ObjectReader } from '../git/cat-file.js';
import { type Journal, readJournal } from '../hosts/journal-read.js';
import { trustAsOf } from '../trust/revocation/early.js';
import { revocationNotChecked } from '../trust/revocation/lists.js';
import type { Trust } from '../trust/types.js';
import { knownBelow } from './below.js';
import { type Cached, type CacheKey, cacheable } from './cache.js';
import { contains } from './contains.js';
import { gapsOf, historyNotes, journalGaps, journalNotes } from './gaps.js';
import { given } from './given.js';
import { verifyHistory } from './history.js';
import type { Measure, RecordReport, Subject } from './measure.js';
import { withCached } from './merge.js';
import { heldAbove, notesOf, promises, unmet } from './promises.js';
import { areStill, filesOf, usable } from './recall.js';
import { shortcutGaps } from './shortcuts.js';
import { NO_RECORD, type Stated, statedRecord } from './stated.js';
import type { Gap, HistoryReport } from './types.js';
import { openView } from './view.js';

/** Kinds whose rules exist (FORMAT.md §7). Of others only signatures can be verified. */
const KINDS_WITH_RULES: ReadonlySet<RecordKind> = new Set<RecordKind>(['coordination']);

/** Verifies a record. Throws where it could not be done at all. */
export async function verifyRecord(subject: Subject, measure: Measure): Promise<RecordReport> {
  const policy = measure.host?.policy ?? DEFAULT_POLICY;
  const { threadBytes, yamlBytes, treeBytes, commitBytes } = policy.limits;
  // Before the objects are opened: what comes in between may not be looked at here, and must not be known as what was.
  const stored = filesOf(subject, measure);
  const view = openView(subject.gitDirectory, subject.objectFormat, Math.max(threadBytes, yamlBytes, treeBytes, commitBytes));
  try {
    return await verifyIn(view.objects, subject, measure, { policy, stored });
  } finally {
    await view.close();
  }
}

async function verifyIn(
  objects: ObjectReader,
  subject: Subject,
  measure: Measure,
  { policy, stored }: { readonly policy: Policy; readonly stored: ReturnType<typeof filesOf> },
): Promise<RecordReport> {
  const { to, from, registered, surroundings: around } = subject;
  const surroundings = { ...around, gaps: [...around.gaps, ...shortcutGaps(subject.gitDirectory, subject.objectFormat)] };
  const stated = to === undefined ? undefined : await statedQuietly(objects, to);
  const id = registered?.id ?? stated?.id;
  const kind = registered?.kind ?? stated?.kind ?? 'coordination';
  const only = KINDS_WITH_RULES.has(kind) ? measure.only : 'signatures';
  const baseline = id === undefined ? undefined : measure.host?.baselines[id];
  const path = id === undefined ? undefined : measure.journal?.(id);
  const key = cacheKey(
    measure,
    { kind, id: id ?? NO_RECORD },
    { repository: realPathOf(subject.gitDirectory) ?? '', only, journal: path !== undefined },
  );
  const former = stored && measure.cache?.read(key, measure.at);
  const journal =
    path === undefined || id === undefined
      ? undefined
      : readJournal(path, id, { now: latestEntry(measure, policy), ...given({ mark: former?.journal.bytes }) });
  const report = {
    record: { kind, ...given({ id }), registered: registered !== undefined },
    ...given({ from, to }),
    only,
    otherRefs: surroundings.otherRefs,
  };
  const notes = notesOf(subject, measure, { only, kind });
  if (to === undefined) {
    const gaps = [...surroundings.gaps, ...journalGaps(journal, undefined), ...unmet(measure.expect, baseline, { met: new Set() })];
    const good = gaps.length === 0 && measure.host !== undefined;
    return {
      ...report,
      ...promises(measure.expect, baseline, new Set()),
      gaps,
      notes: [...notes, ...journalNotes(journal, undefined)],
      good,
    };
  }

  const cached = former && (await usable(objects, to, former, { stored, journal })) ? former : undefined;
  const start = cached?.tip ?? from;
  const wanted = [measure.expect, baseline?.commit].filter((commit) => commit !== undefined);
  const trust = trustOf(measure);
  const { known, gaps: below } = await knownBelow(objects, from, trust, policy.limits.commitBytes, measure);
  const fresh = await verifyHistory({
    objects,
    to,
    record: { kind, id: id ?? NO_RECORD },
    policy,
    trust,
    at: measure.at,
    only,
    wanted,
    knownRegistrations: withCached.registrations(cached, known.knownRegistrations),
    knownCertificates: withCached.certificates(cached, known.knownCertificates),
    ...given({ from: start, main: subject.main, journal, onCommit: measure.onCommit }),
  });
  if (from !== undefined && isEmpty(fresh)) throw emptyRange(from, to);
  const history = cached === undefined ? fresh : withCached.history(cached, fresh);
  const met = await metBelow(objects, fresh, start, wanted, cached);
  const { held, above } = await heldAbove(objects, { main: subject.main, to }, baseline, met);
  const gaps = [
    ...surroundings.gaps,
    ...gapsOf(fresh, measure.host !== undefined),
    ...below,
    ...journalGaps(journal, fresh),
    ...unmet(measure.expect, baseline, { met: held, unread: isUnread(fresh, start, below) }),
  ];
  const good = history.verdict.accepted && gaps.length === 0;
  if (good && stored !== undefined && areStill(stored, subject, measure))
    keep(measure, key, history, { tip: to, met, cached, stored: [...stored.keys()], journal });
  return {
    ...report,
    history,
    ...given({ cached: cached && { commits: cached.commits, tip: cached.tip, on: cached.on } }),
    ...promises(measure.expect, baseline, held),
    gaps,
    notes: [...notes, ...above, ...revocationNotes(measure), ...historyNotes(history), ...journalNotes(journal, fresh)],
    good,
  };
}

/** Whether what is below can't be told. */
function isUnread({ brokenOff, damage }: HistoryReport, start: ObjectId | undefined, below: readonly Gap[]): boolean {
  return brokenOff || below.length > 0 || (damage !== undefined && start !== undefined);
}

/** There was nothing to verify, and not because it can't be read or is no continuation. */
function isEmpty({ verdict, damage, missing }: HistoryReport): boolean {
  return verdict.accepted && verdict.commits.pushed === 0 && damage === undefined && missing.count === 0;
}

function emptyRange(from: ObjectId, to: ObjectId): VprError {
  return new VprError('range/empty', `there is no commit in ${from}..${to}: nothing would be verified, and nothing shown`, {
    help: ['leave the range out to verify all of main: vpr verify', 'or test for new commits first: git rev-list --count A..B'],
  });
}

/** A host that checks no revocation says so of every history. */
function revocationNotes({ host }: Measure): string[] {
  const sentence = host === undefined ? undefined : revocationNotChecked(host.trust);
  return sentence === undefined ? [] : [sentence];
}

/** The host that wrote the journal may be another machine, whose clock is ahead of this one's. What is asked for as of a time has come by then. */
function latestEntry({ at, atGiven }: Measure, { skewMs }: Policy): Date {
  return atGiven ? at : new Date(at.getTime() + skewMs);
}

/** What was trusted at the moment of the look: a revocation list that came later did not exist then. */
function trustOf({ host, at, atGiven }: Measure): Trust | undefined {
  if (host === undefined) return undefined;
  if (!atGiven) return trustAsOf(host.trust, at, host.policy.skewMs);
  return { ...host.trust, crls: host.trust.crls.filter(({ thisUpdate }) => thisUpdate <= at) };
}

/** All that the verdict depends on, besides the history and what the journal says of it. */
function cacheKey(
  { versions, host, at, atGiven }: Measure,
  record: CacheKey['record'],
  asked: Pick<CacheKey, 'repository' | 'only' | 'journal'>,
): CacheKey {
  const { program, node, format } = versions;
  return {
    program,
    node,
    format,
    policy: host?.policyDigest ?? '',
    trust: host?.trust.digest ?? '',
    record,
    ...asked,
    at: atGiven ? at.toISOString() : null,
  };
}

interface Kept {
  readonly tip: ObjectId;
  readonly met: ReadonlySet<ObjectId>;
  readonly cached: Cached | undefined;
  readonly stored: Cached['stored'];
  readonly journal: Journal | undefined;
}

/** Remembers a history that is good, without anything left to say of it. */
function keep({ cache, now }: Measure, key: CacheKey, history: HistoryReport, { tip, met, cached, stored, journal }: Kept): void {
  if (cache === undefined || !cacheable(history)) return;
  const same = cached?.tip === tip;
  if (same && cached.stored.length === stored.length) return;
  const { bytes, digest } = journal ?? { bytes: 0, digest: '' };
  const on = same ? cached.on : now.toISOString();
  cache.write(key, history, { tip, on, met: [...met, ...(cached?.met ?? [])], stored, journal: { bytes, digest } });
}

/** A store that can't be read says so when the history is read. */
async function statedQuietly(objects: ObjectReader, to: ObjectId): Promise<Stated | undefined> {
  try {
    return await statedRecord(objects, to);
  } catch (error) {
    if (error instanceof VprError && error.code.startsWith('git/')) return undefined;
    throw error;
  }
}

/** Of the wanted commits those in the history, also below where this look began. */
async function metBelow(
  objects: ObjectReader,
  fresh: HistoryReport,
  start: ObjectId | undefined,
  wanted: readonly ObjectId[],
  cached: Cached | undefined,
): Promise<ReadonlySet<ObjectId>> {
  const met = new Set(fresh.met);
  if (start === undefined || fresh.damage !== undefined) return met;
  for (const commit of wanted) {
    if (!met.has(commit) && (cached?.met.includes(commit) === true || (await contains(objects, start, commit)))) met.add(commit);
  }
  return met;
}

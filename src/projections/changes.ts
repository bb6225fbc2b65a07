/** From commits to what changes in a record's rows. Pure: the same commits, the same rows, however they are cut into pieces. */
import { VprError } from '../errors.js';
import { rememberDocuments, type Versions, valueOf } from '../format/documents.js';
import type { Fault } from '../format/fault.js';
import { parseUuid, type RecordKind, type Uuid } from '../format/identifiers.js';
import { STATUS_FILE } from '../format/layout.js';
import type { PushedCommit } from '../format/push.js';
import type { CoordinationStatus } from '../format/status.js';
import { type ThreadStep, threadSteps } from '../format/thread-steps.js';
import { commitRow, type Known } from './commit-row.js';
import { messageRows } from './message-rows.js';
import { type ParticipantChanges, participantChanges } from './participant-changes.js';
import type { CommitRow, LedgerVersionRow, MessageRow, RecordRow, StatusVersionRow, ThreadRow } from './tables.js';
import { flag, ledgerVersion, sameVersion, threadRow } from './thread-row.js';

/** What a run of commits adds to a record's rows, and changes in them. */
export interface Changes {
  /** Of the newest commit. */
  readonly record: RecordRow;
  readonly commits: readonly CommitRow[];
  readonly statusVersions: readonly StatusVersionRow[];
  /** Threads that the run opens. */
  readonly opened: readonly ThreadRow[];
  /** Threads that were there before, as they are after it. `opened_seq` is not theirs. */
  readonly changed: readonly ThreadRow[];
  readonly ledgerVersions: readonly LedgerVersionRow[];
  readonly participants: ParticipantChanges;
  readonly messages: readonly MessageRow[];
}

/** Gathers changes, commit by commit. */
export interface Gatherer {
  /** Throws `projections/unreadable` where a document does not read, or is no continuation of what it was, and where objects of the commit, or of what it changed, are not there. */
  add(pushed: PushedCommit, known: Known): void;
  /** How much is gathered, in commits and in characters of messages. */
  size(): { readonly commits: number; readonly characters: number };
  /** What was gathered since the last time; there was something. */
  take(): Changes;
}

/** @param seq of the first commit that will be added */
export function gatherChanges({ kind, id: record }: { readonly kind: RecordKind; readonly id: Uuid }, seq: number): Gatherer {
  const documents = rememberDocuments();
  let next = seq;
  let gathered = empty();

  function addThread(step: ThreadStep, pushed: PushedCommit, commit: CommitRow): void {
    const { id: thread } = step;
    const ledger = needed(step.ledger, step.ledgerPath, pushed.id);
    const after = needed(step.thread, step.threadPath, pushed.id);
    if (step.append?.ok === false) throw unreadable(step.threadPath, pushed.id, step.append.faults);
    const list = step.isNew || gathered.opened.has(thread) ? gathered.opened : gathered.changed;
    // Of the rows that commits leave of a thread only the last one is stored.
    const openedSeq = step.isNew ? commit.seq : (list.get(thread)?.openedSeq ?? 0);
    list.set(thread, { openedSeq, row: () => threadRow(record, step.id, ledger, after, { changed: commit.seq, opened: openedSeq }) });
    const former = valueOf(step.ledger.before);
    const version = ledgerVersion(record, thread, ledger, commit.seq);
    const others = gathered.participants.add({ record, thread }, former, ledger, commit.seq);
    const same = former !== undefined && !others && sameVersion(version, ledgerVersion(record, thread, former, commit.seq));
    if (!same) gathered.ledgerVersions.push(version);
    for (const message of messageRows(record, step, ledger, commit, pushed)) {
      gathered.messages.push(message);
      gathered.characters += message.body.length;
    }
  }

  return {
    add(pushed, known) {
      // What it changed is not known: against nothing everything would be new.
      const lost = pushed.treeFaults.find(({ kind: fault }) => fault === 'missing');
      if (lost !== undefined) throw unreadable(lost.path === '' ? 'the root' : lost.path, pushed.id, [lost]);
      const commit = commitRow(record, next, pushed, known);
      const status = kind === 'coordination' ? documents.status(pushed, STATUS_FILE[kind]) : undefined;
      const said = status === undefined ? undefined : needed(status, STATUS_FILE[kind], pushed.id);
      if (said !== undefined && status?.before?.file.id !== status?.after?.file.id)
        gathered.statusVersions.push(statusVersion(record, next, said));
      gathered.record = recordRow(record, kind, said, commit);
      if (kind === 'coordination') for (const step of threadSteps(pushed, documents)) addThread(step, pushed, commit);
      gathered.commits.push(commit);
      next += 1;
    },
    size: () => ({ commits: gathered.commits.length, characters: gathered.characters }),
    take() {
      const { record: row, commits, statusVersions, opened, changed, ledgerVersions, participants, messages } = gathered;
      if (row === undefined) throw new Error('nothing was gathered');
      gathered = empty();
      const rows = (threads: ReadonlyMap<string, LastOf>) => [...threads.values()].map((last) => last.row());
      const threads = { opened: rows(opened), changed: rows(changed) };
      return { record: row, commits, statusVersions, ...threads, ledgerVersions, participants: participants.changes(), messages };
    },
  };
}

/** What the last commit so far leaves of a thread. */
interface LastOf {
  readonly openedSeq: number;
  readonly row: () => ThreadRow;
}

function empty() {
  return {
    record: undefined as RecordRow | undefined,
    commits: [] as CommitRow[],
    statusVersions: [] as StatusVersionRow[],
    opened: new Map<string, LastOf>(),
    changed: new Map<string, LastOf>(),
    ledgerVersions: [] as LedgerVersionRow[],
    participants: participantChanges(),
    messages: [] as MessageRow[],
    characters: 0,
  };
}

/** What a document says after a commit. */
function needed<T>({ after }: Versions<T>, path: string, commit: string): T {
  if (after?.reading.ok === true) return after.reading.value;
  throw unreadable(path, commit, after?.reading.ok === false ? after.reading.faults : [{ message: 'is not there' }]);
}

function unreadable(path: string, commit: string, faults: readonly Fault[]): VprError {
  const line = faults[0]?.line === undefined ? '' : `:${faults[0].line}`;
  return new VprError('projections/unreadable', `${path}${line} of commit ${commit}: ${faults[0]?.message ?? 'does not read'}`, {
    help: [`vpr verify ${commit}`],
  });
}

function recordRow(record: string, kind: RecordKind, said: CoordinationStatus | undefined, { committed_at }: CommitRow): RecordRow {
  return {
    record,
    kind,
    clinical_id: said === undefined ? null : (parseUuid(said.clinical_id) ?? null),
    lifecycle_state: said?.status.lifecycle_state ?? null,
    record_open: said === undefined ? null : flag(said.status.record_open),
    // Where nothing is known of it, it does not appear.
    record_queryable: flag(said?.status.record_queryable === true),
    record_modifiable: said === undefined ? null : flag(said.status.record_modifiable),
    last_activity_at: committed_at ?? 0,
  };
}

function statusVersion(record: string, seq: number, { status }: CoordinationStatus): StatusVersionRow {
  return {
    record,
    seq,
    lifecycle_state: status.lifecycle_state,
    record_open: flag(status.record_open),
    record_queryable: flag(status.record_queryable),
    record_modifiable: flag(status.record_modifiable),
  };
}

/** Threads of a clone, as main has them. */
import { VprError } from '../errors.js';
import {
  type CoordinationStatus,
  type Fault,
  formatInstant,
  instantOf,
  type Ledger,
  type ObjectId,
  parseInstant,
  parseTimestampId,
  type Read,
  readLedger,
  readStatus,
  readThread,
  type Thread,
} from '../format/index.js';
import { fileAt, filesAt, mainOf, namesIn, type Repository } from './clone.js';

/** The file that says which record this is (FORMAT §3). */
export const STATUS_PATH = 'COORDINATION_STATUS.yaml';

const MILLISECOND = 1_000_000n;

/** A thread with its ledger, as a commit has them. */
export interface OpenThread {
  readonly id: string;
  readonly commit: ObjectId;
  readonly thread: Thread;
  readonly threadBytes: Uint8Array;
  readonly ledger: Ledger;
  readonly ledgerBytes: Uint8Array;
}

/** The commit that main points to. Throws `record/empty` where there is none yet. */
export function headOf(repository: Repository): ObjectId {
  const head = mainOf(repository);
  if (head !== undefined) return head;
  throw new VprError('record/empty', 'this clone has no commit yet', {
    help: ['begin the record: vpr init coordination .', 'or get what the host has: git pull'],
  });
}

/** The ids of all threads, oldest first. */
export function threadIds(repository: Repository, commit: ObjectId): readonly string[] {
  const top = namesIn(repository.directory, commit, '');
  return top.includes('communications')
    ? namesIn(repository.directory, commit, 'communications').filter((name) => parseTimestampId(name) !== undefined)
    : [];
}

/** The one thread that a text names: its id, its UUID, or the beginning of either. Throws `thread/unknown`, `thread/several`. */
export function resolveThread(repository: Repository, commit: ObjectId, text: string): string {
  const ids = threadIds(repository, commit);
  const uuidOf = (id: string) => id.slice(21);
  const named = text
    .trim()
    .replace(/^communications\//, '')
    .replace(/\/(thread\.md|ledger\.yaml)?$/, '');
  const wanted = named.toLowerCase();
  const begins = (id: string) => id.toLowerCase().startsWith(wanted);
  const found = ids.includes(named) ? [named] : ids.filter((id) => wanted.length >= 4 && (begins(id) || begins(uuidOf(id))));
  const [first] = found;
  if (first !== undefined && found.length === 1) return first;
  if (found.length > 1) {
    throw new VprError('thread/several', `${found.length} threads begin with ${JSON.stringify(named)}`, {
      help: found.slice(0, 5).map((id) => `vpr thread show ${id}`),
    });
  }
  throw new VprError('thread/unknown', `there is no thread ${JSON.stringify(named)}`, {
    help: ['see which there are: vpr thread list', 'or get what the host has: git pull'],
  });
}

/** Reads a thread and its ledger. Throws `thread/unknown`, `record/unreadable`. */
export function openThread(repository: Repository, text: string): OpenThread {
  const commit = headOf(repository);
  const id = resolveThread(repository, commit, text);
  const paths = [threadPath(id), ledgerPath(id)];
  const [threadBytes, ledgerBytes] = filesAt(repository.directory, commit, paths);
  if (threadBytes === undefined || ledgerBytes === undefined) throw unreadable(id, [{ message: 'thread.md or ledger.yaml is not there' }]);
  return {
    id,
    commit,
    thread: valueOf(readThread(threadBytes), threadPath(id)),
    threadBytes,
    ledger: valueOf(readLedger(ledgerBytes), ledgerPath(id)),
    ledgerBytes,
  };
}

/** The record's status file on main. Throws `record/empty`, `record/unreadable`. */
export function openStatus(repository: Repository): {
  readonly commit: ObjectId;
  readonly status: CoordinationStatus;
  readonly bytes: Uint8Array;
} {
  const commit = headOf(repository);
  const bytes = fileAt(repository.directory, commit, STATUS_PATH);
  if (bytes === undefined) throw unreadable(STATUS_PATH, [{ message: 'not there: this is no coordination record' }]);
  return { commit, status: valueOf(readStatus(bytes), STATUS_PATH), bytes };
}

/** Refuses what a record takes no more: FORMAT §3, COORDINATION_STATUS.yaml. */
export function refuseUnlessOpen({ status }: CoordinationStatus, what: 'new threads' | 'changes'): void {
  if (!status.record_modifiable || status.lifecycle_state !== 'active') {
    const reason = status.record_modifiable ? `is ${status.lifecycle_state}` : 'is marked as not modifiable';
    throw new VprError('record/closed', `the record ${reason} and takes no ${what}`, {
      help: status.lifecycle_state === 'closed' ? [] : ['vpr status set --lifecycle active --modifiable'],
    });
  }
  if (what === 'new threads' && !status.record_open) {
    throw new VprError('record/closed', 'the record takes no new threads', {
      help: ['vpr status set --open', 'or continue a thread: vpr thread add'],
    });
  }
}

/** A thread's two paths (FORMAT §3). */
export function threadPath(id: string): string {
  return `communications/${id}/thread.md`;
}
export function ledgerPath(id: string): string {
  return `communications/${id}/ledger.yaml`;
}

/** The value of `last_updated_at` after a change now: now, or the former plus a millisecond where that is later (FORMAT §3). */
export function nextUpdate(former: string, now: Date): string {
  const least = (parseInstant(former) ?? 0n) + MILLISECOND;
  const present = instantOf(now);
  return formatInstant(present > least ? present : least);
}

/** A document's value. Throws `record/unreadable` with its place and what to do. */
export function valueOf<T>(document: Read<T>, path: string): T {
  if (document.ok) return document.value;
  throw unreadable(path, document.faults);
}

function unreadable(path: string, faults: readonly Fault[]): VprError {
  const [first] = faults;
  const line = first?.line === undefined ? '' : `:${first.line}`;
  return new VprError('record/unreadable', `${path}${line}: ${first?.message ?? 'does not read'}`, {
    help: first?.help ?? ['look at its history: git log -p -- '.concat(path)],
  });
}

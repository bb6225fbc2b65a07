import type { Read } from './fault.js';
import { read } from './fault.js';
import { type Ledger, readLedger } from './ledger.js';
import { readLedgerTime } from './ledger-time.js';
import type { FileState, PushedCommit } from './push.js';
import { type CoordinationStatus, readStatus } from './status.js';
import { readThread, type Thread } from './thread.js';
import { readThreadAfter } from './thread-after.js';

/** A version of a file with what it reads as. Unreadable where Git gave no bytes (too large). */
export interface Document<T> {
  readonly file: FileState;
  readonly bytes: Uint8Array;
  readonly reading: Read<T>;
}

/** A document on both sides of a commit. */
export interface Versions<T> {
  readonly before: Document<T> | undefined;
  readonly after: Document<T> | undefined;
}

/** How a kind of file is read. */
interface Reader<T> {
  readonly kind: string;
  readonly whole: (bytes: Uint8Array) => Read<T>;
  /** The same from the version before, which has been read; undefined where that doesn't do. */
  readonly after?: (former: Uint8Array, value: T, bytes: Uint8Array) => T | undefined;
}

const STATUS: Reader<CoordinationStatus> = { kind: 'status', whole: readStatus };
const LEDGER: Reader<Ledger> = { kind: 'ledger', whole: readLedger, after: readLedgerTime };
const THREAD: Reader<Thread> = { kind: 'thread', whole: readThread, after: readThreadAfter };

/**
 * Readings by blob id, so that what is "after" in one commit isn't read again
 * as "before" in a later one. Bounded: memory doesn't grow with the history.
 */
export interface Documents {
  status(commit: PushedCommit, path: string): Versions<CoordinationStatus>;
  ledger(commit: PushedCommit, path: string): Versions<Ledger>;
  thread(commit: PushedCommit, path: string): Versions<Thread>;
}

/** Bytes of what is remembered; its reading takes a few times that. A commit touches any of a record's thousand threads. */
const REMEMBERED_BYTES = 64 * 1024 * 1024;
/** What a reading takes however short its file is. */
const LEAST = 1024;

/** Empties itself of the oldest readings beyond those bounds. */
export function rememberDocuments(): Documents {
  const readings = new Map<string, Document<unknown>>();
  let total = 0;

  function remember(key: string, fresh: Document<unknown>): void {
    readings.set(key, fresh);
    total += LEAST + fresh.bytes.length;
    for (const [oldest, { bytes }] of readings) {
      if (total <= REMEMBERED_BYTES) return;
      readings.delete(oldest);
      total -= LEAST + bytes.length;
    }
  }

  /** A version that another has taken the place of isn't asked for again. */
  function forget<T>({ kind }: Reader<T>, { file, bytes }: Document<T>): void {
    if (readings.delete(`${kind} ${file.id}`)) total -= LEAST + bytes.length;
  }

  function document<T>(reader: Reader<T>, file: FileState | undefined, former?: Document<T>): Document<T> | undefined {
    if (file === undefined) return undefined;
    const key = `${reader.kind} ${file.id}`;
    const known = readings.get(key) as Document<T> | undefined;
    if (known !== undefined) return known;
    const fresh: Document<T> = { file, bytes: file.bytes ?? new Uint8Array(), reading: readingOf(reader, file.bytes, former) };
    remember(key, fresh);
    return fresh;
  }

  function versions<T>(reader: Reader<T>, commit: PushedCommit, path: string): Versions<T> {
    const before = document(reader, commit.before(path));
    const after = document(reader, commit.after(path), before);
    if (before !== undefined && before !== after) forget(reader, before);
    return { before, after };
  }

  return {
    status: (commit, path) => versions(STATUS, commit, path),
    ledger: (commit, path) => versions(LEDGER, commit, path),
    thread: (commit, path) => versions(THREAD, commit, path),
  };
}

function readingOf<T>(reader: Reader<T>, bytes: Uint8Array | undefined, former: Document<T> | undefined): Read<T> {
  if (bytes === undefined) return { ok: false, faults: [{ message: 'is not read: it is no file, or larger than the host takes' }] };
  const value = former?.reading.ok === true ? reader.after?.(former.bytes, former.reading.value, bytes) : undefined;
  return value === undefined ? reader.whole(bytes) : read(value);
}

/** What a document says, where there is one and it reads. */
export function valueOf<T>(document: Document<T> | undefined): T | undefined {
  return document?.reading.ok === true ? document.reading.value : undefined;
}

/** Whether the file differs between the two sides (or stands on one of them alone). */
export function differs(versions: Versions<unknown>): boolean {
  return versions.before?.file.id !== versions.after?.file.id;
}

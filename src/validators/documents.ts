import type { Read } from '../format/fault.js';
import { type Ledger, readLedger } from '../format/ledger.js';
import type { FileState, PushedCommit } from '../format/push.js';
import { type CoordinationStatus, readStatus } from '../format/status.js';
import { readThread, type Thread } from '../format/thread.js';

/** A version of a file with what it reads as. Unreadable where Git gave no bytes (too large). */
export interface Document<T> {
  readonly file: FileState;
  readonly bytes: Uint8Array;
  readonly reading: Read<T>;
}

/** A document on both sides of a commit. */
export interface Versions<T> {
  readonly before?: Document<T>;
  readonly after?: Document<T>;
}

type Reader<T> = (bytes: Uint8Array) => Read<T>;

/**
 * Readings by blob id, so that what is "after" in one commit isn't read again
 * as "before" in the next. Bounded: memory doesn't grow with the push.
 */
export interface Documents {
  readonly status: Reader<CoordinationStatus>;
  readonly ledger: Reader<Ledger>;
  readonly thread: Reader<Thread>;
  versions<T>(reader: Reader<T>, commit: PushedCommit, path: string): Versions<T>;
}

/** Readings that are kept, and bytes of what they were read from: what a reading takes in memory is a few times that. */
const REMEMBERED = 64;
const REMEMBERED_BYTES = 16 * 1024 * 1024;

/** Empties itself of the oldest readings beyond those bounds. */
export function rememberDocuments(): Documents {
  const readings = new Map<string, Document<unknown>>();
  let total = 0;

  function remember(key: string, fresh: Document<unknown>): void {
    readings.set(key, fresh);
    total += fresh.bytes.length;
    for (const [oldest, { bytes }] of readings) {
      if (readings.size <= REMEMBERED && total <= REMEMBERED_BYTES) return;
      readings.delete(oldest);
      total -= bytes.length;
    }
  }

  function document<T>(reader: Reader<T>, file: FileState | undefined): Document<T> | undefined {
    if (file === undefined) return undefined;
    const key = `${reader.name} ${file.id}`;
    const known = readings.get(key) as Document<T> | undefined;
    if (known !== undefined) return known;
    const bytes = file.bytes ?? new Uint8Array();
    const reading: Read<T> =
      file.bytes === undefined
        ? { ok: false, faults: [{ message: 'is not read: it is no file, or larger than the host takes' }] }
        : reader(bytes);
    const fresh: Document<T> = { file, bytes, reading };
    remember(key, fresh);
    return fresh;
  }

  return {
    status: readStatus,
    ledger: readLedger,
    thread: readThread,
    versions(reader, commit, path) {
      const before = document(reader, commit.before(path));
      const after = document(reader, commit.after(path));
      return { ...(before === undefined ? {} : { before }), ...(after === undefined ? {} : { after }) };
    },
  };
}

/** What a document says, where there is one and it reads. */
export function valueOf<T>(document: Document<T> | undefined): T | undefined {
  return document?.reading.ok === true ? document.reading.value : undefined;
}

/** Whether the file differs between the two sides (or stands on one of them alone). */
export function differs(versions: Versions<unknown>): boolean {
  return versions.before?.file.id !== versions.after?.file.id;
}

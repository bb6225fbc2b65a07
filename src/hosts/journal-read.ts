/** Reading a record's journal back: what the host says of when it received what. */
import { createHash, type Hash } from 'node:crypto';
import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { VprError } from '../errors.js';
import type { Uuid } from '../format/identifiers.js';
import { instantOf, parseInstant } from '../format/instant.js';
import type { ObjectId } from '../format/push.js';
import { codeOf } from './files.js';
import { shardedPath } from './paths.js';

/** One push as the journal has it. It counts once main contains `new`. */
export interface Receipt {
  readonly old: ObjectId;
  readonly new: ObjectId;
  /** Milliseconds since 1970. */
  readonly time: number;
}

/** What a journal says of one record. */
export interface Journal {
  /** In the order of the file. */
  readonly receipts: readonly Receipt[];
  /** Lines about other records. */
  readonly foreign: number;
  /** Whole lines that are no entries. */
  readonly unreadable: number;
  /** The last line has no end: a push that was being written when the host stopped. */
  readonly torn: boolean;
  /** Of all whole lines: how many bytes, and their SHA-256 in hex. */
  readonly bytes: number;
  readonly digest: string;
  /** SHA-256 of the first `mark` bytes, where the journal has so many. */
  readonly digestAtMark?: string;
}

export interface JournalOptions {
  /** A number of bytes whose digest is wanted as well: what of the journal was known before. */
  readonly mark?: number;
  /** Later entries are none: nothing is received after it. */
  readonly now: Date;
}

const CHUNK = 64 * 1024;
const LF = 0x0a;
/** No entry is longer, in bytes: 1,000 signers' fingerprints fit. */
const LONGEST = 256 * 1024;
const ID = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;

/** Where the journal of a record lies: a file itself, or the one below a host's directory or its `journal`. Throws `journal/missing`. */
export function journalFile(path: string, record: Uuid): string {
  if (!isDirectory(path)) return path;
  const candidates = [shardedPath(path, record, '.jsonl'), shardedPath(join(path, 'journal'), record, '.jsonl')];
  const found = candidates.find((candidate) => statOf(candidate)?.isFile() === true);
  if (found !== undefined) return found;
  throw new VprError('journal/missing', `${path} has no journal of the record ${record}`, {
    help: ["name the host's directory, its journal directory, or the record's .jsonl file in it"],
  });
}

/**
 * Reads what a journal says of a record, in pieces: it may be long. What is no
 * entry is counted and passed over; knowing less of receipts never makes a
 * commit better. Throws `journal/unreadable`.
 */
export function readJournal(path: string, record: Uuid, { mark, now }: JournalOptions): Journal {
  const receipts: Receipt[] = [];
  let foreign = 0;
  let unreadable = 0;
  const digests = prefixDigest(mark);
  const torn = eachLine(path, digests.add, (line) => {
    const entry = line === undefined ? undefined : parseEntry(line, now);
    if (entry === undefined) unreadable += 1;
    else if (entry.record !== record) foreign += 1;
    else {
      const former = receipts.at(-1);
      // Mostly the very same text: one of them is enough.
      receipts.push({ old: former?.new === entry.old ? former.new : entry.old, new: entry.new, time: entry.time });
    }
  });
  return { receipts, foreign, unreadable, torn, ...digests.result() };
}

/** Hands on every whole line; undefined for one that is far too long. True where the last one has no end. */
function eachLine(path: string, whole: (bytes: Buffer) => void, onLine: (line: Buffer | undefined) => void): boolean {
  let rest: Buffer[] = [];
  let length = 0;
  const file = open(path);
  try {
    for (;;) {
      const chunk = Buffer.allocUnsafe(CHUNK);
      const size = readSync(file, chunk, 0, CHUNK, null);
      if (size === 0) return length > 0;
      let at = 0;
      for (let end = chunk.indexOf(LF); end >= 0 && end < size; end = chunk.indexOf(LF, at)) {
        rest.push(chunk.subarray(at, end + 1));
        length += end + 1 - at;
        for (const part of rest) whole(part);
        onLine(length > LONGEST ? undefined : Buffer.concat(rest).subarray(0, -1));
        rest = [];
        length = 0;
        at = end + 1;
      }
      if (at < size) rest.push(chunk.subarray(at, size));
      length += size - at;
      if (length > LONGEST) for (const part of rest.splice(0)) whole(part); // never an entry: not kept
    }
  } finally {
    closeSync(file);
  }
}

/** The digest of all that is added, and of the first `mark` bytes of it. */
function prefixDigest(mark: number | undefined) {
  const hash = createHash('sha256');
  let bytes = 0;
  let atMark: Hash | undefined = mark === 0 ? hash.copy() : undefined;
  return {
    add(part: Buffer): void {
      const left = mark === undefined ? -1 : mark - bytes;
      bytes += part.length;
      if (left <= 0 || left > part.length) return void hash.update(part);
      atMark = hash.update(part.subarray(0, left)).copy();
      hash.update(part.subarray(left));
    },
    result: () => ({ bytes, digest: hash.digest('hex'), ...(atMark === undefined ? {} : { digestAtMark: atMark.digest('hex') }) }),
  };
}

function parseEntry(line: Buffer, now: Date): (Receipt & { readonly record: string }) | undefined {
  let entry: Record<string, unknown>;
  try {
    const value: unknown = JSON.parse(line.toString('utf8'));
    if (typeof value !== 'object' || value === null) return undefined;
    entry = value as Record<string, unknown>;
  } catch {
    return undefined;
  }
  const { time, record, old, new: fresh, verdict } = entry;
  if (typeof time !== 'string' || typeof record !== 'string' || typeof old !== 'string' || typeof fresh !== 'string') return undefined;
  const instant = parseInstant(time);
  if (instant === undefined || instant > instantOf(now) || verdict !== 'accepted') return undefined;
  if (!ID.test(old) || !ID.test(fresh) || old.length !== fresh.length) return undefined;
  return { record, old, new: fresh, time: Number(instant / 1_000_000n) };
}

function open(path: string): number {
  try {
    return openSync(path, 'r');
  } catch (cause) {
    throw new VprError('journal/unreadable', `the journal ${path} cannot be read: ${codeOf(cause) ?? cause}`, { cause });
  }
}

function isDirectory(path: string): boolean {
  return statOf(path)?.isDirectory() === true;
}

function statOf(path: string) {
  return statSync(path, { throwIfNoEntry: false });
}

/** Reading a record's journal back: what the host says of when it received what. */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { VprError } from '../errors.js';
import type { Uuid } from '../format/identifiers.js';
import { parseInstant } from '../format/instant.js';
import { moves, type ObjectId } from '../format/push.js';
import { type LinesRead, readLines, readLinesWith } from './journal-lines.js';
import { shardedPath } from './paths.js';

/** One push as the journal has it. It counts once main contains `new`. */
export interface Receipt {
  readonly old: ObjectId;
  readonly new: ObjectId;
  /** Milliseconds since 1970. */
  readonly time: number;
}

/** What a journal says of one record. */
export interface Journal extends LinesRead {
  /** In the order of the file. */
  readonly receipts: readonly Receipt[];
  /** Lines about other records. */
  readonly foreign: number;
  /** Whole lines that are no entries. */
  readonly unreadable: number;
}

export interface JournalOptions {
  /** A number of bytes whose digest is wanted as well: what of the journal was known before. */
  readonly mark?: number | undefined;
  /** Later entries are none: nothing is received after it. */
  readonly now: Date;
}

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
  const entries = entriesOf(record);
  const lines = readLines(path, { onLine: entries.add, mark });
  return { ...entries.until(now), ...lines };
}

/**
 * The entries of a record that end at one of these commits, in the order of the
 * file: all that it takes to say when those were received. The whole file is
 * looked through, since the first entry that has a commit counts: main may have
 * been set back from it, and come to it again. Throws `journal/unreadable`.
 */
export function readReceipts(path: string, record: Uuid, commits: readonly ObjectId[]): readonly Receipt[] {
  const wanted = new Set(commits);
  const receipts: Receipt[] = [];
  readLinesWith(path, commits, (line) => {
    const entry = parseEntry(line);
    if (entry?.record === record && moves(entry) && wanted.has(entry.new))
      receipts.push({ old: entry.old, new: entry.new, time: entry.time });
  });
  return receipts;
}

/** Entries of one record, as they are added. */
interface Entries {
  /** A whole line; undefined for one that is far too long. */
  add(line: Buffer | undefined): void;
  /** Those that had been received by then; what says that it was later is no entry. */
  until(now: Date): Pick<Journal, 'receipts' | 'foreign' | 'unreadable'>;
}

function entriesOf(record: Uuid): Entries {
  const all: Receipt[] = [];
  let foreign = 0;
  let unreadable = 0;
  return {
    add(line) {
      const entry = line === undefined ? undefined : parseEntry(line);
      if (entry === undefined) unreadable += 1;
      else if (entry.record !== record) foreign += 1;
      else if (moves(entry)) {
        // Earlier hooks wrote a line of what moves nothing as well: it says nothing.
        const former = all.at(-1);
        // Mostly the very same text: one of them is enough.
        all.push({ old: former?.new === entry.old ? former.new : entry.old, new: entry.new, time: entry.time });
      }
    },
    until(now) {
      const receipts = all.filter(({ time }) => time <= now.getTime());
      return { receipts, foreign, unreadable: unreadable + all.length - receipts.length };
    },
  };
}

function parseEntry(line: Buffer): (Receipt & { readonly record: string }) | undefined {
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
  if (instant === undefined || verdict !== 'accepted') return undefined;
  if (!ID.test(old) || !ID.test(fresh) || old.length !== fresh.length) return undefined;
  return { record, old, new: fresh, time: Number(instant / 1_000_000n) };
}

function isDirectory(path: string): boolean {
  return statOf(path)?.isDirectory() === true;
}

function statOf(path: string) {
  return statSync(path, { throwIfNoEntry: false });
}

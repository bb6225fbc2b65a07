/** The lines of a journal: a file that is only appended to. */
import { createHash, type Hash } from 'node:crypto';
import { closeSync, openSync, readSync } from 'node:fs';
import { codeOf, VprError } from '../errors.js';

/** What was read of a journal. */
export interface LinesRead {
  /** The last line has no end: a push that was being written when the host stopped. */
  readonly torn: boolean;
  /** Of all whole lines: how many bytes, and their SHA-256 in hex. */
  readonly bytes: number;
  readonly digest: string;
  /** SHA-256 of the first `mark` bytes, where there are so many. */
  readonly digestAtMark?: string;
}

/** Takes a whole line without its end; undefined for one that is far too long. */
type OnLine = (line: Buffer | undefined) => void;

const CHUNK = 64 * 1024;
const LF = 0x0a;
const BACKSLASH = 0x5c;
/** Texts that a file is looked through for, one after the other. */
const FEW = 16;
/** No entry is longer, in bytes: 1,000 signers' fingerprints fit. */
const LONGEST = 256 * 1024;

/** Hands on every whole line of a file. Throws `journal/unreadable`. */
export function readLines(path: string, { onLine, mark }: { readonly onLine: OnLine; readonly mark?: number | undefined }): LinesRead {
  return withFile(path, (file) => {
    const digests = prefixDigest(mark);
    const torn = eachLine(file, digests, onLine);
    return { torn, ...digests.result() };
  });
}

/**
 * Hands on the whole lines that may have one of these texts in them, and some
 * beside them: faster by far than all lines are taken apart, if texts are few.
 * JSON can write a text in other letters, but not without a backslash. Throws
 * `journal/unreadable`.
 */
export function readLinesWith(path: string, texts: readonly string[], onLine: (line: Buffer) => void): void {
  const mayHave = (lines: Buffer): boolean =>
    texts.length > FEW || texts.some((text) => lines.includes(text, 0, 'latin1')) || lines.includes(BACKSLASH);
  withFile(path, (file) => {
    const memory = Buffer.allocUnsafe(LONGEST + CHUNK);
    /** Bytes at its beginning: of a line that has not ended. */
    let begun = 0;
    let isTooLong = false;
    for (;;) {
      const size = readSync(file, memory, begun, CHUNK, null);
      if (size === 0) return;
      let read = memory.subarray(0, begun + size);
      if (isTooLong) {
        const end = read.indexOf(LF);
        if (end < 0) continue;
        read = read.subarray(end + 1);
      }
      const lines = read.subarray(0, read.lastIndexOf(LF) + 1);
      if (mayHave(lines)) splitLines(lines, onLine);
      begun = read.length - lines.length;
      isTooLong = begun > LONGEST;
      if (isTooLong) begun = 0;
      else read.copy(memory, 0, lines.length);
    }
  });
}

function splitLines(lines: Buffer, onLine: (line: Buffer) => void): void {
  for (let at = 0, end = 0; at < lines.length; at = end + 1) {
    end = lines.indexOf(LF, at);
    if (end + 1 - at <= LONGEST) onLine(lines.subarray(at, end));
  }
}

/** Hands on every whole line from where the file stands. True where the last one has no end. */
function eachLine(file: number, digests: Digests, onLine: OnLine): boolean {
  let rest: Buffer[] = [];
  let length = 0;
  for (;;) {
    const chunk = Buffer.allocUnsafe(CHUNK);
    const size = readSync(file, chunk, 0, CHUNK, null);
    if (size === 0) return length > 0;
    let at = 0;
    for (let end = chunk.indexOf(LF); end >= 0 && end < size; end = chunk.indexOf(LF, at)) {
      rest.push(chunk.subarray(at, end + 1));
      length += end + 1 - at;
      for (const part of rest) digests.add(part);
      digests.endLine();
      onLine(length > LONGEST ? undefined : Buffer.concat(rest).subarray(0, -1));
      rest = [];
      length = 0;
      at = end + 1;
    }
    if (at < size) rest.push(chunk.subarray(at, size));
    length += size - at;
    if (length <= LONGEST) continue;
    // Never an entry: its parts are not kept until it ends.
    digests.beginLine();
    for (const part of rest.splice(0)) digests.add(part);
  }
}

type Digests = ReturnType<typeof prefixDigest>;

/** The digest of all whole lines that are added, and of the first `mark` bytes of them. */
function prefixDigest(mark: number | undefined) {
  const hash = createHash('sha256');
  let bytes = 0;
  let atMark: Hash | undefined = mark === 0 ? hash.copy() : undefined;
  /** As it was before a line that has not ended. */
  let before: { readonly hash: Hash; readonly bytes: number; readonly atMark: Hash | undefined } | undefined;
  return {
    add(part: Buffer): void {
      const left = mark === undefined ? -1 : mark - bytes;
      bytes += part.length;
      if (left <= 0 || left > part.length) return void hash.update(part);
      atMark = hash.update(part.subarray(0, left)).copy();
      hash.update(part.subarray(left));
    },
    /** What is added from now on counts once the line has ended. */
    beginLine(): void {
      before ??= { hash: hash.copy(), bytes, atMark };
    },
    endLine(): void {
      before = undefined;
    },
    result() {
      const { hash: whole, ...counted } = before ?? { hash, bytes, atMark };
      const digestAtMark = counted.atMark?.digest('hex');
      return { bytes: counted.bytes, digest: whole.digest('hex'), ...(digestAtMark === undefined ? {} : { digestAtMark }) };
    },
  };
}

function withFile<T>(path: string, read: (file: number) => T): T {
  try {
    const file = openSync(path, 'r');
    try {
      return read(file);
    } finally {
      closeSync(file);
    }
  } catch (cause) {
    const code = codeOf(cause) ?? String(cause);
    const help =
      code === 'ENOENT'
        ? "a record's journal is journal/XX/YY/ID.jsonl of its host, or a copy of that"
        : 'run it as the account that owns the host';
    throw new VprError('journal/unreadable', `the journal ${path} cannot be read: ${code}`, { cause, help: [help] });
  }
}

/** The lines of a journal: a file that is only appended to. */
import { createHash, type Hash } from 'node:crypto';
import { closeSync, openSync, readSync } from 'node:fs';
import { VprError } from '../errors.js';
import { codeOf } from './files.js';

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

/** Hands on the lines after those that were read before; undefined, with none handed on, where the file does not begin with those. */
export function readLinesAfter(path: string, former: LinesRead, onLine: OnLine): LinesRead | undefined {
  return withFile(path, (file) => {
    const digests = prefixDigest(undefined);
    for (let left = former.bytes; left > 0; ) {
      const chunk = Buffer.allocUnsafe(Math.min(CHUNK, left));
      const size = readSync(file, chunk, 0, chunk.length, null);
      if (size === 0) return undefined;
      digests.add(chunk.subarray(0, size));
      left -= size;
    }
    if (digests.soFar() !== former.digest) return undefined;
    const torn = eachLine(file, digests, onLine);
    return { torn, ...digests.result() };
  });
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
    soFar: () => hash.copy().digest('hex'),
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
    throw new VprError('journal/unreadable', `the journal ${path} cannot be read: ${codeOf(cause) ?? cause}`, { cause });
  }
}

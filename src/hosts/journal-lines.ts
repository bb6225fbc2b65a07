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
    const torn = eachLine(file, digests.add, onLine);
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
    const torn = eachLine(file, digests.add, onLine);
    return { torn, ...digests.result() };
  });
}

/** Hands on every whole line from where the file stands. True where the last one has no end. */
function eachLine(file: number, whole: (bytes: Buffer) => void, onLine: (line: Buffer | undefined) => void): boolean {
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
    soFar: () => hash.copy().digest('hex'),
    result: () => ({ bytes, digest: hash.digest('hex'), ...(atMark === undefined ? {} : { digestAtMark: atMark.digest('hex') }) }),
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

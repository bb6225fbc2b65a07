import { closeSync, constants, fstatSync, openSync, readSync, type Stats } from 'node:fs';

/** A file that is read in parts. */
export interface PartFile {
  /** In bytes, as it was when it was opened. */
  readonly size: number;
  /** Bytes from an offset on: fewer where the file ends before. Not to be written to: parts may share their memory. */
  part(offset: number, length: number): Buffer;
  close(): void;
}

/** Smaller files are read at once: what a push brings nearly always is. */
const AT_ONCE = 256 * 1024;
/** Larger ones by the page, since what is wanted next mostly lies beside what was. */
const PAGE = 64 * 1024;
/** Bytes of pages that are remembered of one file. */
const REMEMBERED = 32 * 1024 * 1024;

/** Opens a file without waiting for anybody; undefined where there is none, or it can't be read, or its reader might wait for ever. */
export function openFile(path: string): number | undefined {
  let file: number;
  try {
    file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch {
    return undefined;
  }
  if (!isOdd(fstatSync(file))) return file;
  closeSync(file);
  return undefined;
}

/** A named pipe, or a device: no file, and whoever reads it may wait without end. */
export function isOdd(found: Pick<Stats, 'isFIFO' | 'isCharacterDevice' | 'isBlockDevice'>): boolean {
  return found.isFIFO() || found.isCharacterDevice() || found.isBlockDevice();
}

/** Opens a file; undefined where there is none, or it can't be read. */
export function openParts(path: string): PartFile | undefined {
  const file = openFile(path);
  if (file === undefined) return undefined;
  const { size } = fstatSync(file);
  if (size > AT_ONCE) return inPages(file, size);
  const whole = readPart(file, 0, size);
  closeSync(file);
  return { size, part: (offset, length) => whole.subarray(offset, offset + length), close: () => {} };
}

function inPages(file: number, size: number): PartFile {
  const pages: (Buffer | undefined)[] = [];
  const kept: number[] = [];
  let oldest = 0;

  function page(number: number): Buffer {
    return pages[number] ?? readPage(number);
  }

  /** What was read longest ago makes room: a ring of the numbers of those that are kept. */
  function readPage(number: number): Buffer {
    const read = readPart(file, number * PAGE, Math.min(PAGE, size - number * PAGE));
    pages[kept[oldest] ?? number] = undefined;
    pages[number] = read;
    kept[oldest] = number;
    oldest = (oldest + 1) % (REMEMBERED / PAGE);
    return read;
  }

  return {
    size,
    part(offset, wanted) {
      const length = Math.max(0, Math.min(wanted, size - offset));
      const first = Math.floor(offset / PAGE);
      const start = offset - first * PAGE;
      if (start + length <= PAGE) return page(first).subarray(start, start + length);
      if (length > 2 * PAGE) return readPart(file, offset, length);
      const end = start + length - PAGE;
      return end <= PAGE ? Buffer.concat([page(first).subarray(start), page(first + 1).subarray(0, end)]) : readPart(file, offset, length);
    },
    close: () => closeSync(file),
  };
}

function readPart(file: number, offset: number, length: number): Buffer {
  const bytes = Buffer.allocUnsafe(Math.max(0, length));
  let filled = 0;
  for (let read = 1; filled < length && read > 0; filled += read) read = readSync(file, bytes, filled, length - filled, offset + filled);
  return bytes.subarray(0, filled);
}

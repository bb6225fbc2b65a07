import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

/** A file that is read in parts. */
export interface PartFile {
  /** Bytes from an offset on: fewer where the file ends before. */
  part(offset: number, length: number): Buffer;
  close(): void;
}

/** Smaller files are read at once: what a push brings nearly always is. */
const AT_ONCE = 256 * 1024;

/** Opens a file; undefined where there is none, or it can't be read. */
export function openParts(path: string): PartFile | undefined {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch {
    return undefined;
  }
  const { size } = fstatSync(file);
  if (size > AT_ONCE) {
    return { part: (offset, length) => readPart(file, offset, Math.min(length, size - offset)), close: () => closeSync(file) };
  }
  const whole = readPart(file, 0, size);
  closeSync(file);
  return { part: (offset, length) => whole.subarray(offset, offset + length), close: () => {} };
}

function readPart(file: number, offset: number, length: number): Buffer {
  const bytes = Buffer.allocUnsafe(Math.max(0, length));
  let filled = 0;
  for (let read = 1; filled < length && read > 0; filled += read) read = readSync(file, bytes, filled, length - filled, offset + filled);
  return bytes.subarray(0, filled);
}

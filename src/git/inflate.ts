import { constants, inflateSync } from 'node:zlib';

/** So many compressed bytes always give the first few: the tables before them take 285 at most (RFC 1951 §3.2.7). */
export const COMPRESSED_START = 512;
/** The smallest piece that zlib fills. */
const SMALLEST_CHUNK = 64;

/** Exactly so many bytes of what `compressed` begins with; undefined where there are fewer or more, or it isn't zlib's. */
export function inflateWhole(compressed: Buffer, size: number): Buffer | undefined {
  try {
    // One piece that fits: pieces of the usual size cost more than inflating. zlib refuses a limit of 0.
    const bytes = inflateSync(compressed, { chunkSize: Math.max(size + 1, SMALLEST_CHUNK), maxOutputLength: Math.max(size, 1) });
    return bytes.length === size ? bytes : undefined;
  } catch {
    return undefined;
  }
}

/** What can be had from the first bytes of something compressed; empty where nothing can. */
export function inflateStart(compressed: Buffer): Buffer {
  try {
    return inflateSync(compressed, { finishFlush: constants.Z_SYNC_FLUSH });
  } catch {
    return Buffer.alloc(0);
  }
}

/** No more than so many bytes does zlib make of `size`, whatever they are and however it was told to (deflate's stored blocks). */
export function compressedBound(size: number): number {
  return size + Math.ceil(size / 64) + 256;
}

import { constants, inflateSync } from 'node:zlib';
import { inflateSync as inflateSmall } from 'fflate';

/** So many compressed bytes always give the first few: the tables before them take 285 at most (RFC 1951 §3.2.7). */
export const COMPRESSED_START = 512;
/** The smallest piece that zlib fills. */
const SMALLEST_CHUNK = 64;
/** To begin costs Node's zlib more than inflating so few bytes without it: deltas are mostly smaller. */
const SMALL = 100;
const HEADER = 2;

/** Exactly so many bytes of what `compressed` begins with; undefined where there are fewer or more, or it isn't zlib's. */
export function inflateWhole(compressed: Buffer, size: number): Buffer | undefined {
  try {
    const bytes = size <= SMALL && hasHeader(compressed) ? smallBytes(compressed, size) : zlibBytes(compressed, size);
    return bytes.length === size ? bytes : undefined;
  } catch {
    return undefined;
  }
}

function zlibBytes(compressed: Buffer, size: number): Buffer {
  // One piece that fits: pieces of the usual size cost more than inflating. zlib refuses a limit of 0.
  return inflateSync(compressed, { chunkSize: Math.max(size + 1, SMALLEST_CHUNK), maxOutputLength: Math.max(size, 1) });
}

/** The checksum behind the content is passed over: the object's id is of the content itself. */
function smallBytes(compressed: Buffer, size: number): Buffer {
  // Of what is more than fits the rest is dropped, and the length then tells.
  const { buffer, byteOffset, length } = inflateSmall(compressed.subarray(HEADER), { out: new Uint8Array(size + 1) });
  return Buffer.from(buffer, byteOffset, length);
}

/** A zlib header (RFC 1950 §2.2): deflate, no dictionary, the check bits right. */
function hasHeader(compressed: Buffer): boolean {
  const [method = 0, flags = 0] = compressed;
  return (method & 0x0f) === 8 && (flags & 0x20) === 0 && (method * 256 + flags) % 31 === 0;
}

/** What can be had from the first bytes of something compressed; empty where nothing can. */
export function inflateStart(compressed: Buffer): Buffer {
  try {
    return inflateSync(compressed, { finishFlush: constants.Z_SYNC_FLUSH, chunkSize: 2 * COMPRESSED_START });
  } catch {
    return Buffer.alloc(0);
  }
}

/** No more than so many bytes does zlib make of `size`, whatever they are and however it was told to (deflate's stored blocks). */
export function compressedBound(size: number): number {
  return size + Math.ceil(size / 64) + 256;
}

/** Deltas (gitformat-pack): an object as parts of another one, and what is new. */
import { Buffer } from 'node:buffer';
import type { Pieces } from '../format/push.js';
import { PIECE } from './pieces.js';

/** Takes a run of bytes that a delta copies from `source`, which is the base or the delta itself. */
type Take = (fromBase: boolean, offset: number, length: number) => void;

/** From so many bytes on, room is left behind an object for what is appended to it next. */
const GROWS = 4096;
/** A beginning that shares memory keeps no more than so many times its own bytes. */
const KEPT = 4;
/** How many bytes of a memory hold something: what stands there is never written to again. */
const filledTo = new WeakMap<ArrayBufferLike, number>();

/**
 * Applies a delta to the object it was made from; undefined where it doesn't
 * fit, or makes anything else than `size` bytes. Takes time in proportion to
 * what it makes; of a file that is only appended to, to what is appended: its
 * versions share their memory, whichever of them the others are deltas of.
 */
export function applyDelta(base: Buffer, delta: Buffer, size: number): Buffer | undefined {
  let result: Buffer | undefined;
  let filled = 0;
  const whole = eachRun(delta, base.length, size, (fromBase, offset, length) => {
    if (result === undefined && fromBase && offset === 0) {
      filled = length;
      result = length === size ? beginning(base, size) : length === base.length ? extended(base, size) : undefined;
      if (result !== undefined) return;
      filled = 0;
    }
    result ??= Buffer.allocUnsafeSlow(size); // kept for long: of its own, it keeps nothing else
    (fromBase ? base : delta).copy(result, filled, offset, offset + length);
    filled += length;
  });
  return whole ? (result ?? Buffer.alloc(0)) : undefined;
}

/** The first `size` bytes of `base`, in its memory; undefined where that would keep much more than them. */
function beginning(base: Buffer, size: number): Buffer | undefined {
  return size * KEPT < base.buffer.byteLength ? undefined : base.subarray(0, size);
}

/** An object that begins with `base` and goes on to `size`, in the same memory where nothing stands behind the base there. */
function extended(base: Buffer, size: number): Buffer | undefined {
  if (size < GROWS || size <= base.length) return undefined;
  const { buffer, byteOffset, length } = base;
  if (byteOffset === 0 && filledTo.get(buffer) === length && size <= buffer.byteLength) {
    filledTo.set(buffer, size);
    return Buffer.from(buffer, 0, size);
  }
  const roomy = new ArrayBuffer(roomFor(size));
  const bytes = Buffer.from(roomy, 0, size);
  base.copy(bytes);
  filledTo.set(roomy, size);
  return bytes;
}

/** Few different sizes, a quarter apart: what one version leaves when it has outgrown its memory, another one takes whole. */
function roomFor(size: number): number {
  let room = GROWS;
  while (room < size + (size >> 3)) room += room >> 2;
  return room;
}

/** The same for an object in pieces: what stands where it stood is shared with the base, piece by piece. */
export function applyToPieces(base: Pieces, delta: Buffer, size: number): Pieces | undefined {
  const pieces: Uint8Array[] = [];
  let current: Buffer | undefined;
  let filled = 0;

  function put(from: Uint8Array): void {
    for (let at = 0; at < from.length; ) {
      const within = filled % PIECE;
      current ??= Buffer.allocUnsafe(Math.min(PIECE, size - filled));
      const length = Math.min(from.length - at, current.length - within);
      current.set(from.subarray(at, at + length), within);
      at += length;
      filled += length;
      if (within + length < current.length) continue;
      pieces.push(current);
      current = undefined;
    }
  }

  const whole = eachRun(delta, base.length, size, (fromBase, offset, length) => {
    if (!fromBase) return put(delta.subarray(offset, offset + length));
    for (let at = offset; at < offset + length; ) {
      const number = Math.floor(at / PIECE);
      const piece = base.pieces[number] as Uint8Array;
      const start = at - number * PIECE;
      const end = Math.min(piece.length, offset + length - number * PIECE);
      const sameEnd = piece.length === PIECE || filled + piece.length === size;
      if (start === 0 && end === piece.length && filled % PIECE === 0 && sameEnd) {
        pieces.push(piece);
        filled += piece.length;
      } else put(piece.subarray(start, end));
      at += end - start;
    }
  });
  return whole ? { length: size, size: PIECE, pieces } : undefined;
}

/**
 * Hands on what a delta is made of, in order, what is copied from one place on
 * in one run; true where that is `size` bytes, of a base of `baseSize`. What is
 * wrong is found before it is handed on.
 */
function eachRun(delta: Buffer, baseSize: number, size: number, take: Take): boolean {
  const from = readSize(delta, 0);
  const to = readSize(delta, from.next);
  if (from.size !== baseSize || to.size !== size) return false;
  let filled = 0;
  const run = { offset: 0, length: 0 };
  for (let at = to.next; at < delta.length; ) {
    const command = readCommand(delta, at);
    const { copies, offset, length } = command;
    if (length === 0 || offset + length > (copies ? baseSize : delta.length) || filled + length > size) return false;
    at = command.next;
    filled += length;
    if (copies && offset === run.offset + run.length) {
      run.length += length;
      continue;
    }
    if (run.length > 0) take(true, run.offset, run.length);
    run.offset = copies ? offset : 0;
    run.length = copies ? length : 0;
    if (!copies) take(false, offset, length);
  }
  if (run.length > 0) take(true, run.offset, run.length);
  return filled === size;
}

/** One command: of new bytes, which follow it, or of a copy, whose bits say which bytes of offset (four) and length (three) are there. */
function readCommand(delta: Buffer, from: number): { copies: boolean; offset: number; length: number; next: number } {
  const command = delta[from] ?? 0;
  let next = from + 1;
  // A command of 0 is reserved: it is given no length.
  if ((command & 0x80) === 0) return { copies: false, offset: next, length: command, next: next + command };
  let [offset, length] = [0, 0];
  for (let byte = 0; byte < 4; byte += 1) if ((command & (1 << byte)) !== 0) offset += ((delta[next++] ?? 0) << (8 * byte)) >>> 0;
  for (let byte = 0; byte < 3; byte += 1) if ((command & (0x10 << byte)) !== 0) length += (delta[next++] ?? 0) << (8 * byte);
  return { copies: true, offset, length: length === 0 ? 0x10000 : length, next };
}

/** The size of what a delta makes, from its first bytes. */
export function resultSize(delta: Buffer): number {
  return readSize(delta, readSize(delta, 0).next).size;
}

/** A size of seven bits a byte, the lowest first; too large to be true where it doesn't end. */
function readSize(bytes: Buffer, from: number): { size: number; next: number } {
  let size = 0;
  for (let at = from, unit = 1; at < bytes.length && unit < 2 ** 50; at += 1, unit *= 128) {
    const byte = bytes[at] ?? 0;
    size += (byte & 0x7f) * unit;
    if ((byte & 0x80) === 0) return { size, next: at + 1 };
  }
  return { size: Number.POSITIVE_INFINITY, next: bytes.length };
}

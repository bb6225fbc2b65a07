/**
 * Content in pieces that versions of it share: a directory of a thousand
 * threads is 67 kB, of which a commit changes 20 bytes. Pieces are never
 * written to once they are made, so that the same piece is the same content.
 */
import { Buffer } from 'node:buffer';
import type { Pieces } from '../format/push.js';

/** Bytes of a piece. */
export const PIECE = 16 * 1024;

/** Cuts content up, without copying it. */
export function piecesOf(bytes: Buffer): Pieces {
  const pieces: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += PIECE) pieces.push(bytes.subarray(at, at + PIECE));
  return { length: bytes.length, size: PIECE, pieces };
}

/** Content as one piece. */
export function onePiece(bytes: Uint8Array): Pieces {
  return { length: bytes.length, size: Math.max(bytes.length, 1), pieces: [bytes] };
}

/** All of it in one. */
export function joined({ length, pieces }: Pieces): Buffer {
  return pieces.length === 1 ? buffer(pieces[0] as Uint8Array) : Buffer.concat(pieces, length);
}

/** A part of it: not copied where it lies in one piece. */
export function part({ size, pieces }: Pieces, from: number, to: number): Buffer {
  const first = Math.floor(from / size);
  const start = first * size;
  const piece = pieces[first];
  if (piece !== undefined && to - start <= size) return buffer(piece).subarray(from - start, to - start);
  const bytes = Buffer.allocUnsafe(to - from);
  for (let at = from; at < to; ) {
    const number = Math.floor(at / size);
    const end = Math.min(to, (number + 1) * size);
    bytes.set((pieces[number] as Uint8Array).subarray(at - number * size, end - number * size), at - from);
    at = end;
  }
  return bytes;
}

/** How many bytes two contents have in common at their beginnings. */
export function commonStart(a: Pieces, b: Pieces): number {
  if (a.size !== b.size) return startOf(joined(a), joined(b));
  let same = 0;
  while (same < a.pieces.length && a.pieces[same] === b.pieces[same]) same += 1;
  const [one, other] = [a.pieces[same], b.pieces[same]];
  if (one === undefined || other === undefined) return Math.min(a.length, b.length);
  const within = startOf(buffer(one), buffer(other));
  const next = same * a.size + within;
  // The pieces after two that are alike may be as well, without being the same.
  return within < one.length || within < other.length ? next : next + commonStart(after(a, same), after(b, same));
}

/** How many bytes two contents have in common at their ends, not looking before `from`. */
export function commonEnd(a: Pieces, b: Pieces, from: number): number {
  if (a.size !== b.size || a.length !== b.length) return endOf(joined(a).subarray(from), joined(b).subarray(from));
  let first = a.pieces.length;
  while (first > 0 && a.pieces[first - 1] === b.pieces[first - 1]) first -= 1;
  const end = Math.min(a.length, first * a.size);
  if (end <= from) return a.length - from;
  return a.length - end + endOf(part(a, from, end), part(b, from, end));
}

function after({ length, size, pieces }: Pieces, piece: number): Pieces {
  return { length: Math.max(0, length - (piece + 1) * size), size, pieces: pieces.slice(piece + 1) };
}

function startOf(a: Buffer, b: Buffer): number {
  let low = 0;
  for (let high = Math.min(a.length, b.length); low < high; ) {
    const middle = (low + high + 1) >> 1;
    if (a.compare(b, low, middle, low, middle) === 0) low = middle;
    else high = middle - 1;
  }
  return low;
}

function endOf(a: Buffer, b: Buffer): number {
  let low = 0;
  for (let high = Math.min(a.length, b.length); low < high; ) {
    const middle = (low + high + 1) >> 1;
    const [one, other] = [a.length - middle, b.length - middle];
    if (a.compare(b, other, b.length - low, one, a.length - low) === 0) low = middle;
    else high = middle - 1;
  }
  return low;
}

function buffer({ buffer: memory, byteOffset, byteLength }: Uint8Array): Buffer {
  return Buffer.from(memory, byteOffset, byteLength);
}

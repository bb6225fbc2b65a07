/**
 * Applies a delta to the object it was made from (gitformat-pack); undefined where it doesn't fit, or makes anything else than
 * `size` bytes. Takes time in proportion to what it makes.
 */
export function applyDelta(base: Buffer, delta: Buffer, size: number): Buffer | undefined {
  const from = readSize(delta, 0);
  const to = readSize(delta, from.next);
  if (from.size !== base.length || to.size !== size) return undefined;
  const result = Buffer.allocUnsafe(size);
  let filled = 0;
  for (let at = to.next; at < delta.length; ) {
    const command = delta[at++] ?? 0;
    if (command === 0) return undefined; // reserved
    const copies = (command & 0x80) !== 0;
    const copy = copies ? readCopy(delta, at, command) : { offset: at, length: command, next: at };
    const source = copies ? base : delta;
    if (copy.offset + copy.length > source.length || filled + copy.length > size) return undefined;
    source.copy(result, filled, copy.offset, copy.offset + copy.length);
    filled += copy.length;
    at = copies ? copy.next : at + command;
  }
  return filled === size ? result : undefined;
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

/** Offset (four bytes) and length (three) of a copy; the bits of the command say which bytes are there. */
function readCopy(delta: Buffer, from: number, command: number): { offset: number; length: number; next: number } {
  let at = from;
  let [offset, length] = [0, 0];
  for (let bit = 0; bit < 4; bit += 1) if ((command & (1 << bit)) !== 0) offset += (delta[at++] ?? 0) * 2 ** (8 * bit);
  for (let bit = 0; bit < 3; bit += 1) if ((command & (0x10 << bit)) !== 0) length += (delta[at++] ?? 0) * 2 ** (8 * bit);
  return { offset, length: length === 0 ? 0x10000 : length, next: at };
}

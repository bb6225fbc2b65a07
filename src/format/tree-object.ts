import { Buffer } from 'node:buffer';
import { type Read, read, unread } from './fault.js';
import type { ObjectId } from './push.js';

/** One entry of a tree, as stored. */
export interface TreeEntry {
  /** The octal digits exactly as stored, for example `100644`. */
  readonly mode: string;
  /** Each byte of the name is one character (latin1), so that none is lost. */
  readonly name: string;
  readonly id: ObjectId;
}

const BLANK = 0x20;
/** Git's modes have six digits; what is longer is no mode. */
const MAX_MODE = 7;

/**
 * Reads a tree object's stored bytes: `<mode> <name>\0<id>` for each entry.
 * Only what can't be taken apart is a fault; whether modes, names and order are
 * allowed is for rules to say.
 *
 * @param idBytes length of an object id in bytes: 20 for SHA-1
 */
export function readTreeObject(bytes: Uint8Array, idBytes = 20): Read<readonly TreeEntry[]> {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const entries: TreeEntry[] = [];
  for (let at = 0; at < buffer.length; ) {
    let blank = at;
    while (isOctal(buffer[blank])) blank += 1;
    if (blank === at || blank - at >= MAX_MODE || buffer[blank] !== BLANK)
      return unread({ message: `entry ${entries.length + 1} of the tree has no mode` });
    let end = blank + 1;
    while (end < buffer.length && buffer[end] !== 0) end += 1;
    if (end + 1 + idBytes > buffer.length) return unread({ message: `entry ${entries.length + 1} of the tree is cut off` });
    const mode = buffer.toString('latin1', at, blank);
    const name = buffer.toString('latin1', blank + 1, end);
    entries.push({ mode, name, id: buffer.toString('hex', end + 1, end + 1 + idBytes) });
    at = end + 1 + idBytes;
  }
  return read(entries);
}

function isOctal(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x30 && byte <= 0x37;
}

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
    const blank = buffer.subarray(at, at + MAX_MODE).indexOf(BLANK);
    const mode = buffer.toString('latin1', at, at + Math.max(blank, 0));
    if (!/^[0-7]+$/.test(mode)) return unread({ message: `entry ${entries.length + 1} of the tree has no mode` });
    const start = at + blank + 1;
    const end = buffer.indexOf(0, start);
    if (end < 0 || end + 1 + idBytes > buffer.length) return unread({ message: `entry ${entries.length + 1} of the tree is cut off` });
    entries.push({ mode, name: buffer.toString('latin1', start, end), id: buffer.toString('hex', end + 1, end + 1 + idBytes) });
    at = end + 1 + idBytes;
  }
  return read(entries);
}

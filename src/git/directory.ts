import { Buffer } from 'node:buffer';
import type { Read } from '../format/fault.js';
import { readTreeObject, type TreeEntry } from '../format/tree-object.js';

/** A tree as stored. */
export interface Directory {
  readonly bytes: Buffer;
  /** Its entries, taken apart when they are first needed. */
  entries(): Read<readonly TreeEntry[]>;
}

/** From so many bytes on, entries are taken apart each time, not kept: they take ten times the memory. */
export const LARGE = 32 * 1024;

/** `bytes` are a tree object's, without its header. */
export function directoryOf(bytes: Uint8Array): Directory {
  let kept: Read<readonly TreeEntry[]> | undefined;
  return {
    bytes: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength),
    entries() {
      const entries = kept ?? readTreeObject(bytes);
      if (bytes.length < LARGE) kept = entries;
      return entries;
    },
  };
}

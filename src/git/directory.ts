import type { Read } from '../format/fault.js';
import type { Pieces } from '../format/push.js';
import { readTreeObject, type TreeEntry } from '../format/tree-object.js';
import { joined } from './pieces.js';

/** A tree as stored. */
export interface Directory {
  readonly content: Pieces;
  /** Its entries, taken apart each time: they take ten times the memory of the bytes. */
  entries(): Read<readonly TreeEntry[]>;
  /** Where entries begin, and the end; undefined where the tree is cut off. Kept by what compares two versions. */
  boundaries: Int32Array | undefined;
}

/** From so many bytes on a directory is a large one. */
export const LARGE = 32 * 1024;

/** `content` is a tree object's, without its header. */
export function directoryOf(content: Pieces): Directory {
  return { content, entries: () => readTreeObject(joined(content)), boundaries: undefined };
}

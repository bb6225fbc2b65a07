/**
 * What a push is made of, as the rules see it: plain data read from Git, with
 * raw bytes kept. `src/git` fills it; nothing here knows where it came from.
 */
import type { CommitObject } from './commit-object.js';
import type { ObjectId } from './identifiers.js';

export type { ObjectId } from './identifiers.js';

/** One line of a receive hook's input. An id of zeros means "none". */
export interface RefUpdate {
  readonly old: ObjectId;
  readonly new: ObjectId;
  readonly ref: string;
}

/** One version of a file. */
export interface FileState {
  /** The mode's digits exactly as the raw tree has them, for example `100644`. */
  readonly mode: string;
  readonly id: ObjectId;
  /** Size of the blob in bytes; -1 where the object is not a readable blob. */
  readonly size: number;
  /** The content; absent where the blob is larger than the reader's limit, or unreadable. */
  readonly bytes?: Uint8Array | undefined;
}

/** One path that differs between a commit and its parent (or nothing, for a root). */
export interface Change {
  /** Slash-separated path; each byte of Git's path is one character (latin1), so none is lost. */
  readonly path: string;
  readonly before?: FileState | undefined;
  readonly after?: FileState | undefined;
}

/** What is wrong with a commit's trees themselves; `missing` is what the source does not have of the commit, or of what it changed. */
export interface TreeFault {
  readonly kind: 'missing' | 'unreadable' | 'mode' | 'name' | 'order' | 'empty' | 'depth' | 'count' | 'size';
  readonly path: string;
  /** For `mode`: the digits found. */
  readonly mode?: string;
  readonly message: string;
}

/** A commit of a push, with the objects around it that rules look at. */
export interface PushedCommit {
  readonly id: ObjectId;
  /** The commit object's stored bytes, without Git's `commit <size>\0`. */
  readonly bytes: Uint8Array;
  /** The same, taken apart. */
  readonly commit: CommitObject;
  /** The parent; absent for a root. */
  readonly parent?: CommitObject | undefined;
  /** All paths that differ from the parent, in Git's order. */
  readonly changes: readonly Change[];
  readonly treeFaults: readonly TreeFault[];
  /** A file as the parent has it, changed or not. Only of `CONTEXT_FILES` of touched directories, and changed paths. */
  before(path: string): FileState | undefined;
  /** A file as the commit has it, changed or not; same bounds as `before`. */
  after(path: string): FileState | undefined;
}

/** Whether objects of a commit are not there: what is in it can't be judged. */
export function lacksObjects({ treeFaults }: Pick<PushedCommit, 'treeFaults'>): boolean {
  return treeFaults.some(({ kind }) => kind === 'missing');
}

/** How the walk from `new` along the first parents ended. */
export type WalkEnd =
  | { readonly kind: 'old' }
  | { readonly kind: 'root' }
  /** `new` does not descend from `old`, along the first parents; `merged` where a commit on the way has others, `ownRoot` where it has no commit of `old`'s. */
  | { readonly kind: 'unrelated'; readonly merged: boolean; readonly ownRoot: boolean }
  | { readonly kind: 'missing'; readonly id: ObjectId }
  | { readonly kind: 'not-a-commit'; readonly id: ObjectId; readonly type: string }
  | { readonly kind: 'too-large'; readonly id: ObjectId; readonly size: number }
  | { readonly kind: 'too-many'; readonly limit: number };

/** The commits between `old` and `new` of refs/heads/main, oldest first. */
export interface History {
  readonly old: ObjectId | undefined;
  readonly new: ObjectId;
  readonly end: WalkEnd;
  /** Ids of all commits found, oldest first, whatever the end. */
  readonly ids: readonly ObjectId[];
  /** Reads the commits one after the other; memory holds one at a time. */
  commits(): AsyncIterable<PushedCommit>;
}

/** A whole push: every ref line, and the history of main where it was updated to a commit. */
export interface Push {
  readonly updates: readonly RefUpdate[];
  readonly main?: History;
}

/** A Git object as stored. */
export interface GitObject {
  readonly type: string;
  readonly bytes: Uint8Array;
}

/** What an object is, with its content where that is wanted. */
export interface StoredObject {
  readonly type: string;
  /** In bytes. */
  readonly size: number;
  readonly bytes?: Uint8Array;
  /** The content of a large tree, in place of `bytes`. */
  readonly pieces?: Pieces;
}

/** Content in pieces of one size (the last may be shorter), which are never written to. */
export interface Pieces {
  readonly length: number;
  readonly size: number;
  readonly pieces: readonly Uint8Array[];
}

/** Where objects come from: a repository with its quarantine, or a table in a test. */
export interface ObjectSource {
  /** Type and size, without reading the content; undefined where there is no such object. */
  stat(id: ObjectId): Promise<{ readonly type: string; readonly size: number } | undefined>;
  /** The object, or undefined where there is none. */
  read(id: ObjectId): Promise<GitObject | undefined>;
  /**
   * Type, size and content of up to `most` bytes, without waiting; undefined where only `stat` and `read` can tell.
   * A source that has it answers at once, so that asking ahead gains nothing.
   */
  readNow?(id: ObjectId, most: number): StoredObject | undefined;
  /** Type, size and the first few hundred bytes, which nothing was checked of yet; undefined where that would be as much work as all. */
  startNow?(id: ObjectId): StoredObject | undefined;
}

/** The one branch of a record (FORMAT.md §1). */
export const MAIN = 'refs/heads/main';

/** Whether a ref becomes another than it was. Some clients (libgit2, isomorphic-git) push also where they have nothing new. */
export function moves({ old, new: id }: { readonly old: ObjectId; readonly new: ObjectId }): boolean {
  return old !== id;
}

/** Whether an id is Git's "no object": all zeros, of either length. */
export function isZero(id: ObjectId): boolean {
  return /^0+$/.test(id);
}

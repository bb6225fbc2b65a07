/** What main is, read from a repository's own files: no process, and nothing is believed that git would not believe. */
import { closeSync, constants, lstatSync, openSync, readlinkSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { codeOf, VprError } from '../errors.js';
import { MAIN, type ObjectId } from '../format/push.js';
import { readIfThere } from './files.js';

/** What main is; `none` before the first push; or why it can't be told. */
export type MainRef =
  | { readonly kind: 'commit'; readonly id: ObjectId }
  | { readonly kind: 'none' }
  | { readonly kind: 'fault'; readonly code: string; readonly message: string };

const ID = /^(?!0+\s*$)([0-9a-f]{40}|[0-9a-f]{64})\s*$/;
const PACKED_MAIN = new RegExp(`^([0-9a-f]{40}|[0-9a-f]{64}) ${MAIN}$`, 'm');
/** Bytes of a ref's own file; what is longer is no ref. */
const LONGEST = 256;
const LARGEST_PACKED = 16 * 1024 * 1024;

/**
 * Reads main: its own file, which goes before the packed refs. Whatever is odd
 * about it is said, not thrown: half-written, a symbolic link or reference, a repository that isn't there.
 */
export function readMain(repository: string): MainRef {
  try {
    const own = readOwn(join(repository, MAIN));
    if (own !== undefined) return ownRef(own);
    const packed = PACKED_MAIN.exec(readIfThere(join(repository, 'packed-refs'), LARGEST_PACKED) ?? '')?.[1];
    if (packed !== undefined) return { kind: 'commit', id: packed };
    if (isThere(join(repository, 'reftable'))) return fault('ref-format', 'its refs are not kept in files (reftable)');
    return isThere(join(repository, 'objects')) ? { kind: 'none' } : fault('repository-missing', 'the repository is not there, or is none');
  } catch (error) {
    return fault('ref-unreadable', `main cannot be read: ${error instanceof VprError ? error.message : (codeOf(error) ?? 'unknown')}`);
  }
}

/** What is odd about HEAD, in words; clones begin at it, and nothing else depends on it. */
export function headFault(repository: string): string | undefined {
  const head = join(repository, 'HEAD');
  try {
    const stats = lstatSync(head, { throwIfNoEntry: false });
    if (stats === undefined) return 'HEAD is missing';
    if (stats.isSymbolicLink()) return readlinkSync(head) === MAIN ? undefined : 'HEAD is a symbolic link, and not to main';
    return readIfThere(head) === `ref: ${MAIN}\n` ? undefined : 'HEAD is not main';
  } catch (error) {
    return `HEAD cannot be read: ${error instanceof VprError ? error.message : (codeOf(error) ?? 'unknown')}`;
  }
}

function ownRef(text: string): MainRef {
  const id = ID.exec(text)?.[1];
  if (id !== undefined) return { kind: 'commit', id };
  if (text.startsWith('ref:')) return fault('ref-symbolic', 'main is a reference to another ref');
  return fault('ref-half-written', 'the file of main is not a whole id: it is half-written, or damaged');
}

/** The first bytes of a file that is no symbolic link, as latin1; undefined where there is none. */
function readOwn(path: string): string | undefined {
  let file: number;
  try {
    file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return undefined;
    if (codeOf(error) === 'ELOOP') throw new VprError('ref/symlink', 'it is a symbolic link');
    throw error;
  }
  try {
    const bytes = Buffer.alloc(LONGEST);
    return bytes.toString('latin1', 0, readSync(file, bytes, 0, LONGEST, 0));
  } finally {
    closeSync(file);
  }
}

function isThere(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return false;
    throw error;
  }
}

function fault(code: string, message: string): MainRef {
  return { kind: 'fault', code, message };
}

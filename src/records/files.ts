/** Files written so that a reader sees the former content or the whole new one, and nothing is overwritten unasked. */
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { VprError } from '../errors.js';

/** Writes a file that must not exist yet. Throws `file/exists`, or `file/unwritable`. */
export function writeNew(path: string, content: Uint8Array | string, mode = 0o644): void {
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content, { flag: 'wx', mode });
  } catch (cause) {
    if (codeOf(cause) === 'EEXIST') {
      throw new VprError('file/exists', `${path} exists already and is not overwritten`, {
        cause,
        help: ['name another place, or move the file away first'],
      });
    }
    throw new VprError('file/unwritable', `${path} cannot be written: ${codeOf(cause)}`, { cause });
  }
}

/** Writes several files of which none may exist yet; nothing is written where one does. Throws as `writeNew`. */
export function writeAllNew(files: readonly { readonly path: string; readonly content: string; readonly mode?: number }[]): void {
  const there = files.find(({ path }) => existsSync(path));
  if (there !== undefined) writeNew(there.path, there.content);
  for (const { path, content, mode } of files) writeNew(path, content, mode);
}

/** Replaces a file in one step: a temporary file beside it, then a rename. */
export function writeAtomic(path: string, content: Uint8Array | string, mode = 0o644): void {
  const temporary = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}`);
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(temporary, content, { flag: 'wx', mode });
    renameSync(temporary, path);
  } catch (cause) {
    rmSync(temporary, { force: true });
    throw new VprError('file/unwritable', `${path} cannot be written: ${codeOf(cause)}`, { cause });
  }
}

/** A file's bytes, or undefined where there is none. Throws `file/unreadable` for anything else. */
export function readIfThere(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch (cause) {
    if (codeOf(cause) === 'ENOENT' || codeOf(cause) === 'ENOTDIR') return undefined;
    throw new VprError('file/unreadable', `${path} cannot be read: ${codeOf(cause)}`, { cause });
  }
}

/** A file's bytes. `what` says in an error what was looked for. Throws `file/missing`, `file/unreadable`. */
export function readFile(path: string, what: string): Buffer {
  const bytes = readIfThere(path);
  if (bytes === undefined) throw new VprError('file/missing', `${what}: there is no file ${path}`);
  return bytes;
}

function codeOf(cause: unknown): string {
  return cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause);
}

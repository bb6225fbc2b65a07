/** Files written so that a reader sees the former content or the whole new one, and nothing is overwritten unasked. */
import { randomBytes } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { codeOf, VprError } from '../errors.js';

/** Writes a file that must not exist yet. Throws `file/exists`, or `file/unwritable`. */
export function writeNew(path: string, content: Uint8Array | string, mode = 0o644): void {
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeThrough(path, content, mode);
    syncDirectory(dirname(path));
  } catch (cause) {
    if (codeOf(cause) === 'EEXIST') throw alreadyThere(path, cause);
    throw unwritable(path, cause);
  }
}

/** Writes several files of which none may exist yet; nothing is written where one does. Throws as `writeNew`. */
export function writeAllNew(
  files: readonly { readonly path: string; readonly content: Uint8Array | string; readonly mode?: number }[],
): void {
  refuseExisting(files.map(({ path }) => path));
  for (const { path, content, mode } of files) writeNew(path, content, mode);
}

/** Throws `file/exists` where any of the files is there already. */
export function refuseExisting(paths: readonly string[]): void {
  const there = paths.find((path) => existsSync(path));
  if (there !== undefined) throw alreadyThere(there);
}

function unwritable(path: string, cause: unknown): VprError {
  return new VprError('file/unwritable', `${path} cannot be written: ${codeOf(cause) ?? String(cause)}`, {
    cause,
    help: ['name a file in a directory that you may write to'],
  });
}

function alreadyThere(path: string, cause?: unknown): VprError {
  return new VprError('file/exists', `${path} exists already and is not overwritten`, {
    cause,
    help: ['name another place, or move the file away first'],
  });
}

/** Replaces a file in one step: a temporary file beside it, on the disk, then a rename. */
export function writeAtomic(path: string, content: Uint8Array | string, mode = 0o644): void {
  const temporary = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}`);
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeThrough(temporary, content, mode);
    renameSync(temporary, path);
    syncDirectory(dirname(path));
  } catch (cause) {
    rmSync(temporary, { force: true });
    throw unwritable(path, cause);
  }
}

/** A new file whose content is on the disk when this returns: a power cut must not leave an empty one under its name. */
function writeThrough(path: string, content: Uint8Array | string, mode: number): void {
  const file = openSync(path, 'wx', mode);
  try {
    writeFileSync(file, content);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** Puts a directory's names on the disk as well, where the platform can: Windows opens none. */
function syncDirectory(path: string): void {
  let directory: number;
  try {
    directory = openSync(path, 'r');
  } catch {
    return;
  }
  try {
    fsyncSync(directory);
  } catch {
    // Some file systems refuse it; the file itself is there.
  } finally {
    closeSync(directory);
  }
}

/** Makes a directory of mode 0700 among the system's temporary ones. Throws `file/temporary`. */
export function makeTemporary(name: string): string {
  const place = tmpdir();
  try {
    return mkdtempSync(join(realpathSync(place), `vpr-${name}-`));
  } catch (cause) {
    throw new VprError('file/temporary', `no temporary directory can be made in ${place}: ${codeOf(cause) ?? String(cause)}`, {
      cause,
      help: ['the environment variable TMPDIR names another place for it: one that is there, that you may write to, and with room'],
    });
  }
}

/** A file's bytes, or undefined where there is none. Throws `file/unreadable` for anything else. */
export function readIfThere(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch (cause) {
    if (codeOf(cause) === 'ENOENT' || codeOf(cause) === 'ENOTDIR') return undefined;
    const help = codeOf(cause) === 'EISDIR' ? 'it is a directory: name a file' : 'make it readable for you, or name another file';
    throw new VprError('file/unreadable', `${path} cannot be read: ${codeOf(cause) ?? String(cause)}`, { cause, help: [help] });
  }
}

/** A file's bytes. `what` says in an error what was looked for. Throws `file/missing`, `file/unreadable`. */
export function readFile(path: string, what: string, help: readonly string[] = ['name a file that is there']): Buffer {
  const bytes = readIfThere(path);
  if (bytes === undefined) throw new VprError('file/missing', `${what}: there is no file ${path}`, { help });
  return bytes;
}

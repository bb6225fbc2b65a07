import { randomBytes } from 'node:crypto';
import {
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { codeOf, VprError } from '../errors.js';

/** What the host keeps is for its own account and group: it is about patients. */
const FILE_MODE = 0o640;
const DIRECTORY_MODE = 0o750;
const LF = 0x0a;

/**
 * Appends one line and waits until it is on the disk, with the directories
 * that had to be made for it. A line that an earlier crash left unfinished stays a line of its own.
 * Throws where anything of it fails; `host/short-write` where the disk is full.
 *
 * @param mode of a file that has to be made
 */
export function appendLine(path: string, line: string, mode = FILE_MODE): void {
  makeDirectory(dirname(path));
  const file = openSync(path, 'a+', mode);
  try {
    const { size } = fstatSync(file);
    const last = Buffer.alloc(1);
    if (size > 0) readSync(file, last, 0, 1, size - 1);
    writeWhole(file, size > 0 && last[0] !== LF ? `\n${line}\n` : `${line}\n`);
    fsyncSync(file);
    if (size === 0) syncDirectory(dirname(path));
  } finally {
    closeSync(file);
  }
}

/**
 * Makes a file that must not exist, whole and on the disk before anybody can
 * see it. False where it exists already: of two that try, one makes it.
 */
export function createWhole(path: string, content: string): boolean {
  makeDirectory(dirname(path));
  const temporary = writeTemporary(path, content, FILE_MODE);
  try {
    linkSync(temporary, path);
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(temporary, { force: true });
  }
  syncDirectory(dirname(path));
  return true;
}

/** Puts a file in place in one step, whether or not there was one. The mode is not subject to the umask. */
export function replaceFile(path: string, content: string | Uint8Array, mode: number): void {
  const temporary = writeTemporary(path, content, mode);
  try {
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
  syncDirectory(dirname(path));
}

/** Makes a directory and what is missing above it, on the disk. (Node's own recursive way never ends where a file system answers ENOENT to it.) */
export function makeDirectory(path: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() === true) return;
  if (dirname(path) !== path) makeDirectory(dirname(path));
  try {
    mkdirSync(path, { mode: DIRECTORY_MODE });
  } catch (error) {
    if (codeOf(error) !== 'EEXIST' || !statSync(path).isDirectory()) throw error;
  }
  syncDirectory(dirname(path));
}

/** A file's text, or undefined where there is none. Throws for any other failure, `host/file-too-large` above `limit` bytes, `host/odd-file` for what could keep its reader waiting. */
export function readIfThere(path: string, limit = 1024 * 1024): string | undefined {
  try {
    const bytes = readWhole(path);
    if (bytes.length > limit) throw new VprError('host/file-too-large', `${path} has ${bytes.length} bytes, more than ${limit}`);
    return bytes.toString('utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return undefined;
    throw error;
  }
}

function readWhole(path: string): Buffer {
  const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const stats = fstatSync(file);
    if (stats.isFIFO() || stats.isBlockDevice()) {
      throw new VprError('host/odd-file', `${path} is a named pipe or a device, where a file is wanted`, {
        help: ['remove it, or restore the file from a backup'],
      });
    }
    if (stats.isCharacterDevice()) return Buffer.alloc(0); // what is switched off is a link to /dev/null; another one may have no end
    return readFileSync(file);
  } finally {
    closeSync(file);
  }
}

function writeTemporary(path: string, content: string | Uint8Array, mode: number): string {
  const temporary = join(dirname(path), `.${basename(path)}.${randomBytes(8).toString('hex')}`);
  const file = openSync(temporary, 'wx', mode);
  try {
    writeWhole(file, content);
    fchmodSync(file, mode);
    fsyncSync(file);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  } finally {
    closeSync(file);
  }
  return temporary;
}

function writeWhole(file: number, content: string | Uint8Array): void {
  const bytes = Buffer.from(content);
  const written = writeSync(file, bytes);
  if (written !== bytes.length)
    throw new VprError('host/short-write', `only ${written} of ${bytes.length} bytes could be written: is the disk full?`);
}

function syncDirectory(path: string): void {
  const directory = openSync(path, 'r');
  try {
    fsyncSync(directory);
  } finally {
    closeSync(directory);
  }
}

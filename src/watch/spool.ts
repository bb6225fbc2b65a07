/** What hooks leave in the spool. Whoever can write there can write anything: of it all, the id of a registered record is taken. */
import { randomBytes } from 'node:crypto';
import { closeSync, constants, fstatSync, lstatSync, opendirSync, openSync, readdirSync, readSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { codeOf, VprError } from '../errors.js';
import { parseUuid, type Uuid } from '../format/identifiers.js';
import { makeDirectory } from '../hosts/files.js';
import type { HostPaths } from '../hosts/paths.js';
import { type RegisteredRecord, registeredRecord } from '../hosts/registry.js';

/** A file that names a record. */
export interface Hint {
  /** The file's name, each byte a character (latin1). */
  readonly name: string;
  readonly record: RegisteredRecord;
}

/** A file that was put aside, or removed where there are too many of those. */
export interface BadFile {
  readonly name: string;
  readonly why: string;
  /** It could not be moved. */
  readonly stays: boolean;
}

export interface SpoolReading {
  readonly hints: readonly Hint[];
  readonly bad: readonly BadFile[];
  /** There are more: read again when these are done. */
  readonly more: boolean;
}

/** Files of one reading. */
const AT_ONCE = 1000;
/** Names that are looked at for them: temporary ones are passed over. */
const MOST_NAMES = 100_000;
/** Bytes of a file. */
const LARGEST = 1024;
/** Files that are kept aside. */
const MOST_BAD = 1000;
/** A temporary file that is older, in milliseconds, was left by a hook that was killed. */
const STALE = 60 * 60 * 1000;
const BAD = 'bad';

/**
 * Reads what is in the spool and not yet `known`. Names beginning with a dot
 * are being written. What is no hint is put aside (`spool/bad`). Nothing else is
 * removed here: `removeHints` does that, once what a file names has been seen to.
 */
export function readSpool(paths: HostPaths, known: ReadonlySet<string>): SpoolReading {
  const hints: Hint[] = [];
  const bad: BadFile[] = [];
  const { names, more } = namesOf(paths.spool, known);
  for (const name of names) {
    const found = readHint(paths, name);
    if (typeof found === 'string') bad.push({ name, ...putAside(paths.spool, name, found) });
    else if (found !== undefined) hints.push({ name, record: found });
  }
  return { hints, bad, more };
}

/** Removes files that are done with. One that is gone already was removed by another watcher. */
export function removeHints({ spool }: HostPaths, names: Iterable<string>): void {
  for (const name of names) rmSync(pathOf(spool, name), { force: true });
}

function namesOf(spool: string, known: ReadonlySet<string>): { readonly names: readonly string[]; readonly more: boolean } {
  const names: string[] = [];
  const directory = opendirSync(spool, { encoding: 'latin1' });
  try {
    let seen = 0;
    for (let entry = directory.readSync(); entry !== null; entry = directory.readSync()) {
      seen += 1;
      if (entry.name.startsWith('.')) sweep(spool, entry.name);
      else if (entry.name !== BAD && !known.has(entry.name)) names.push(entry.name);
      if (names.length >= AT_ONCE || seen >= MOST_NAMES) return { names, more: true };
    }
  } finally {
    directory.closeSync();
  }
  return { names: names.sort(), more: false };
}

/** The record that a file names; in words why it names none; undefined where it is gone. */
function readHint({ root, spool }: HostPaths, name: string): RegisteredRecord | string | undefined {
  if (!name.endsWith('.json')) return 'its name does not end in .json';
  try {
    const text = readSmall(pathOf(spool, name));
    if (text === undefined) return undefined;
    const id = recordIn(text);
    if (id === undefined) return 'it does not name a record';
    return registeredRecord(root, id) ?? `it names ${id}, which is not registered here`;
  } catch (error) {
    if (codeOf(error) === 'ELOOP') return 'it is a symbolic link';
    if (error instanceof VprError) return error.message;
    return `it cannot be read: ${codeOf(error) ?? 'unknown'}`;
  }
}

function recordIn(text: string): Uuid | undefined {
  try {
    const value: unknown = JSON.parse(text);
    const record = typeof value === 'object' && value !== null && 'record' in value ? value.record : undefined;
    return typeof record === 'string' ? parseUuid(record) : undefined;
  } catch {
    return undefined;
  }
}

/** Nothing is followed, waited for, or read beyond what a hook writes. */
function readSmall(path: Buffer): string | undefined {
  let file: number;
  try {
    file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
  try {
    const stats = fstatSync(file);
    if (!stats.isFile()) throw new VprError('spool/not-a-file', 'it is not a file');
    if (stats.size > LARGEST) throw new VprError('spool/too-large', `it has ${stats.size} bytes, more than ${LARGEST}`);
    const bytes = Buffer.alloc(LARGEST);
    return bytes.toString('utf8', 0, readSync(file, bytes, 0, LARGEST, 0));
  } finally {
    closeSync(file);
  }
}

/** Out of the way, but not gone: an administrator may want to know what it was. Says what was done. */
function putAside(spool: string, name: string, why: string): Omit<BadFile, 'name'> {
  const aside = join(spool, BAD);
  try {
    makeDirectory(aside);
    if (readdirSync(aside).length >= MOST_BAD) {
      rmSync(pathOf(spool, name), { recursive: true, force: true });
      return { why: `${why}; removed, since ${MOST_BAD} of them are kept`, stays: false };
    }
    const safe = name.replaceAll(/[^A-Za-z0-9._-]/g, '_').slice(0, 100);
    renameSync(pathOf(spool, name), join(aside, `${randomBytes(4).toString('hex')}-${safe}`));
    return { why, stays: false };
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return { why, stays: false }; // another watcher did
    return { why: `${why}; it stays where it is: ${codeOf(error) ?? 'unknown'}`, stays: true };
  }
}

function sweep(spool: string, name: string): void {
  const path = pathOf(spool, name);
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (stats?.isFile() === true && Date.now() - stats.mtimeMs > STALE) rmSync(path, { force: true });
}

/** Names are bytes: not every one is text. */
function pathOf(spool: string, name: string): Buffer {
  return Buffer.concat([Buffer.from(`${spool}/`), Buffer.from(name, 'latin1')]);
}

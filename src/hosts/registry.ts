import { readdirSync, realpathSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { codeOf, VprError } from '../errors.js';
import { formatUuidPlain, parseUuid, type RecordKind, type Uuid } from '../format/identifiers.js';
import { commandLine } from '../format/shell.js';
import { createWhole, readIfThere } from './files.js';
import { hostPaths, shardedPath } from './paths.js';

/** A record that a host keeps. */
export interface RegisteredRecord {
  readonly kind: RecordKind;
  readonly id: Uuid;
  /** Absolute path of its bare repository. */
  readonly path: string;
}

/** The file in a bare repository that names its record: 32 hex digits and LF. */
export const RECORD_FILE = 'vpr-record';

/** The kinds of FORMAT.md §1. */
const KINDS: ReadonlySet<string> = new Set<RecordKind>(['coordination', 'clinical', 'demographics', 'redaction']);

/** What `vpr-record` holds for a record. */
export function recordFileContent(id: Uuid): string {
  return `${formatUuidPlain(id)}\n`;
}

/**
 * Registers a record, once and for all. False where its id is registered
 * already: of two that try, one wins (FORMAT.md §1 "one id is registered once").
 */
export function register(root: string, { kind, id, path }: RegisteredRecord): boolean {
  const inside = relative(root, path);
  const stored = inside.startsWith('..') ? path : inside;
  return createWhole(entryPath(root, id), `${JSON.stringify({ kind, id, path: stored })}\n`);
}

/** The record registered under an id. Throws `registry/unreadable` where its entry is damaged, or can't be read. */
export function registeredRecord(root: string, id: Uuid): RegisteredRecord | undefined {
  const path = entryPath(root, id);
  const text = readingRegistry(root, path, () => readIfThere(path));
  return text === undefined ? undefined : parseEntry(root, id, text, path);
}

/**
 * The record that a repository holds: its `vpr-record` names one, and the
 * registry names this very directory (its real path) for it. Undefined otherwise.
 */
export function recordOf(root: string, repository: string): RegisteredRecord | undefined {
  const id = recordIdIn(repository);
  const record = id === undefined ? undefined : registeredRecord(root, id);
  return record !== undefined && realPath(record.path) === realPath(repository) ? record : undefined;
}

/** The id in a repository's `vpr-record`; undefined where there is none, or something else. */
export function recordIdIn(repository: string): Uuid | undefined {
  const text = readIfThere(join(repository, RECORD_FILE)) ?? '';
  return /^[0-9a-f]{32}\n$/.test(text) ? parseUuid(text.trim()) : undefined;
}

/**
 * All registered records, by id. Names that are no registration's are left out; damaged
 * entries, and directories of entries that can't be read, throw `registry/unreadable` unless `damaged` takes it.
 * A registry that can't be read at all throws it in any case.
 */
export function* registeredRecords(root: string, damaged: (error: VprError) => void = rethrow): Generator<RegisteredRecord> {
  const { registry } = hostPaths(root);
  const namesOr = (directory: string, shape: RegExp) => orDamaged(damaged, () => registryNames(root, directory, shape)) ?? [];
  for (const first of registryNames(root, registry, /^[0-9a-f]{2}$/)) {
    for (const second of namesOr(join(registry, first), /^[0-9a-f]{2}$/)) {
      for (const name of namesOr(join(registry, first, second), /^[0-9a-f]{32}$/)) {
        const id = parseUuid(name);
        const record = id === undefined ? undefined : orDamaged(damaged, () => registeredRecord(root, id));
        if (record !== undefined) yield record;
      }
    }
  }
}

function registryNames(root: string, directory: string, shape: RegExp): string[] {
  return readingRegistry(root, directory, () => namesIn(directory, shape));
}

function orDamaged<T>(damaged: (error: VprError) => void, read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof VprError)) throw error;
    damaged(error);
    return undefined;
  }
}

/** What the system says of a file of the registry, in words that can be shown: whatever is wrong with one is that one's alone. */
function readingRegistry<T>(root: string, path: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    const code = codeOf(cause) ?? 'unknown';
    const chown = commandLine('chown', '-R', `--reference=${root}`, path);
    throw new VprError('registry/unreadable', `${path}, of the registry, cannot be read: ${code}`, {
      cause,
      help:
        code === 'EACCES'
          ? ['run it as the account that owns the host', `or, where another account's command made that: ${chown}`]
          : ['make it readable for the account that owns the repositories, or restore it from a backup'],
    });
  }
}

function rethrow(error: VprError): never {
  throw error;
}

/** Sorted names in a directory, of one shape; none where it isn't there. */
export function namesIn(directory: string, shape: RegExp): string[] {
  try {
    return readdirSync(directory)
      .filter((name) => shape.test(name))
      .sort();
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return [];
    throw error;
  }
}

/** A path without symbolic links; undefined where there is nothing. */
export function realPath(path: string): string | undefined {
  try {
    return realpathSync.native(path);
  } catch {
    return undefined;
  }
}

function entryPath(root: string, id: Uuid): string {
  return shardedPath(hostPaths(root).registry, id);
}

function parseEntry(root: string, id: Uuid, text: string, path: string): RegisteredRecord {
  try {
    const entry = JSON.parse(text) as Partial<Record<'kind' | 'id' | 'path', unknown>>;
    if (typeof entry.kind === 'string' && KINDS.has(entry.kind) && entry.id === id && typeof entry.path === 'string') {
      return { kind: entry.kind as RecordKind, id, path: resolve(root, entry.path) };
    }
  } catch {
    // falls through: what isn't JSON is damaged as well
  }
  throw new VprError('registry/unreadable', `the registry's entry for ${id} is damaged`, { help: [`restore it from a backup: ${path}`] });
}

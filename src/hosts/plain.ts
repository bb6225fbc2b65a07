import { opendirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { codeOf, VprError } from '../errors.js';
import { newUuid, type RecordKind, recordPath, type Uuid } from '../format/identifiers.js';
import { commandLine } from '../format/shell.js';
import { createWhole, makeDirectory, readIfThere, replaceFile } from './files.js';
import { hintPath, hostLauncher, installHint, installHook, installProgram, type RunGit } from './install.js';
import { accountWords, asOwner, refuseStranger } from './owner.js';
import { packageFile } from './package.js';
import { type HostPaths, hostPaths } from './paths.js';
import { RECORD_FILE, type RegisteredRecord, realPath, recordFileContent, recordIdIn, register, registeredRecord } from './registry.js';
import { makeRepository } from './repository.js';

/** The kinds of record that rules exist for: hosts take only those (FORMAT.md §7). */
export const KINDS_WITH_RULES: ReadonlySet<RecordKind> = new Set<RecordKind>(['coordination']);

/** What may lie in a directory that becomes a host: what `initHost` itself makes, and certificates put there before. */
const OWN_NAMES: ReadonlySet<string> = new Set([
  'vpr.yaml',
  'trust',
  'registry',
  'journal',
  'participants',
  'certificates',
  'hooks',
  'run',
  'spool',
  'projections.yaml',
]);

/**
 * Makes a directory a host: its policy, its registry, its journal and the
 * program that hooks run. True where it wasn't one; a policy that is there is
 * never overwritten. Throws `host/not-empty` for a directory with anything else in it, `host/not-owner` for another account's.
 */
export function initHost(directory: string): boolean {
  const root = resolve(directory);
  if (isHost(root)) return false;
  const stranger = realPath(root) === undefined ? undefined : strangerIn(root);
  if (stranger !== undefined) {
    throw new VprError('host/not-empty', `${root} is not empty, and not a host: there is ${JSON.stringify(stranger)} in it`, {
      help: ['name a new directory'],
    });
  }
  makeDirectory(root);
  const paths = hostPaths(realPath(root) ?? root);
  refuseStranger(paths);
  for (const path of [paths.trust, paths.journal, paths.participants, paths.certificates]) makeDirectory(path);
  installProgram(paths.root);
  createWhole(paths.policy, readFileSync(packageFile('templates/host/vpr.yaml'), 'utf8'));
  makeDirectory(paths.registry);
  return true;
}

/** The paths of the host in a directory. Throws `host/not-a-host`, `host/unreadable`. */
export function openHost(directory: string): HostPaths {
  const root = realPath(directory);
  if (root !== undefined && isHost(root)) return hostPaths(root);
  refuseUnreadable(directory);
  throw new VprError('host/not-a-host', `${directory} is not a host: it has no vpr.yaml and registry`, {
    help: whereHostIs(directory),
  });
}

/** Making a host is proposed only where it could be done: most often another directory was meant. */
function whereHostIs(directory: string): string[] {
  const above = hostAbove(directory);
  if (above !== undefined) return [`name the host that it lies in: ${above.root}`];
  const help = ["name the host's directory, the one that has vpr.yaml in it"];
  const root = realPath(directory);
  const free = root === undefined || (statSync(root).isDirectory() && strangerIn(root) === undefined);
  return free ? [...help, `or make a new host: ${commandLine('vpr', 'host', 'init', directory)}`] : help;
}

/** The first thing in a directory that no host has. */
function strangerIn(directory: string): string | undefined {
  return readdirSync(directory).find((name) => !OWN_NAMES.has(name));
}

/** Throws `host/unreadable` where this account may not look into a directory. */
export function refuseUnreadable(directory: string): void {
  const owner = closedTo(resolve(directory));
  if (owner === undefined) return;
  throw new VprError('host/unreadable', `${directory} cannot be read by this account: it belongs to ${accountWords(owner)}`, {
    help: [asOwner(owner)],
  });
}

/** The same for commands that write to it. Throws `host/not-owner` as well. */
export function openHostToWrite(directory: string): HostPaths {
  const paths = openHost(directory);
  refuseStranger(paths);
  return paths;
}

/** The host that a repository lies in; undefined where it lies in none. */
export function hostAbove(repository: string): HostPaths | undefined {
  for (let at = realPath(repository) ?? '/'; ; at = dirname(at)) {
    if (isHost(at)) return hostPaths(at);
    if (at === dirname(at)) return undefined;
  }
}

export interface NewRecord {
  readonly kind: RecordKind;
  /** A fresh one where none is given. */
  readonly id?: Uuid;
  /** An empty bare repository of a forge, instead of one of the host's own. */
  readonly repository?: string;
}

/**
 * Registers a record and makes its repository, hook and guarded configuration included; or
 * hooks into the empty one that is given. An add that was interrupted is
 * finished by the next one of the same id. Throws `host/kind`, `host/registered`, `host/repository-exists`, `host/not-empty-repository`.
 */
export function addRecord(root: string, { kind, id = newUuid(), repository }: NewRecord, git: RunGit): RegisteredRecord {
  if (!KINDS_WITH_RULES.has(kind)) {
    throw new VprError('host/kind', `there are no rules yet for ${kind} records, and a host takes only kinds that have rules`, {
      help: [`kinds with rules: ${[...KINDS_WITH_RULES].join(', ')}`],
    });
  }
  const launcher = hostLauncher(root);
  const path = repository === undefined ? join(root, recordPath(kind, id)) : emptyRepository(repository, git);
  claim(root, { kind, id, path }, repository === undefined);
  if (repository === undefined) {
    makeRepository(path, id, { judging: launcher, telling: readIfThere(hintPath(root)) });
  } else {
    installHook(path, launcher, git);
    installHint(path, root, git);
    replaceFile(join(path, RECORD_FILE), recordFileContent(id), 0o640);
  }
  return { kind, id, path };
}

function claim(root: string, record: RegisteredRecord, own: boolean): void {
  const { id, path } = record;
  const former = registeredRecord(root, id);
  if (own && former === undefined && realPath(path) !== undefined) {
    throw new VprError('host/repository-exists', `${path} exists already, and is not registered`, { help: ['move it away first'] });
  }
  const unfinished = former?.kind === record.kind && former.path === path && (realPath(path) === undefined || recordIdIn(path) !== id);
  if (!unfinished && !register(root, record)) {
    throw new VprError('host/registered', `a record ${id} is registered already`, { help: [commandLine('vpr', 'host', 'list', root)] });
  }
}

/** The real path of a bare repository without refs. */
function emptyRepository(repository: string, git: RunGit): string {
  const path = realPath(repository);
  if (path === undefined || git(path, 'rev-parse', '--is-bare-repository')?.trim() !== 'true') {
    throw new VprError('host/not-bare', `${repository} is not a bare repository`, {
      help: [`name one that a forge has made, or make it: ${commandLine('git', 'init', '--bare', repository)}`],
    });
  }
  if (git(path, 'for-each-ref', '--count=1') === '') return path;
  throw new VprError('host/not-empty-repository', `${repository} has refs already: what is in it has not been checked`, {
    help: ['give an empty repository, and push the record to it'],
  });
}

/** Who owns what this account may not look into, a directory or one above it; undefined where it may, or nothing is there. */
function closedTo(path: string): number | undefined {
  try {
    opendirSync(path).closeSync();
    statSync(join(path, '.'));
    return undefined;
  } catch (error) {
    if (codeOf(error) !== 'EACCES') return undefined;
  }
  return closedTo(dirname(path)) ?? statSync(path).uid;
}

function isHost(root: string): boolean {
  const { policy, registry } = hostPaths(root);
  return realPath(policy) !== undefined && realPath(registry) !== undefined && statSync(registry).isDirectory();
}

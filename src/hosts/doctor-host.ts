import { accessSync, constants, lstatSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { codeOf } from '../errors.js';
import { commandLine } from '../format/shell.js';
import { weaknesses } from './config.js';
import { examinedAs, examineKeptFor, ownersShell } from './doctor-account.js';
import { readIfThere } from './files.js';
import { type Finding, fault, note } from './finding.js';
import { hintPath, launcherPath, perlRuns, programs, type RunGit } from './install.js';
import { type LauncherValues, readHint, readLauncher } from './launcher.js';
import { asOwner } from './owner.js';
import type { HostPaths } from './paths.js';
import { namesIn } from './registry.js';
import { type Owned, statOf, writablePlaces } from './writable.js';

/** The oldest git that the hook's one process works with: `cat-file --batch-command`. */
const OLDEST_GIT = [2, 39] as const;
/** More files than a watcher that runs leaves in its spool. */
const MANY_WAITING = 1000;

/** What is wrong with a host as a whole, apart from its policy and its repositories. */
export function* examineHost(paths: HostPaths, host: Owned, git: RunGit): Generator<Finding> {
  const { root, policy, trust, hooks, spool, settings } = paths;
  const guarded = () => [
    policy,
    trust,
    hooks,
    spool,
    settings,
    launcherPath(root),
    hintPath(root),
    ...programs(root).map(({ path }) => path),
  ];
  const parts: readonly (() => Iterable<Finding>)[] = [
    () => examinedAs(host),
    () => examineGit(paths, git),
    () => examineProgram(paths),
    () => examineLauncher(paths),
    () => examineKept(paths),
    () => writablePlaces(guarded(), host),
    () => examineKeptFor(paths, host),
    () => examineHint(paths),
    () => examineSpool(paths, host.uid),
    () => examineRun(paths, host.uid),
    () => ownersShell(host.uid),
  ];
  const closed = new Set<string>();
  for (const part of parts) yield* opened(part, paths, host, closed);
}

/** A place that this account may not look into hides nothing of the others; it is said once. */
function* opened(part: () => Iterable<Finding>, { root }: HostPaths, { uid }: Owned, closed: Set<string>): Generator<Finding> {
  try {
    yield* part();
  } catch (error) {
    if (codeOf(error) !== 'EACCES') throw error;
    const place = closedPlace((error as NodeJS.ErrnoException).path ?? root);
    if (closed.has(place)) return;
    closed.add(place);
    yield fault('host-unreadable', `${place} cannot be read by the account that looks at it: all that is in it is unknown`, [
      asOwner(uid),
      `or, where that was done, as root: ${commandLine('chown', '-R', String(uid), root)}`,
    ]);
  }
}

/** The topmost of what this account may not look into on the way to a file. */
function closedPlace(path: string): string {
  const above = dirname(path);
  try {
    accessSync(above, constants.X_OK);
    return path;
  } catch {
    return closedPlace(above);
  }
}

/** The command that puts the program and the launchers of a whole host in place again. */
export function reinstall(root: string): string {
  return commandLine('vpr', 'hooks', 'install', '--host', root);
}

function* examineGit({ root }: HostPaths, git: RunGit): Generator<Finding> {
  const version = git(root, 'version')?.match(/(\d+)\.(\d+)/) ?? [];
  const [major, minor] = [Number(version[1] ?? 0), Number(version[2] ?? 0)];
  if (major < OLDEST_GIT[0] || (major === OLDEST_GIT[0] && minor < OLDEST_GIT[1])) {
    yield fault('git-old', `git ${version[0] ?? 'is missing'}; ${OLDEST_GIT.join('.')} or later is needed`, ['install a newer git']);
  }
  for (const { key, expected } of weaknesses(git(root, 'config', '--list', '-z') ?? '')) {
    if (expected === undefined) {
      yield fault('account-config', `${key} is set in the configuration of the account or the system`, [
        `git config --show-origin --get-all ${key}`,
        'remove it there',
      ]);
    }
  }
}

/** What was accepted, and whose ids and certificates were seen: made again when it is gone, but empty, and nobody would be told. */
function* examineKept({ journal, participants, certificates }: HostPaths): Generator<Finding> {
  for (const [path, lost] of [
    [journal, 'when each commit was received is no longer known'],
    [participants, 'a participant id that was seen before can be claimed by somebody else'],
    [certificates, 'a certificate that was seen before can be passed off as another'],
  ] as const) {
    if (statOf(path)?.isDirectory() === true) continue;
    yield fault('kept-missing', `${path} is not a directory: ${lost}`, ['restore it from a backup']);
  }
}

function* examineProgram({ root }: HostPaths): Generator<Finding> {
  for (const { path, content } of programs(root)) {
    if (statOf(path) === undefined) {
      yield fault('program-missing', `${path} is missing: every push is refused`, [reinstall(root)]);
    } else if (!readFileSync(path).equals(content)) {
      yield fault('program-changed', `${path} is not the program of the vpr that looks at it: it was changed, or is of another version`, [
        reinstall(root),
      ]);
    }
  }
}

function* examineLauncher(paths: HostPaths): Generator<Finding> {
  const { root } = paths;
  const path = launcherPath(root);
  const text = readIfThere(path);
  const values = text === undefined ? undefined : readLauncher(text);
  if (text === undefined) {
    yield fault('launcher-missing', `${path} is missing: no record can be added`, [reinstall(root)]);
  } else if (values === undefined || values.host !== root || values.hooks !== paths.hooks) {
    yield fault(
      'launcher-changed',
      `${path} is not the launcher of this host: it was changed, is of another version, or the host was moved`,
      [reinstall(root)],
    );
  } else {
    yield* examineNode(root, values);
  }
}

/** What tells the watcher: without it everything is as safe, and answers are older. */
function* examineHint({ root }: HostPaths): Generator<Finding> {
  const path = hintPath(root);
  const text = readIfThere(path);
  const later = 'the watcher learns of pushes from its scan alone, which is later';
  if (text === undefined) yield note('hint-missing', `${path} is missing: ${later}`, [reinstall(root)]);
  else if (readHint(text)?.host !== root)
    yield note('hint-changed', `${path} is not the hook of this host: it was changed, or is of another version: ${later}`, [
      reinstall(root),
    ]);
}

/** A host without a spool has no watcher, which is as it may be. */
function* examineSpool({ root, spool }: HostPaths, owner: number): Generator<Finding> {
  const stats = lstatSync(spool, { throwIfNoEntry: false });
  if (stats === undefined) return;
  if (!stats.isDirectory()) {
    yield note('spool-mode', `${spool} is not a directory: hooks tell the watcher nothing`, [commandLine('rm', spool)]);
    return;
  }
  if ((stats.mode & 0o300) !== 0o300 || stats.uid !== owner) {
    yield note('spool-mode', `the host's account (uid ${owner}) cannot write to ${spool}: hooks tell the watcher nothing`, [
      commandLine('chown', String(owner), spool),
      commandLine('chmod', '750', spool),
    ]);
    return;
  }
  const waiting = namesIn(spool, /\.json$/).length;
  if (waiting > MANY_WAITING) {
    yield note('spool-waiting', `${waiting} files wait in ${spool}: no watcher takes them away`, [
      commandLine('vpr', 'watch', root),
      `or, where none is wanted any more: ${commandLine('rm', '-r', spool)}`,
    ]);
  }
}

/** Hooks ask no resident validator in a directory that others can get into; all is checked without one, only slower. */
function* examineRun({ root, run }: HostPaths, owner: number): Generator<Finding> {
  const stats = lstatSync(run, { throwIfNoEntry: false });
  const slow = 'every push is checked by a process of its own, which takes longer';
  if (stats === undefined) {
    yield note('run-missing', `${run} is missing: ${slow}`, [reinstall(root)]);
  } else if (!stats.isDirectory()) {
    yield note('run-mode', `${run} is not a directory: ${slow}`, [commandLine('rm', run), reinstall(root)]);
  } else if ((stats.mode & 0o777) !== 0o700) {
    yield note('run-mode', `${run} is open to other accounts than its owner: ${slow}`, [commandLine('chmod', '700', run)]);
  } else if (stats.uid !== owner) {
    yield note('run-mode', `${run} belongs to another account (uid ${stats.uid}) than the host (uid ${owner}): ${slow}`, [
      commandLine('chown', String(owner), run),
    ]);
  }
}

function* examineNode(root: string, { node, perl }: LauncherValues): Generator<Finding> {
  try {
    accessSync(node, constants.X_OK);
  } catch {
    yield fault('node-missing', `${node}, which hooks run, is missing: every push is refused`, [reinstall(root)]);
  }
  if (perl !== '' && statOf(perl) !== undefined && !perlRuns(perl)) {
    yield fault('perl-broken', `${perl}, which hooks run, does not run: hooks ask without it, and are slower`, [reinstall(root)]);
  }
}

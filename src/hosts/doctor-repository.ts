import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { codeOf } from '../errors.js';
import { MAIN } from '../format/push.js';
import { commandLine } from '../format/shell.js';
import { renderConfig, type Weakness, weaknesses } from './config.js';
import { examineLeft } from './doctor-left.js';
import { readIfThere } from './files.js';
import { type Finding, fault, note } from './finding.js';
import { hookPath, type RunGit } from './install.js';
import { isOurs } from './launcher.js';
import { type RegisteredRecord, recordIdIn } from './registry.js';
import { MANY_PACKS, packsOf } from './repack.js';
import { keptPlaces, type Owned, statOf, writablePlaces } from './writable.js';

/** Refs other than main that are looked for at most. */
const MOST_REFS = 100;

/** What every repository of a host is compared with. */
export interface Expected {
  readonly root: string;
  /** The account that everything belongs to. */
  readonly owner: Owned;
  /** The launcher's text; undefined where the host has none (said of the host). */
  readonly launcher: string | undefined;
  /** The same of the hook that tells the watcher. */
  readonly hint: string | undefined;
}

/** What is wrong with one registered repository. */
export function* examineRepository(record: RegisteredRecord, expected: Expected, git: RunGit): Generator<Finding> {
  const repo = record.path;
  if (statOf(repo) === undefined) {
    const help = [
      `restore it from a backup, or, if nothing was ever pushed: ${commandLine('vpr', 'host', 'add', expected.root, record.kind, '--id', record.id)}`,
    ];
    yield fault('repository-missing', 'the repository is missing', help, repo);
    return;
  }
  if (recordIdIn(repo) !== record.id) {
    yield fault(
      'record-file',
      `its file vpr-record does not name the record ${record.id}: every push is refused`,
      [`printf '%s\\n' ${record.id.replaceAll('-', '')} > ${commandLine(join(repo, 'vpr-record'))}`],
      repo,
    );
  }
  const ours = readIfThere(join(repo, 'config')) === renderConfig();
  if (!ours) yield* examineConfig(repo, expected.root, git);
  yield* examineHook(ours ? join(repo, 'hooks', 'pre-receive') : hookPath(repo, git), expected, repo);
  yield* examineHint(ours ? join(repo, 'hooks', 'post-receive') : hookPath(repo, git, 'post-receive'), expected, repo);
  yield* examineRefs(repo);
  yield* examineLeft(repo);
  yield* examineObjects(repo);
  const packs = packsOf(repo);
  if (packs > MANY_PACKS) {
    const help = [commandLine('vpr', 'host', 'repack', expected.root)];
    yield note('many-packs', `it has ${packs} packs, one for each push since it was last repacked, which makes pushes slower`, help, repo);
  }
  const inside = (...places: readonly string[]) => places.map((place) => join(repo, place));
  const guarding = inside('config', 'HEAD', 'vpr-record', 'hooks', 'hooks/pre-receive', 'hooks/post-receive');
  yield* writablePlaces([dirname(repo), dirname(dirname(repo)), ...guarding], expected.owner, repo);
  const written = inside('', 'objects', 'objects/pack', 'refs', 'refs/heads', 'refs/heads/main');
  yield* keptPlaces(written, expected.owner, repo);
}

function* examineHook(path: string, { launcher }: Expected, repo: string): Generator<Finding> {
  const help = [commandLine('vpr', 'hooks', 'install', repo)];
  const text = readIfThere(path);
  if (text === undefined) {
    yield fault('hook-missing', `${path} is missing: nothing is checked`, help, repo);
    return;
  }
  if (launcher !== undefined && text !== launcher) yield fault('hook-changed', `${path} is not the host's launcher`, help, repo);
  if (((statOf(path)?.mode ?? 0) & 0o555) !== 0o555) {
    yield fault('hook-not-executable', `${path} is not executable: git passes over it without a word`, help, repo);
  }
}

/** Without this hook nothing is unguarded, and nothing is lost: answers are only older. */
function* examineHint(path: string, { hint }: Expected, repo: string): Generator<Finding> {
  const text = readIfThere(path);
  const later = 'the watcher learns of pushes from its scan alone, which is later';
  const help = [commandLine('vpr', 'hooks', 'install', repo)];
  if (text === undefined) yield note('hint-missing', `${path} is missing: ${later}`, help, repo);
  else if (!isOurs(text)) {
    yield note('hint-foreign', `${path} is another program's hook: ${later}`, ["call the host's hooks/post-receive at its end"], repo);
  } else if (hint !== undefined && text !== hint) yield note('hint-changed', `${path} is not the host's hook: ${later}`, help, repo);
  else if (((statOf(path)?.mode ?? 0) & 0o555) !== 0o555) {
    yield note('hint-not-executable', `${path} is not executable, and git passes over it: ${later}`, help, repo);
  }
}

function* examineConfig(repo: string, root: string, git: RunGit): Generator<Finding> {
  const listing = git(repo, 'config', '--list', '-z');
  if (listing === undefined) {
    yield fault('config-unreadable', 'its configuration cannot be read', [commandLine('git', '-C', repo, 'config', '--list')], repo);
    return;
  }
  for (const weakness of weaknesses(listing)) {
    const { key, found, expected } = weakness;
    if (key === 'core.hooksPath' && !repo.startsWith(root)) continue; // a forge has its own place for hooks
    const is = found.length === 0 ? 'is not set' : `is ${found.join(', ')}`;
    const what =
      expected === undefined
        ? `${key} is set, which takes a guard away`
        : `${key} ${is}, should be ${expected.values.join(', ')}: ${expected.why}`;
    yield fault('config-weak', what, mend(repo, weakness), repo);
  }
}

function mend(repo: string, { key, expected }: Weakness): string[] {
  const config = (...args: string[]) => commandLine('git', 'config', '--file', join(repo, 'config'), ...args);
  if (expected === undefined) return [config('--unset-all', key), 'or remove it from the configuration of the account or the system'];
  const [first = '', ...others] = expected.values;
  return [config('--replace-all', key, first), ...others.map((value) => config('--add', key, value))];
}

function* examineRefs(repo: string): Generator<Finding> {
  const head = readIfThere(join(repo, 'HEAD'));
  if (head !== `ref: ${MAIN}\n`) {
    yield fault(
      'head',
      `HEAD is not ${MAIN}: clones begin elsewhere`,
      [commandLine('git', '--git-dir', repo, 'symbolic-ref', 'HEAD', MAIN)],
      repo,
    );
  }
  const others = new Set([...looseRefs(repo, 'refs'), ...packedRefs(repo)]);
  others.delete(MAIN);
  for (const ref of others) {
    yield fault('ref-other', `there is a ref ${ref} besides main`, [commandLine('git', '--git-dir', repo, 'update-ref', '-d', ref)], repo);
  }
}

function* looseRefs(repo: string, directory: string): Generator<string> {
  let found = 0;
  for (const entry of entriesIn(join(repo, directory))) {
    const path = `${directory}/${entry.name}`;
    if (entry.isDirectory()) yield* looseRefs(repo, path);
    else if (!entry.name.endsWith('.lock')) {
      yield path;
      found += 1;
    }
    if (found > MOST_REFS) return;
  }
}

function* packedRefs(repo: string): Generator<string> {
  const lines = (readIfThere(join(repo, 'packed-refs'), 64 * 1024 * 1024) ?? '').split('\n');
  for (const line of lines.filter((text) => /^[0-9a-f]{40,64} /.test(text)).slice(0, MOST_REFS)) yield line.slice(line.indexOf(' ') + 1);
}

function entriesIn(path: string) {
  try {
    return readdirSync(path, { withFileTypes: true });
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return [];
    throw error;
  }
}

/** Files that change what a history is, or where its objects come from: with any of them pushes are refused. */
function* examineObjects(repo: string): Generator<Finding> {
  for (const path of ['shallow', 'info/grafts', 'objects/info/alternates']) {
    if (statOf(join(repo, path)) !== undefined) {
      yield fault(
        'borrowed',
        `there is a file ${path}: the repository is not whole by itself, and every push is refused`,
        ['make it whole from a complete clone, then remove the file'],
        repo,
      );
    }
  }
}

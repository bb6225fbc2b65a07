/** A repository as verification sees it: its objects, and nothing that could change what they are. */
import { mkdirSync, readdirSync, readFileSync, realpathSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { VprError } from '../errors.js';
import { MAIN, type ObjectId } from '../format/push.js';
import { printable } from '../format/text.js';
import type { ObjectReader } from '../git/cat-file.js';
import { openDirect } from '../git/direct.js';
import { gitEnvironment, NO_FETCH } from '../git/env.js';
import type { Repository } from '../records/clone.js';
import { tryGit } from '../records/git.js';
import { temporaryDirectory } from './temporary.js';
import type { Gap } from './types.js';

/** A repository's objects, opened. */
export interface View {
  readonly objects: ObjectReader;
  close(): Promise<void>;
}

/**
 * Opens a repository's objects behind an empty repository of our own: neither
 * its configuration (a promisor to fetch from) nor its grafts, shallow file,
 * replace refs or commit-graph have a say. `largest` in bytes.
 */
export function openView(gitDirectory: string, objectFormat: string, largest: number): View {
  const place = temporaryDirectory('verify');
  try {
    makeEmptyRepository(place.path, objectFormat);
    const environment = gitEnvironment({ GIT_OBJECT_DIRECTORY: realpathSync(join(gitDirectory, 'objects')) });
    const objects = openDirect(place.path, environment, { largest, everyCopy: true });
    return {
      objects,
      async close() {
        await objects.close().catch(() => {}); // how git ended has been said to whoever asked it
        place.remove();
      },
    };
  } catch (error) {
    place.remove();
    throw error;
  }
}

/** A bare repository made by hand: what git needs to take a directory for one. */
export function makeEmptyRepository(directory: string, objectFormat: string): void {
  for (const path of ['objects/pack', 'refs/heads']) mkdirSync(join(directory, path), { recursive: true, mode: 0o700 });
  writeFileSync(join(directory, 'HEAD'), `ref: ${MAIN}\n`);
  const format =
    objectFormat === 'sha1'
      ? '\trepositoryformatversion = 0\n'
      : `\trepositoryformatversion = 1\n[extensions]\n\tobjectFormat = ${objectFormat}\n[core]\n`;
  writeFileSync(join(directory, 'config'), `[core]\n${format}\tbare = true\n`);
}

/** `sha1` or `sha256`. */
export function objectFormatOf(directory: string): string {
  const { status, stdout } = tryGit(directory, ['rev-parse', '--show-object-format']);
  return status === 0 && stdout.toString('utf8').trim() === 'sha256' ? 'sha256' : 'sha1';
}

/** What surrounds a history in its repository. */
export interface Surroundings {
  /** Why the repository may not have all of the history. */
  readonly gaps: readonly Gap[];
  /** Refs other than main, which nothing here looks at; at most some of them. */
  readonly otherRefs: { readonly count: number; readonly names: readonly string[] };
}

/** Looks for what makes a repository less, or other, than its objects. Reads no object. */
export function surroundingsOf({ directory, gitDirectory, bare }: Repository): Surroundings {
  const listed = tryGit(directory, ['for-each-ref', '--format=%(refname)%(HEAD)']).stdout.toString('utf8').split('\n');
  const refs = listed.map((line) => line.slice(0, -1));
  // A star behind main says that it is what HEAD is.
  const head = listed.includes(`${MAIN}*`) ? undefined : headBesideMain(directory);
  const gaps: Gap[] = [];
  if (hasContent(join(gitDirectory, 'shallow')))
    gaps.push({
      code: 'shallow',
      message: 'this is a shallow clone, which has only the newest part of the history (git fetch --unshallow)',
    });
  if (hasContent(join(gitDirectory, 'info/grafts')))
    gaps.push({ code: 'grafts', message: 'the repository has grafts (info/grafts), which git shows instead of the history' });
  if (isPartial(directory, gitDirectory))
    gaps.push({ code: 'partial', message: 'this is a partial clone, and what it lacks is not fetched here (clone it without --filter)' });
  // One that is broken, or points nowhere, is not listed, and git ends where it meets it.
  if (refs.some((ref) => ref.startsWith('refs/replace/')) || namesIn(join(gitDirectory, 'refs/replace')).length > 0)
    gaps.push({
      code: 'replaced',
      message: 'the repository has replace refs, which git shows instead of the history (git replace --delete)',
    });
  // In a working tree HEAD is what somebody looks at; of a bare repository it is where clones begin.
  if (head !== undefined && bare) gaps.push(headGap('the repository', head));
  // A file called main beside HEAD is a ref as well, and goes before the branch where git is asked for main.
  return {
    gaps,
    otherRefs: otherRefs([
      ...refs,
      ...(hasContent(join(gitDirectory, 'main')) ? ['main'] : []),
      ...(head === undefined || bare ? [] : ['HEAD']),
    ]),
  };
}

/** A HEAD from which clones begin at what is not looked at. */
export function headGap(what: string, head: ObjectId): Gap {
  return { code: 'head', message: `a clone of ${what} begins at its HEAD, ${head}, which is not main` };
}

/** Where HEAD is, if that is at another commit than main. */
function headBesideMain(directory: string): ObjectId | undefined {
  const { status, stdout } = tryGit(directory, ['rev-parse', '--quiet', '--verify', 'HEAD'], { env: NO_FETCH });
  const head = status === 0 ? stdout.toString('utf8').trim() : undefined;
  return head === mainTip(directory) ? undefined : head;
}

/** Refs that are neither main nor what a remote's main was. */
export function otherRefs(refs: readonly string[]): Surroundings['otherRefs'] {
  const others = refs.filter((ref) => ref !== '' && ref !== MAIN && !/^refs\/remotes\/[^/]+\/(?:main|HEAD)$/.test(ref));
  return { count: others.length, names: others.slice(0, NAMED_REFS) };
}

/** Refs that are named. */
const NAMED_REFS = 10;

/** Whether objects of the repository were left with somebody who promised them. */
function isPartial(directory: string, gitDirectory: string): boolean {
  const pattern = '^(extensions[.]partialclone|remote[.].*[.](promisor|partialclonefilter))$';
  if (tryGit(directory, ['config', '--get-regexp', pattern]).stdout.length > 0) return true;
  return namesIn(join(gitDirectory, 'objects/pack')).some((name) => name.endsWith('.promisor'));
}

/** The names in a directory; none where there is none. */
export function namesIn(directory: string): readonly string[] {
  return statSync(directory, { throwIfNoEntry: false })?.isDirectory() === true ? readdirSync(directory) : [];
}

function hasContent(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true && readFileSync(path, 'utf8').trim() !== '';
}

/** What main points to; no object is read. Undefined before the first commit. Throws `git/failed` where git can't say. */
export function mainTip(directory: string): ObjectId | undefined {
  const { status, stdout, stderr } = tryGit(directory, ['rev-parse', '--quiet', '--verify', MAIN], { env: NO_FETCH });
  // 1 is "there is no such ref"; anything else (another owner's repository, a broken ref) is no answer.
  if (status > 1) throw new VprError('git/failed', `git cannot read main of ${directory}: ${printable(stderr.split('\n')[0] ?? '')}`);
  return status === 0 ? stdout.toString('utf8').trim() : undefined;
}

/**
 * One signed commit of a few files. Git's own plumbing makes it, so that no
 * hook, no other staged change and no editor of the clone gets in between, and
 * the signature, which fails most easily, is there before any file is touched.
 */
import { randomBytes } from 'node:crypto';
import { existsSync, lstatSync, rmdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { VprError } from '../errors.js';
import { MAIN, type ObjectId } from '../format/index.js';
import type { Repository } from './clone.js';
import { withComplaint } from './complaint.js';
import { readIfThere, writeAtomic } from './files.js';
import { git, gitLine, tryGit } from './git.js';

/** A file of a commit: its path in the record, with slashes, and its new content. */
export interface FileWrite {
  readonly path: string;
  readonly content: Uint8Array;
}

/** What is committed, and on what. */
export interface CommitInput {
  readonly message: string;
  readonly files: readonly FileWrite[];
  /** What main pointed to when the files were read; absent for a root commit. */
  readonly parent?: ObjectId;
}

/**
 * Writes the files and one signed commit of them on main. All or nothing: where
 * any step fails, files and index are as they were. Throws `commit/uncommitted`,
 * `commit/not-signed`, `commit/moved`, `git/failed`, `file/…`.
 */
export function commitFiles(repository: Repository, input: CommitInput): ObjectId {
  const { directory } = repository;
  refuseUncommitted(directory, input);
  const entries = input.files.map(({ path, content }) => ({
    path,
    blob: gitLine(directory, ['hash-object', '-w', '--stdin'], { input: content }),
  }));
  const tree = treeWith(repository, input.parent, entries);
  const commit = signedCommit(directory, tree, input);
  const restore = placeFiles(directory, input.files);
  try {
    git(directory, ['update-index', '--add', '--', ...input.files.map(({ path }) => path)]);
    moveMain(directory, commit, input.parent);
  } catch (error) {
    restore();
    // Best effort: paths that are gone again leave the index as well.
    tryGit(directory, ['update-index', '--add', '--remove', '--', ...input.files.map(({ path }) => path)]);
    throw error;
  }
  return commit;
}

function refuseUncommitted(directory: string, { files, parent }: CommitInput): void {
  const paths = files.map(({ path }) => path);
  const changed = git(directory, ['status', '--porcelain=v1', '-z', '--untracked-files=all', '--', ...paths])
    .toString('utf8')
    .split('\0')
    .filter(Boolean);
  const link = paths.find((path) => isLink(join(directory, path)));
  if (changed.length === 0 && link === undefined) return;
  const found = link ?? changed[0]?.slice(3) ?? '';
  throw new VprError('commit/uncommitted', `${found} has changes that are not committed, and would be lost or mixed in`, {
    help: [
      `see them: git diff HEAD -- ${found}`,
      parent === undefined ? `move it away: git mv or mv ${found}` : `commit them, or drop them: git restore --staged --worktree ${found}`,
    ],
  });
}

/** The parent's tree with some files replaced, through an index of its own. */
function treeWith(
  { directory, gitDirectory }: Repository,
  parent: ObjectId | undefined,
  entries: readonly { path: string; blob: ObjectId }[],
): ObjectId {
  const index = join(gitDirectory, `vpr-index.${randomBytes(6).toString('hex')}`);
  const env = { GIT_INDEX_FILE: index };
  try {
    git(directory, parent === undefined ? ['read-tree', '--empty'] : ['read-tree', parent], { env });
    git(directory, ['update-index', '-z', '--add', '--index-info'], {
      env,
      input: entries.map(({ path, blob }) => `100644 ${blob}\t${path}\0`).join(''),
    });
    return gitLine(directory, ['write-tree'], { env });
  } finally {
    rmSync(index, { force: true });
    rmSync(`${index}.lock`, { force: true });
  }
}

function signedCommit(directory: string, tree: ObjectId, { message, parent }: CommitInput): ObjectId {
  const args = ['-c', 'i18n.commitEncoding=UTF-8', 'commit-tree', '-S', ...(parent === undefined ? [] : ['-p', parent]), '-F', '-', tree];
  const { result, complaint } = withComplaint((env) =>
    // The one git process that may ask something: the passphrase of the signer's key.
    tryGit(directory, args, { input: message, env: { ...env, GIT_TERMINAL_PROMPT: process.env['GIT_TERMINAL_PROMPT'] ?? '1' } }),
  );
  const { status, stdout, stderr } = result;
  if (status === 0) return stdout.toString('utf8').trim();
  throw new VprError('commit/not-signed', `the commit could not be signed: ${complaint?.message ?? stderr}`, {
    help: complaint?.help ?? ['check the set-up of this clone: vpr setup'],
  });
}

function moveMain(directory: string, commit: ObjectId, parent: ObjectId | undefined): void {
  const { status, stderr } = tryGit(directory, ['update-ref', '-m', 'commit: vpr', MAIN, commit, parent ?? '0'.repeat(commit.length)]);
  if (status !== 0)
    throw new VprError('commit/moved', `main moved while the commit was made: ${stderr}`, { help: ['run the command again'] });
}

/** Writes the files; the function it returns puts everything back. */
function placeFiles(directory: string, files: readonly FileWrite[]): () => void {
  const undo: (() => void)[] = [];
  const restore = () => {
    for (const step of undo.reverse()) step();
  };
  try {
    for (const { path, content } of files) {
      const target = join(directory, path);
      const former = readIfThere(target);
      const fresh = missingAbove(directory, dirname(target));
      undo.push(former === undefined ? () => removeWith(target, fresh) : () => writeAtomic(target, former));
      writeAtomic(target, content);
    }
  } catch (error) {
    restore();
    throw error;
  }
  return restore;
}

/** The directories above a file that are not there yet, deepest first. */
function missingAbove(top: string, directory: string): readonly string[] {
  return directory === top || existsSync(directory) ? [] : [directory, ...missingAbove(top, dirname(directory))];
}

function removeWith(file: string, directories: readonly string[]): void {
  rmSync(file, { force: true });
  try {
    for (const directory of directories) rmdirSync(directory);
  } catch {
    // Never made, or somebody else has put something there: it stays.
  }
}

function isLink(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true;
}

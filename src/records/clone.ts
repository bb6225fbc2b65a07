/** A clone of a record, as the commands that work in it find it. */
import { resolve } from 'node:path';
import { VprError } from '../errors.js';
import { MAIN, type ObjectId } from '../format/index.js';
import { commandLine } from '../format/shell.js';
import { NO_FETCH } from '../git/index.js';
import { git, gitLine, tryGit } from './git.js';
import { readSettings, type Settings } from './settings.js';

/** Where a repository lies. */
export interface Repository {
  /** Where git is run: the top of the working tree, or the bare repository itself. */
  readonly directory: string;
  /** The repository proper, common to all working trees. */
  readonly gitDirectory: string;
  readonly bare: boolean;
}

/** A working tree of a record. */
export interface Clone extends Repository {
  readonly settings: Settings;
}

/** Finds the repository that a directory is in, bare or not. Throws `clone/none`, `clone/path`, `clone/other-owner`. */
export function openRepository(directory: string): Repository {
  const { status, stdout, stderr } = tryGit(directory, ['rev-parse', '--is-bare-repository', '--git-common-dir', '--show-toplevel']);
  const [bare = '', common = '', top = '', ...more] = stdout.toString('utf8').split('\n');
  if (more.length > 1) {
    throw new VprError(
      'clone/path',
      `the path of ${JSON.stringify(resolve(directory))} has a line break, which git and its hooks can't be told`,
      {
        help: ['move the clone to a directory without one in its name'],
      },
    );
  }
  if (bare === 'true') return { directory: resolve(directory, common), gitDirectory: resolve(directory, common), bare: true };
  if (status === 0) return { directory: top, gitDirectory: resolve(directory, common), bare: false };
  const trusted = /git config --global --add safe\.directory .+/.exec(stderr)?.[0];
  if (trusted !== undefined) {
    throw new VprError(
      'clone/other-owner',
      `${directory} belongs to another account, and git does not read what another account may have set`,
      {
        help: ['work in a clone of your own: git clone URL', `or, where you trust that account: ${trusted}`],
      },
    );
  }
  throw new VprError('clone/none', `${directory} is not in a clone of a record${stderr === '' ? '' : ` (git: ${stderr})`}`, {
    help: ['go to the clone first, or name it: --in DIR', 'get one: git clone URL'],
  });
}

/** Finds the working tree that a directory is in. Throws as `openRepository`, and `clone/bare`. */
export function openClone(directory: string): Clone {
  const repository = openRepository(directory);
  if (repository.bare) {
    throw new VprError('clone/bare', `${repository.directory} is a bare repository, which has no files to work on`, {
      help: [`clone it: git clone ${repository.directory}`],
    });
  }
  return { ...repository, settings: readSettings(repository.directory) };
}

/** The commit that main points to; undefined before the first. Throws `clone/branch` where something else is checked out. */
export function mainOf({ directory }: Repository): ObjectId | undefined {
  const branch = tryGit(directory, ['symbolic-ref', '-q', 'HEAD']).stdout.toString('utf8').trim();
  if (branch !== MAIN) {
    throw new VprError(
      'clone/branch',
      branch === ''
        ? 'no branch is checked out here (is a rebase under way?)'
        : `${branch} is checked out here, and a record has main alone`,
      {
        help: branch === '' ? ['finish it: git rebase --continue', 'or go back: git switch main'] : [whereMainIs(directory)],
      },
    );
  }
  return commitOf(directory, MAIN);
}

/** How to get to main: git has it checked out in one working tree at a time. */
function whereMainIs(directory: string): string {
  const trees = tryGit(directory, ['worktree', 'list', '--porcelain']).stdout.toString('utf8').split('\n\n');
  const other = trees.find((tree) => tree.split('\n').includes(`branch ${MAIN}`));
  const path = /^worktree (.*)$/m.exec(other ?? '')?.[1];
  return path === undefined ? 'git switch main' : `main is checked out in another working tree: ${commandLine('cd', path)}`;
}

/** The commit a revision names; undefined where there is none. Nothing is fetched to find out. */
export function commitOf(directory: string, revision: string): ObjectId | undefined {
  const { status, stdout } = tryGit(directory, ['rev-parse', '--quiet', '--verify', '--end-of-options', `${revision}^{commit}`], {
    env: NO_FETCH,
  });
  return status === 0 ? stdout.toString('utf8').trim() : undefined;
}

/** What main is pushed to, as it was when it was last asked. */
export interface Upstream {
  /** Its main as a person writes it: `origin/main`. */
  readonly name: string;
  /** Undefined where it had no commit, or was never asked. */
  readonly commit: ObjectId | undefined;
}

/** What main is compared with. */
export function upstreamOf({ directory }: Repository): Upstream {
  const remote = remoteOf(directory);
  return { name: `${remote}/main`, commit: commitOf(directory, `refs/remotes/${remote}/main`) ?? commitOf(directory, 'main@{upstream}') };
}

/** The remote that main was cloned from or pushed to, whatever it is called; `origin` where nothing says so. */
export function remoteOf(directory: string): string {
  const words = (...args: string[]) => tryGit(directory, args).stdout.toString('utf8').split('\n').filter(Boolean);
  const [said] = words('config', '--get', 'branch.main.remote');
  const remotes = words('remote');
  const [only] = remotes.length === 1 ? remotes : [];
  return said ?? only ?? 'origin';
}

/** The names in a directory of a commit's tree. */
export function namesIn(directory: string, commit: ObjectId, path: string): readonly string[] {
  const names = git(directory, ['ls-tree', '-z', '--name-only', `${commit}:${path}`.replace(/:$/, '^{tree}')]).toString('utf8');
  return names.split('\0').filter((name) => name !== '');
}

/** Files of a commit, in the order of the paths; undefined for those it has not. */
export function filesAt(directory: string, commit: ObjectId, paths: readonly string[]): readonly (Buffer | undefined)[] {
  return blobsNamed(
    directory,
    paths.map((path) => `${commit}:${path}`),
  );
}

/** Blobs by name (`<revision>:<path>`), in order; undefined for what is no blob. One git process for all. */
export function blobsNamed(directory: string, names: readonly string[]): readonly (Buffer | undefined)[] {
  const output = git(directory, ['cat-file', '--batch'], { input: names.map((name) => `${name}\n`).join('') });
  let at = 0;
  return names.map(() => {
    const end = output.indexOf(0x0a, at);
    const [, type, size] = /^[0-9a-f]+ ([a-z]+) (\d+)$/.exec(output.toString('utf8', at, end)) ?? [];
    at = end + 1;
    if (size === undefined) return undefined;
    const content = output.subarray(at, at + Number(size));
    at += Number(size) + 1;
    return type === 'blob' ? content : undefined;
  });
}

/** One file of a commit. */
export function fileAt(directory: string, commit: ObjectId, path: string): Buffer | undefined {
  return filesAt(directory, commit, [path])[0];
}

/** Author and committer as git would write them now. */
export function identsNow(directory: string): { readonly role: 'author' | 'committer'; readonly name: string; readonly email: string }[] {
  return (['author', 'committer'] as const).map((role) => {
    const line = gitLine(directory, ['var', `GIT_${role.toUpperCase()}_IDENT`]);
    const [, name = '', email = ''] = /^(.*) <([^>]*)> \S+ \S+$/.exec(line) ?? [];
    return { role, name, email };
  });
}

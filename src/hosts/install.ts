import { spawnSync } from 'node:child_process';
import { accessSync, chmodSync, constants, readFileSync, statSync } from 'node:fs';
import { delimiter, dirname, isAbsolute, join, resolve } from 'node:path';
import { VprError } from '../errors.js';
import { commandLine } from '../format/shell.js';
import { makeDirectory, readIfThere, replaceFile } from './files.js';
import { isOurs, type LauncherValues, renderHint, renderLauncher } from './launcher.js';
import { packageFile } from './package.js';
import { hostPaths } from './paths.js';
import { realPath } from './registry.js';

/** Runs git in a directory and returns what it prints; undefined where it fails. */
export type RunGit = (directory: string, ...args: readonly string[]) => string | undefined;

/** What the launcher runs, by its name in the host's directory, and where it lies in the package. */
const PROGRAMS: Readonly<Record<string, string>> = {
  'ask.pl': 'hooks/ask.pl',
  'compiled.cjs': 'hooks/compiled.cjs',
  'start.cjs': 'hooks/start.cjs',
  'pre-receive.cjs': 'dist/bundle/pre-receive.cjs',
};

/** The hooks of a repository: the one that judges a push, and the one that tells the watcher of it. */
type HookName = 'pre-receive' | 'post-receive';

/**
 * Puts the program and both hooks into the host's directory, and returns the
 * launcher's text, which is the hook that judges. The host has a copy of the program, not a reference into the
 * installed package: what judges pushes changes when an administrator says so
 * (`vpr hooks install` again), in one step, and not while npm is half-way
 * through an upgrade; it doesn't depend on who can read or write where npm
 * installs; and its digest in the journal names something that still exists.
 */
export function installProgram(root: string): string {
  const { hooks, run } = hostPaths(root);
  makeDirectory(hooks);
  makeDirectory(run);
  chmodSync(run, 0o700);
  for (const { path, content } of programs(root)) replaceFile(path, content, 0o644);
  const values = launcherValues(root);
  const launcher = renderLauncher(values);
  replaceFile(launcherPath(root), launcher, 0o755);
  replaceFile(hintPath(root), renderHint(values), 0o755);
  return launcher;
}

/** The launcher's text as the host has it, for repositories made later. Throws `hooks/missing`. */
export function hostLauncher(root: string): string {
  const text = readIfThere(launcherPath(root));
  if (text !== undefined) return text;
  throw new VprError('hooks/missing', `${root} has no launcher`, { help: [commandLine('vpr', 'hooks', 'install', '--host', root)] });
}

export function launcherPath(root: string): string {
  return join(hostPaths(root).hooks, 'pre-receive');
}

/** Where a host has the text of the hook that tells the watcher. */
export function hintPath(root: string): string {
  return join(hostPaths(root).hooks, 'post-receive');
}

/** The files that the launcher runs: where a host has them, and what the installed package has for them. Throws `hooks/no-program`. */
export function programs(root: string): { readonly path: string; readonly content: Uint8Array }[] {
  return Object.entries(PROGRAMS).map(([name, source]) => ({ path: join(hostPaths(root).hooks, name), content: packaged(source) }));
}

function packaged(source: string): Uint8Array {
  const path = packageFile(source);
  try {
    return readFileSync(path);
  } catch (cause) {
    throw new VprError('hooks/no-program', `the program that hooks run is missing: ${path}`, {
      cause,
      help: ['install vpr again; in a checkout: npm run build'],
    });
  }
}

/** Puts the launcher into a repository, and returns where. Throws `hooks/not-a-repository`, `hooks/foreign`. */
export function installHook(repository: string, launcher: string, git: RunGit): string {
  const hook = hookPath(repository, git);
  const found = readIfThere(hook);
  if (found !== undefined && !isOurs(found)) {
    throw new VprError('hooks/foreign', `${hook} is another program's hook and is not replaced`, {
      help: ['move it away, or call it from a wrapper that hands on standard input and every exit code but 0'],
    });
  }
  replaceFile(hook, launcher, 0o755);
  return hook;
}

/**
 * Puts the hook that tells the watcher into a repository, and returns where. Undefined where nothing was done: the host
 * has none yet (it was made by an older version), or another program's hook is there, which is left alone. The scan makes
 * up for it.
 */
export function installHint(repository: string, root: string, git: RunGit): string | undefined {
  const hint = readIfThere(hintPath(root));
  const hook = hookPath(repository, git, 'post-receive');
  const found = readIfThere(hook);
  if (hint === undefined || (found !== undefined && !isOurs(found))) return undefined;
  replaceFile(hook, hint, 0o755);
  return hook;
}

/**
 * Where a repository's hook goes: where its git looks for hooks
 * (`core.hooksPath` is resolved), or in `pre-receive.d/vpr` on a forge that
 * runs a directory of them (Gitea, Forgejo).
 */
export function hookPath(repository: string, git: RunGit, name: HookName = 'pre-receive'): string {
  const hooks = git(repository, 'rev-parse', '--git-path', 'hooks')?.replace(/\n$/, '');
  if (hooks === undefined) throw new VprError('hooks/not-a-repository', `${repository} is not a Git repository that can be read`);
  const directory = isAbsolute(hooks) ? hooks : resolve(repository, hooks);
  const forge = join(directory, `${name}.d`);
  return isDirectory(forge) ? join(forge, 'vpr') : join(directory, name);
}

function launcherValues(root: string): LauncherValues {
  const git = findOnPath('git');
  if (git === undefined) throw new VprError('hooks/no-git', 'git is not on the PATH', { help: ['install git 2.39 or later'] });
  const path = [...new Set([dirname(git), '/usr/local/bin', '/usr/bin', '/bin'])].join(':');
  const perl = process.platform === 'linux' ? findOnPath('perl') : undefined;
  return {
    perl: perl !== undefined && perlRuns(perl) ? perl : '',
    node: process.execPath,
    hooks: hostPaths(root).hooks,
    host: root,
    path,
  };
}

/** Whether a Perl runs: one that doesn't, whatever the reason, would refuse pushes. */
export function perlRuns(perl: string): boolean {
  return spawnSync(perl, ['-e', 'exit 100'], { env: {}, stdio: 'ignore' }).status === 100;
}

function findOnPath(program: string): string | undefined {
  const directories = (process.env['PATH'] ?? '').split(delimiter).filter(isAbsolute);
  return directories.map((directory) => join(directory, program)).find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

function isDirectory(path: string): boolean {
  return realPath(path) !== undefined && statSync(path).isDirectory();
}

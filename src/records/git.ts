/** Git as a clone's owner runs it: their configuration, but never another repository's variables. */
import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { VprError } from '../errors.js';
import { commandLine } from '../format/shell.js';

/** What tells git of another repository than the one it is run in (`git rev-parse --local-env-vars`), and its language. */
const UNSET = [
  'GIT_ALTERNATE_OBJECT_DIRECTORIES',
  'GIT_COMMON_DIR',
  'GIT_DIR',
  'GIT_GRAFT_FILE',
  'GIT_IMPLICIT_WORK_TREE',
  'GIT_INDEX_FILE',
  'GIT_NAMESPACE',
  'GIT_OBJECT_DIRECTORY',
  'GIT_PREFIX',
  'GIT_QUARANTINE_PATH',
  'GIT_REPLACE_REF_BASE',
  'GIT_SHALLOW_FILE',
  'GIT_WORK_TREE',
] as const;

/** The most that one git process may print. */
const MOST_OUTPUT = 1 << 30;

/** How a git process is run. */
export interface GitOptions {
  readonly input?: Uint8Array | string;
  readonly env?: Readonly<Record<string, string>>;
  /** For what git itself has called: its variables say which repository is meant. */
  readonly inherit?: boolean;
}

/** What a git process left behind. */
export interface GitResult {
  readonly status: number;
  readonly stdout: Buffer;
  /** Trimmed. */
  readonly stderr: string;
}

/** Runs git in a directory and hands back whatever came of it. Throws `clone/none` where there is no such directory, `git/missing` where git itself cannot be run. */
export function tryGit(directory: string, args: readonly string[], options: GitOptions = {}): GitResult {
  const { status, stdout, stderr, error } = spawnSync('git', [...args], {
    cwd: directory,
    env: options.inherit === true ? process.env : { ...environment(), ...options.env },
    input: options.input ?? '',
    maxBuffer: MOST_OUTPUT,
    windowsHide: true,
  });
  if (error !== undefined) {
    const found = statSync(directory, { throwIfNoEntry: false });
    if (found?.isDirectory() !== true) {
      throw new VprError('clone/none', found === undefined ? `there is no directory ${directory}` : `${directory} is a file, not a clone`, {
        help: found === undefined ? ['name a clone: --in DIR'] : cloneIt(directory),
        cause: error,
      });
    }
    throw new VprError('git/missing', `git cannot be run in ${directory}: ${error.message}`, { cause: error });
  }
  return { status: status ?? 128, stdout, stderr: stderr.toString('utf8').trim() };
}

/** What to do with a file where a clone is wanted: of a bundle, git makes one. */
function cloneIt(file: string): readonly string[] {
  return [`of a bundle make a clone: ${commandLine('git', 'clone', file)} record`, 'then name that: --in record'];
}

/** Runs git and returns what it printed. Throws `git/failed` with git's own words. */
export function git(directory: string, args: readonly string[], options: GitOptions = {}): Buffer {
  const { status, stdout, stderr } = tryGit(directory, args, options);
  if (status === 0) return stdout;
  throw new VprError(
    'git/failed',
    `git ${args.find((word) => !word.startsWith('-')) ?? ''} failed in ${directory}${stderr === '' ? '' : `: ${stderr}`}`,
  );
}

/** The first line that git printed. Throws as `git`. */
export function gitLine(directory: string, args: readonly string[], options: GitOptions = {}): string {
  return git(directory, args, options).toString('utf8').split('\n', 1)[0] ?? '';
}

function environment(): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    LC_ALL: 'C',
    GIT_NO_REPLACE_OBJECTS: '1',
    GIT_TERMINAL_PROMPT: '0',
    GIT_LITERAL_PATHSPECS: '1',
  };
  for (const name of UNSET) delete env[name];
  return env;
}

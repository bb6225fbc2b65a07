/**
 * Every signed commit that a test file makes: those of its repositories, read
 * when they are removed, and those that it makes in memory. At the file's end
 * four programs are asked about each (asked.ts), and it fails where two of them
 * say different things.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ask } from './asked.js';

/** By object id; absent bytes are of what is not signed. */
const kept = new Map<string, Uint8Array | undefined>();
/** Larger commits are there to be refused for their size, and would keep every program busy. */
const MOST_BYTES = 2 * 1024 * 1024;
let tooLarge = 0;
/** Repositories that git could not read, all or in part. */
let unreadable = 0;
/** Long runs (npm run soak) use the same helpers, and would keep more than fits. */
const isTest = process.argv[1]?.endsWith('.test.js') === true;
if (isTest) process.once('exit', atEnd);

/** Keeps a commit that may be in no repository; returns it. */
export function keepSigned<T extends Uint8Array>(commit: T): T {
  keep(createHash('sha1').update(`commit ${commit.length}\0`).update(commit).digest('hex'), commit);
  return commit;
}

/** Removes a directory after the test, when what was signed in its repositories has been read. */
export function goneAfter(t: { teardown(what: () => unknown): void }, directory: string): void {
  t.teardown(() => {
    if (isTest) for (const repository of repositoriesUnder(directory)) keepAll(repository);
    rmSync(directory, { recursive: true, force: true, maxRetries: 3 });
  });
}

function keep(id: string, commit: Uint8Array): void {
  if (!isTest || kept.has(id) || !isSmall(id, commit.length)) return;
  kept.set(id, Buffer.from(commit).includes('\ngpgsig ') ? commit : undefined);
}

function atEnd(): void {
  const commits = [...kept.values()].filter((commit) => commit !== undefined);
  if (commits.length === 0) return;
  const { said, differences } = ask(commits);
  for (const line of said) console.log(`# signatures: ${line}`);
  if (tooLarge > 0) console.log(`# signatures: ${tooLarge} commits of more than 2 MiB not asked`);
  if (unreadable > 0) console.log(`# signatures: ${unreadable} repositories could not be read`);
  for (const line of differences) console.error(`signatures: ${line}`);
  if (differences.length > 0) process.exitCode = 1;
}

function repositoriesUnder(directory: string): string[] {
  if (existsSync(join(directory, 'HEAD')) && existsSync(join(directory, 'objects'))) return [directory];
  return entriesOf(directory)
    .filter((entry) => entry.isDirectory() && entry.name !== 'node_modules')
    .flatMap(({ name }) => repositoriesUnder(join(directory, name)));
}

/** Nothing where a test has taken the right to look away, or the directory itself. */
function entriesOf(directory: string) {
  try {
    return readdirSync(directory, { withFileTypes: true });
  } catch {
    return [];
  }
}

/** Whether git would wait there for ever. */
function hasPipe(directory: string): boolean {
  return entriesOf(directory).some((entry) => entry.isFIFO() || (entry.isDirectory() && hasPipe(join(directory, entry.name))));
}

/** Every commit that git gives of a repository's objects, the refused and the forgotten included. */
function keepAll(repository: string): void {
  if (hasPipe(repository)) {
    unreadable += 1;
    return;
  }
  const ids = read(repository, '', '--batch-all-objects', '--batch-check=%(objecttype) %(objectname) %(objectsize)')
    .toString('latin1')
    .split('\n')
    .filter((line) => line.startsWith('commit '))
    .map((line) => line.split(' '))
    .filter(([, id = '', size]) => !kept.has(id) && isSmall(id, Number(size)))
    .map(([, id]) => id);
  if (ids.length === 0) return;
  let rest: Buffer = read(repository, ids.map((id) => `${id}\n`).join(''), '--batch');
  while (rest.length > 0) {
    const end = rest.indexOf('\n');
    const [id = '', type, length] = rest.subarray(0, end).toString('latin1').split(' ');
    const size = type === 'commit' ? Number(length) : -1; // without any where it cannot be read
    if (type === 'commit') keep(id, Buffer.from(rest.subarray(end + 1, end + 1 + size)));
    rest = rest.subarray(end + 1 + size + 1);
  }
}

function isSmall(id: string, size: number): boolean {
  if (size <= MOST_BYTES) return true;
  kept.set(id, undefined);
  tooLarge += 1;
  return false;
}

function read(repository: string, input: string, ...options: readonly string[]): Buffer {
  const env = { PATH: process.env['PATH'], HOME: '/dev/null', LC_ALL: 'C', GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: '/dev/null' };
  const args = ['-c', 'safe.directory=*', `--git-dir=${repository}`, 'cat-file', ...options];
  const { status, stdout } = spawnSync('git', args, { env, input, maxBuffer: 1 << 30, timeout: 120_000 });
  if (status !== 0) unreadable += 1;
  return stdout ?? Buffer.alloc(0);
}

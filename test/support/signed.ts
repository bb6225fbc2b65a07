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
/** Repositories that git could not read, all or in part. */
let unreadable = 0;
/** Long runs (npm run soak) use the same helpers, and would keep more than fits. */
const isTest = process.argv[1]?.endsWith('.test.js') === true;

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
  if (!isTest || kept.has(id)) return;
  if (kept.size === 0) process.once('exit', atEnd);
  kept.set(id, Buffer.from(commit).includes('\ngpgsig ') ? commit : undefined);
}

function atEnd(): void {
  const { said, differences } = ask([...kept.values()].filter((commit) => commit !== undefined));
  for (const line of said) console.log(`# signatures: ${line}`);
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

/** Every commit that git gives of a repository's objects, the refused and the forgotten included. */
function keepAll(repository: string): void {
  const ids = read(repository, '', '--batch-all-objects', '--batch-check=%(objecttype) %(objectname)')
    .toString('latin1')
    .split('\n')
    .filter((line) => line.startsWith('commit '))
    .map((line) => line.slice('commit '.length))
    .filter((id) => !kept.has(id));
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

function read(repository: string, input: string, ...options: readonly string[]): Buffer {
  const env = { PATH: process.env['PATH'], HOME: '/dev/null', LC_ALL: 'C', GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: '/dev/null' };
  const args = ['-c', 'safe.directory=*', `--git-dir=${repository}`, 'cat-file', ...options];
  const { status, stdout } = spawnSync('git', args, { env, input, maxBuffer: 1 << 30 });
  if (status !== 0) unreadable += 1;
  return stdout ?? Buffer.alloc(0);
}

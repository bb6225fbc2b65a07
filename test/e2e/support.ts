/** Real hosts, real bare repositories, real clients: what every end-to-end test stands on. */
import { execFile } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import type { GitObject, ObjectId } from '../../src/format/push.js';
import { runGit } from '../../src/git/run.js';
import { hostPaths, shardedPath } from '../../src/hosts/paths.js';
import { addRecord, initHost } from '../../src/hosts/plain.js';
import type { People } from '../support/people.js';
import { goneAfter } from '../support/signed.js';
import { RECORD_ID } from '../support/texts.js';

export const ZERO = '0'.repeat(40);

/** What a program said, and how it ended. */
export interface Ran {
  readonly status: number;
  readonly stdout: string;
  /** What a pusher's screen shows. */
  readonly stderr: string;
}

/** A host with one registered record. */
export interface TestHost {
  readonly directory: string;
  /** The record's bare repository. */
  readonly repository: string;
  readonly record: string;
}

/** All that a push can change on a host. */
export interface HostState {
  readonly main: string | undefined;
  /** Every file and directory under `objects`, the quarantine's included. */
  readonly objects: readonly string[];
  /** Lines of the record's journal. */
  readonly journal: readonly string[];
}

/** What tests share with `tap`'s `t`. */
export interface Teardown {
  teardown(what: () => unknown): void;
}

/** A directory that is gone after the test. */
export function temporary(t: Teardown): string {
  const directory = mkdtempSync(join(realpathSync(tmpdir()), 'vpr-e2e-'));
  goneAfter(t, directory);
  return directory;
}

/**
 * A host as `vpr host init` and `vpr host add` make it, which trusts the people's roots. `policy` is added to `vpr.yaml`. It
 * has a resident validator only where that is asked for: no test leaves processes behind by accident.
 */
export function makeHost(directory: string, people: People, { policy = '', record = RECORD_ID, residentMinutes = 0 } = {}): TestHost {
  initHost(directory);
  for (const name of ['gmc', 'org']) copyFileSync(join(people.directory, name, 'authority.crt'), join(directory, `${name}.crt`));
  writeFileSync(hostPaths(directory).policy, `${people.policyText}resident_minutes: ${residentMinutes}\n${policy}`);
  const { path } = addRecord(directory, { kind: 'coordination', id: record }, runGit);
  return { directory, repository: path, record };
}

/** Nobody's configuration but the repositories' own, and a clock and an identity that don't matter. */
export function gitEnvironment(extra: Readonly<Record<string, string>> = {}): Record<string, string> {
  return {
    PATH: process.env['PATH'] ?? '',
    HOME: '/dev/null',
    LC_ALL: 'C',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_TERMINAL_PROMPT: '0',
    ...extra,
  };
}

/** Runs a program to its end, whatever that is. */
export function run(
  directory: string,
  program: string,
  args: readonly string[],
  options: { readonly env?: Readonly<Record<string, string>>; readonly input?: string | Uint8Array } = {},
): Promise<Ran> {
  return new Promise((resolve) => {
    const settings = { cwd: directory, env: gitEnvironment(options.env), maxBuffer: 64 * 1024 * 1024 };
    const child = execFile(program, args, settings, (error, stdout, stderr) => {
      resolve({ status: error === null ? 0 : (child.exitCode ?? -1), stdout, stderr });
    });
    child.stdin?.on('error', () => {}); // it ended without reading all of it
    child.stdin?.end(options.input ?? '');
  });
}

/** Runs git. */
export function git(directory: string, ...args: readonly string[]): Promise<Ran> {
  return run(directory, 'git', args);
}

/** Runs git where it must not fail; what it printed, without the last line end. */
export async function gitLine(directory: string, ...args: readonly string[]): Promise<string> {
  const { status, stdout, stderr } = await git(directory, ...args);
  if (status !== 0) throw new Error(`git ${args.join(' ')}: ${stderr}`);
  return stdout.replace(/\n$/, '');
}

/** A bare repository that objects are written into, and pushed from. */
export function makeClient(directory: string): string {
  for (const path of ['objects/pack', 'refs/heads']) mkdirSync(join(directory, path), { recursive: true });
  writeFileSync(join(directory, 'HEAD'), 'ref: refs/heads/main\n');
  writeFileSync(join(directory, 'config'), '[core]\n\trepositoryformatversion = 0\n\tbare = true\n');
  return directory;
}

/** Writes objects as they are, also those git itself would not write. */
export function writeObjects(repository: string, objects: Iterable<readonly [ObjectId, GitObject]>): void {
  for (const [id, { type, bytes }] of objects) {
    const directory = join(repository, 'objects', id.slice(0, 2));
    mkdirSync(directory, { recursive: true });
    const stored = Buffer.concat([Buffer.from(`${type} ${bytes.length}\0`), bytes]);
    writeFileSync(join(directory, id.slice(2)), deflateSync(stored, { level: 1 }));
  }
}

/** Sets a ref without asking git what it thinks of the object. */
export function setRef(repository: string, ref: string, id: ObjectId): void {
  writeFileSync(join(repository, ref), `${id}\n`);
}

/** What a host has at this moment. */
export function stateOf({ directory, repository, record }: TestHost): HostState {
  const main = textOf(join(repository, 'refs/heads/main'))?.trim();
  return {
    main,
    objects: readdirSync(join(repository, 'objects'), { recursive: true }).map(String).sort(),
    journal: journalOf(directory, record),
  };
}

/** The lines of a record's journal. */
export function journalOf(directory: string, record: string): string[] {
  return (textOf(shardedPath(hostPaths(directory).journal, record, '.jsonl')) ?? '').split('\n').filter((line) => line !== '');
}

/** Every file under a directory, read: what a host keeps besides repositories. */
export function allText(directory: string): string {
  const files = readdirSync(directory, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return files.map((file) => readFileSync(join(file.parentPath, file.name), 'latin1')).join('\n');
}

function textOf(path: string): string | undefined {
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
}

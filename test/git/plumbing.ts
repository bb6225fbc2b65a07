/** Repositories made by hand, objects that git itself would not write included. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import type { Test } from 'tap';
import type { PushLimits } from '../../src/git/index.js';
import { goneAfter } from '../support/signed.js';

export const LIMITS: PushLimits = {
  commitsPerPush: 1000,
  filesPerCommit: 1000,
  pathDepth: 8,
  commitBytes: 64 * 1024,
  treeBytes: 4 * 1024 * 1024,
  yamlBytes: 256 * 1024,
  threadBytes: 32 * 1024 * 1024,
};

/** A directory that is gone after the test. */
export function temporaryDirectory(test: Pick<Test, 'teardown'>): string {
  const directory = mkdtempSync(join(tmpdir(), 'vpr-test-'));
  goneAfter(test, directory);
  return directory;
}

/** Runs real git; what it prints. Throws with git's own words where it fails. */
export function git(directory: string, ...args: readonly string[]): string {
  return execFileSync('git', args, { cwd: directory, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], env: cleanEnvironment() });
}

/** An environment without the configuration of whoever runs the tests. */
export function cleanEnvironment(extra: Readonly<Record<string, string>> = {}): Record<string, string> {
  const ident = {
    GIT_AUTHOR_NAME: 'Test',
    GIT_AUTHOR_EMAIL: 'test@example.org',
    GIT_COMMITTER_NAME: 'Test',
    GIT_COMMITTER_EMAIL: 'test@example.org',
  };
  return {
    PATH: process.env['PATH'] ?? '',
    HOME: '/dev/null',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    LC_ALL: 'C',
    ...ident,
    ...extra,
  };
}

/** A bare repository whose objects are written without git. */
export interface HandMade {
  readonly path: string;
  put(type: string, content: string | Uint8Array): string;
  /** A tree of raw entries, in the order given. */
  tree(...entries: readonly (readonly [mode: string, name: string, id: string])[]): string;
  blob(text: string): string;
  commit(tree: string, parents?: readonly string[], message?: string): string;
}

export function handMade(test: Pick<Test, 'teardown'>): HandMade {
  const path = temporaryDirectory(test);
  git(path, 'init', '--quiet', '--bare', '--initial-branch=main', '.');
  function put(type: string, content: string | Uint8Array): string {
    const stored = Buffer.concat([Buffer.from(`${type} ${Buffer.byteLength(content)}\0`), Buffer.from(content)]);
    const id = createHash('sha1').update(stored).digest('hex');
    storeAs(path, id, stored);
    return id;
  }
  return {
    path,
    put,
    tree: (...entries) =>
      put(
        'tree',
        Buffer.concat(entries.flatMap(([mode, name, id]) => [Buffer.from(`${mode} ${name}\0`, 'latin1'), Buffer.from(id, 'hex')])),
      ),
    blob: (text) => put('blob', text),
    commit(tree, parents = [], message = 'test\n') {
      const ident = 'Test <test@example.org> 1767225600 +0000';
      const lines = [`tree ${tree}`, ...parents.map((parent) => `parent ${parent}`), `author ${ident}`, `committer ${ident}`];
      return put('commit', `${lines.join('\n')}\n\n${message}`);
    },
  };
}

/** Stores bytes (with their header) under an id, whether or not it is theirs. */
export function storeAs(repository: string, id: string, stored: Uint8Array): void {
  mkdirSync(join(repository, 'objects', id.slice(0, 2)), { recursive: true });
  writeFileSync(join(repository, 'objects', id.slice(0, 2), id.slice(2)), deflateSync(stored));
}

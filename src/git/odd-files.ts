/** Files that whoever reads them may wait for without end: a named pipe, a device. In a repository that somebody handed over there may be some. */
import { closeSync, readdirSync, readFileSync, type Stats, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { VprError } from '../errors.js';
import { commandLine } from '../format/shell.js';
import { printable } from '../format/text.js';
import { borrowedFrom, realPathOf } from './alternates.js';
import { isOdd, openFile } from './file-part.js';

/** Of a repository: git reads none of them, and a hook that is switched off is a link to `/dev/null`. */
const NOT_READ: ReadonlySet<string> = new Set(['hooks']);

/** Throws `git/odd-file` where directories of a repository have anything below them that git could wait for: git itself does not look. */
export function refuseOddFiles(directories: readonly string[]): void {
  const seen = new Set<string>(); // a store lies within its repository, mostly
  for (const directory of directories) refuseBelow(directory, seen);
}

function refuseBelow(directory: string, seen: Set<string>): void {
  const place = realPathOf(directory);
  if (place === undefined || seen.has(place)) return;
  seen.add(place);
  for (const entry of entriesOf(place)) {
    const path = join(place, entry.name);
    const found = entry.isSymbolicLink() ? statOf(path) : entry;
    if (found === undefined) continue;
    if (isOdd(found)) throw oddFile(path);
    if (found.isDirectory() && !NOT_READ.has(entry.name)) refuseBelow(path, seen);
  }
}

/**
 * The same of the repository that git finds from a directory on, and of those that it borrows from, before git is let look for
 * it. Throws as `borrowedFrom` does as well.
 */
export function refuseOddRepository(directory: string): void {
  for (let at = resolve(directory); ; at = dirname(at)) {
    for (const place of [gitDirectoryOf(join(at, '.git')), at]) {
      if (place === undefined || !isRepository(place)) continue;
      const common = resolve(place, lineOf(join(place, 'commondir')) ?? '.');
      refuseOddFiles([place, common, ...borrowedFrom(join(common, 'objects'))]);
      return;
    }
    if (at === dirname(at)) return;
  }
}

/** What `.git` is: the repository, or a file that says where it lies. */
function gitDirectoryOf(path: string): string | undefined {
  if (statOf(path)?.isDirectory() === true) return path;
  const place = /^gitdir: (.+)$/.exec(lineOf(path) ?? '')?.[1];
  return place === undefined ? undefined : resolve(dirname(path), place);
}

function isRepository(place: string): boolean {
  const has = (...names: readonly string[]) => names.every((name) => statOf(join(place, name)) !== undefined);
  return has('HEAD') && (has('objects', 'refs') || has('commondir'));
}

/** The first line of a file; undefined where there is none. */
function lineOf(path: string): string | undefined {
  const file = statOf(path)?.isDirectory() === true ? undefined : openFile(path);
  if (file === undefined) return undefined;
  try {
    return readFileSync(file, 'utf8').split('\n', 1)[0];
  } finally {
    closeSync(file);
  }
}

function entriesOf(place: string) {
  try {
    return readdirSync(place, { withFileTypes: true });
  } catch {
    return []; // a file, or closed to this account: to git as well
  }
}

function oddFile(path: string): VprError {
  return new VprError(
    'git/odd-file',
    `${printable(path, 500)} is a named pipe or a device, and not a file: whoever reads it may wait for ever`,
    {
      help: [`remove it: ${commandLine('rm', path)}`, 'then see what is missing: git fsck --full'],
    },
  );
}

function statOf(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch {
    return undefined;
  }
}

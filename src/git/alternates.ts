import { Buffer } from 'node:buffer';
import { closeSync, readFileSync, realpathSync } from 'node:fs';
import { delimiter, resolve } from 'node:path';
import { VprError } from '../errors.js';
import { printable } from '../format/text.js';
import { openFile } from './file-part.js';

/** Objects of a push before it is accepted: where they lie, and the repository's own store behind them. */
export function quarantineEnvironment(quarantine: string, objects: string): Record<string, string> {
  return { GIT_OBJECT_DIRECTORY: quarantine, GIT_ALTERNATE_OBJECT_DIRECTORIES: quoteAlternate(objects), GIT_QUARANTINE_PATH: quarantine };
}

/**
 * The directories in a `GIT_ALTERNATE_OBJECT_DIRECTORIES`, taken apart as git
 * does (an entry that begins with `"` is quoted as in C); undefined where it
 * does not read.
 */
export function parseAlternates(value: string): string[] | undefined {
  const directories: string[] = [];
  for (let at = 0; at < value.length; ) {
    const end = value[at] === '"' ? closingQuote(value, at) + 1 : nextDelimiter(value, at);
    if (end === 0 || (end < value.length && value[end] !== delimiter)) return undefined;
    const entry = value.slice(at, end);
    if (entry !== '') directories.push(entry.startsWith('"') ? unquote(entry.slice(1, -1)) : entry);
    at = end + 1;
  }
  return directories;
}

/** As far as git follows a store that borrows from one that borrows. */
const DEEPEST = 5;

/**
 * The object directories that a store borrows from (`info/alternates`), and those behind them, as git finds them. Throws
 * `git/alternates` for a line that git takes in a way of its own: where it looks then is not known.
 */
export function borrowedFrom(objects: string, depth = 0): string[] {
  const file = resolve(objects, 'info/alternates');
  const lines = depth > DEEPEST ? [] : linesOf(file);
  return lines.flatMap((line) => {
    const [entry, ...more] = line.startsWith('"') ? (parseAlternates(line) ?? []) : [line];
    if (entry === undefined || more.length > 0 || line.includes('\uFFFD')) throw oddLine(file, line);
    // Relative paths begin at where the store really lies.
    const place = resolve(realPathOf(objects) ?? objects, entry);
    return [place, ...borrowedFrom(place, depth + 1)];
  });
}

function oddLine(file: string, line: string): VprError {
  return new VprError('git/alternates', `${file} has a line that is no path, or is quoted in part: ${printable(line, 200)}`, {
    help: ['write one path a line there, or make the repository independent of others: git repack -a && rm objects/info/alternates'],
  });
}

/** Where a path really leads; undefined where it leads nowhere. */
export function realPathOf(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}

function linesOf(path: string): string[] {
  const file = openFile(path);
  if (file === undefined) return []; // nearly no store borrows
  try {
    return readFileSync(file, 'utf8')
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'));
  } catch {
    return []; // a directory
  } finally {
    closeSync(file);
  }
}

/** As git writes it: quoted only where a reader would otherwise split or unquote it. */
function quoteAlternate(directory: string): string {
  if (!directory.startsWith('"') && !directory.includes(delimiter)) return directory;
  return `"${directory.replaceAll(/["\\]/g, '\\$&')}"`;
}

function nextDelimiter(value: string, from: number): number {
  const at = value.indexOf(delimiter, from);
  return at < 0 ? value.length : at;
}

/** Where the quote that opens at `from` closes; -1 where it does not. */
function closingQuote(value: string, from: number): number {
  for (let at = from + 1; at < value.length; at += 1) {
    if (value[at] === '\\') at += 1;
    else if (value[at] === '"') return at;
  }
  return -1;
}

const ESCAPES: Readonly<Record<string, string>> = { a: '\x07', b: '\b', t: '\t', n: '\n', v: '\v', f: '\f', r: '\r' };

/** Octal escapes are bytes, so that unquoting is done on bytes. */
function unquote(text: string): string {
  const bytes = Buffer.from(text, 'utf8').toString('latin1');
  const plain = bytes.replaceAll(/\\([0-7]{3}|.)/gs, (_, escape: string) =>
    escape.length === 3 ? String.fromCharCode(Number.parseInt(escape, 8) & 0xff) : (ESCAPES[escape] ?? escape),
  );
  return Buffer.from(plain, 'latin1').toString('utf8');
}

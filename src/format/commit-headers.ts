/** The headers of a commit object, and what FORMAT.md §6 finds wrong with which there are. */
import type { Fault } from './fault.js';
import { printable } from './text.js';

/** One header, its continuation lines unfolded. */
export interface Header {
  readonly key: string;
  /** Lines joined by LF; each byte one character (latin1). */
  readonly value: string;
  /** Line within the commit object, from 1. */
  readonly line: number;
  readonly folded: boolean;
}

const ORDER = ['tree', 'parent', 'author', 'committer', 'gpgsig'];
/** A signature is checked by its own rules: a commit without one may have the headers it should. */
const REQUIRED = ['tree', 'author', 'committer'];
const MAX_KEY = 40;

const AMEND = 'git commit --amend --no-edit -S';
/** Amending keeps headers it does not know; a new commit of the same tree has none of them. */
const ANEW = 'git reset --soft HEAD~1 && git commit -S -C ORIG_HEAD';

const UNKNOWN: Readonly<Record<string, { readonly why: string; readonly help: readonly string[] }>> = {
  encoding: {
    why: 'commits are UTF-8, and say nothing of it',
    help: [`git config i18n.commitEncoding UTF-8 && ${AMEND}`],
  },
  'gpgsig-sha256': { why: 'a commit has one signature, in gpgsig', help: [ANEW] },
  mergetag: { why: 'a merge of a signed tag is no commit of a record', help: ['git pull --rebase -S origin main'] },
};

/** Splits the text before the first blank line (latin1) into headers. */
export function splitHeaders(text: string): Header[] {
  const headers: Header[] = [];
  let line = 1;
  for (let start = 0; start <= text.length; ) {
    let end = text.indexOf('\n', start);
    let lines = 1;
    for (; end >= 0 && text[end + 1] === ' '; end = text.indexOf('\n', end + 1)) lines += 1;
    headers.push(header(text.slice(start, end < 0 ? text.length : end), line, lines > 1));
    line += lines;
    start = end < 0 ? text.length + 1 : end + 1;
  }
  return headers;
}

/** Of one line, or several, where `folded`: the key ends at the first line's first blank, or with it. */
function header(text: string, line: number, folded: boolean): Header {
  const first = folded ? text.indexOf('\n') : text.length;
  const blank = text.indexOf(' ');
  const end = blank < 0 || blank > first ? first : blank;
  const value = text.slice(end === blank ? end + 1 : end);
  return { key: text.slice(0, end), value: folded ? unfolded(value) : value, line, folded };
}

function unfolded(value: string): string {
  return value.split('\n ').join('\n'); // several times as fast as replaceAll
}

/** Everything but values: unknown headers, order, repetition, what is missing, folding. */
export function headerFaults(headers: readonly Header[]): Fault[] {
  const faults: Fault[] = [];
  let reached = -1;
  const seen = new Set<string>();
  for (const { key, line, folded } of headers) {
    const place = ORDER.indexOf(key);
    if (place < 0) faults.push(unknownHeader(key, line));
    else if (seen.has(key)) faults.push(repeated(key, line));
    else if (place < reached)
      faults.push({ message: `the header ${key} stands behind ${ORDER[reached]}, expected before it`, line, help: [ANEW] });
    else if (folded && key !== 'gpgsig')
      faults.push({ message: `the header ${key} spans several lines, expected one`, line, help: [ANEW] });
    seen.add(key);
    reached = Math.max(reached, place);
  }
  for (const key of REQUIRED) {
    if (!seen.has(key)) faults.push({ message: `the header ${key} is missing` });
  }
  return faults;
}

function unknownHeader(key: string, line: number): Fault {
  const known = Object.hasOwn(UNKNOWN, key) ? UNKNOWN[key] : undefined;
  const named = key === '' ? 'a header without a name' : `the header ${printable(key, MAX_KEY)}`;
  return { message: `${named} is not allowed: ${known?.why ?? `expected ${ORDER.join(', ')} alone`}`, line, help: known?.help ?? [ANEW] };
}

function repeated(key: string, line: number): Fault {
  if (key !== 'parent') return { message: `the header ${key} stands more than once`, line, help: [ANEW] };
  return {
    message: 'the commit has a second parent: it is a merge, and history is linear',
    line,
    help: ['git pull --rebase -S origin main'],
  };
}

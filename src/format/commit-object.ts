import { Buffer, isUtf8 } from 'node:buffer';
import { type Header, headerFaults, splitHeaders } from './commit-headers.js';
import type { Fault } from './fault.js';
import { type Ident, readIdent } from './ident.js';
import type { ObjectId } from './identifiers.js';
import { detached, utf8 } from './text.js';

export type { Ident } from './ident.js';

/** A commit object, read leniently: what can be made out is there, and every departure is a fault. */
export interface CommitObject {
  readonly tree: ObjectId | undefined;
  /** Every `parent` that names an object, wherever it stands. */
  readonly parents: readonly ObjectId[];
  readonly author: Ident | undefined;
  readonly committer: Ident | undefined;
  /** The first signature, unfolded: lines joined by LF, none at the end; each byte one character (latin1). */
  readonly gpgsig: string | undefined;
  /** Everything behind the blank line; bytes that are not UTF-8 stand as U+FFFD. */
  readonly message: string;
  /** Departures from FORMAT.md §6 "Headers", in the order of lines, at most ten. Lines are the object's own. */
  readonly faults: readonly Fault[];
}

const MAX_FAULTS = 10;
/** Not by `^` and `$` of lines, which for JavaScript end at a CR as well. */
const PARENT = /(?<=^|\n)parent ([0-9a-f]{40}|[0-9a-f]{64})(?=\n|$)/g;
const OBJECT_ID = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;
const UTF8_HELP = ['git config i18n.commitEncoding UTF-8 && git commit --amend -S  # and write the message in UTF-8'];

/** The parents alone, for walking along a history: as git has them, also of headers that are folded where they may not be. */
export function parentsOf(bytes: Uint8Array): readonly ObjectId[] {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = buffer.indexOf('\n\n');
  const head = buffer.toString('latin1', 0, end < 0 ? buffer.length : end);
  return [...head.matchAll(PARENT)].map(([, id = '']) => detached(id));
}

/**
 * Reads a commit object's stored bytes (without Git's `commit <size>\0`).
 * Never throws. A commit without faults has exactly the headers of FORMAT.md
 * §6; whether it is signed, and what its message says, others check.
 */
export function readCommitObject(bytes: Uint8Array): CommitObject {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = buffer.indexOf('\n\n');
  const head = buffer.toString('latin1', 0, end < 0 ? buffer.length : end);
  const headers = splitHeaders(end < 0 && head.endsWith('\n') ? head.slice(0, -1) : head);
  const body = end < 0 ? new Uint8Array() : buffer.subarray(end + 2);

  const faults = headerFaults(headers);
  const first = (key: string): Header | undefined => headers.find((header) => header.key === key);
  const tree = objectId(first('tree'), faults);
  const parents = headers.filter(({ key }) => key === 'parent').map((header) => objectId(header, faults));
  const [by, kept] = [first('author'), first('committer')];
  const author = ident(by, faults);
  const committer = author !== undefined && by?.value === kept?.value ? author : ident(kept, faults);
  const gpgsig = first('gpgsig')?.value;
  faults.sort((a, b) => (a.line ?? Number.MAX_SAFE_INTEGER) - (b.line ?? Number.MAX_SAFE_INTEGER));
  if (end < 0) faults.push({ message: 'the commit has no blank line behind its headers' });
  if (buffer.includes(0))
    faults.push({ message: 'the commit holds a NUL byte', help: ['git commit --amend -S and write the message again'] });
  if (!isUtf8(body)) faults.push({ message: 'the commit message is not UTF-8', help: UTF8_HELP });

  return {
    tree,
    parents: parents.filter((id) => id !== undefined),
    author,
    committer,
    gpgsig,
    message: utf8(body),
    faults: faults.slice(0, MAX_FAULTS),
  };
}

function objectId(header: Header | undefined, faults: Fault[]): ObjectId | undefined {
  if (header === undefined) return undefined;
  if (OBJECT_ID.test(header.value)) return header.value;
  faults.push({ message: `the header ${header.key} does not name an object in lowercase hex digits`, line: header.line });
  return undefined;
}

function ident(header: Header | undefined, faults: Fault[]): Ident | undefined {
  if (header === undefined) return undefined;
  const reading = readIdent(header.value);
  if (reading.ok) return reading.value;
  for (const { message } of reading.faults) {
    faults.push({
      message: `the header ${header.key} ${message}`,
      line: header.line,
      help: [
        'git config user.name "<your name>" and git config user.email <your address>',
        'git commit --amend --no-edit -S --reset-author',
      ],
    });
  }
  return undefined;
}

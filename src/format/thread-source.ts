import { Buffer, isAscii } from 'node:buffer';
import type { Fault } from './fault.js';

/** How many faults a thread's reader lists before it gives up. */
export const MAX_FAULTS = 5;

/** How many pieces of a text are kept before they are joined. */
const MAX_PIECES = 10_000;

const SPACE = 0x20;
const TAB = 0x09;
const BACKSLASH = 0x5c;

/**
 * A thread's bytes, and the same as a string of one character a byte
 * (latin1): offsets into the string are offsets into the file, and strings
 * are quicker to search. Only what becomes a value is decoded.
 */
export interface Source {
  readonly bytes: Buffer;
  readonly text: string;
  readonly ascii: boolean;
}

/** The beginning of a line (or, after `---` in layout 2, of the rest of one). */
export interface Place {
  readonly at: number;
  /** From 1. */
  readonly line: number;
}

/** What a search for the end of a body found. */
export interface BodyEnd {
  /** Offset after the last byte of the body; before its first where there is none. */
  readonly end: number;
  /** Where the next message begins; absent at the end of the file. */
  readonly next?: Place;
}

/** Bytes, to be read as a thread. They are not copied. */
export function openSource(input: Uint8Array): Source {
  const bytes = Buffer.from(input.buffer, input.byteOffset, input.byteLength);
  return { bytes, text: bytes.toString('latin1'), ascii: isAscii(bytes) };
}

/** The text of a range of bytes. */
export function decode(source: Source, start: number, end: number): string {
  return source.ascii ? source.text.slice(start, end) : source.bytes.toString('utf8', start, end);
}

/** Offset of the LF that ends the line, or of the end of the text. */
export function lineEnd(text: string, start: number): number {
  const end = text.indexOf('\n', start);
  return end < 0 ? text.length : end;
}

/** Where the next line begins: the end of the text where there is none. */
export function nextLine(text: string, place: Place): Place {
  return { at: Math.min(lineEnd(text, place.at) + 1, text.length), line: place.line + 1 };
}

/** Offset of the first character from `start` that is no space or TAB. */
export function skipBlanks(text: string, start: number): number {
  let at = start;
  for (let code = text.charCodeAt(at); code === SPACE || code === TAB; code = text.charCodeAt(at)) at += 1;
  return at;
}

/** Offset of the first character from `start` that is no backslash. */
export function skipBackslashes(text: string, start: number): number {
  let at = start;
  while (text.charCodeAt(at) === BACKSLASH) at += 1;
  return at;
}

/** Whether a whole line, from its start to its end, is blank. */
export function isBlankLine(text: string, start: number, end: number): boolean {
  return skipBlanks(text, start) >= end;
}

/**
 * Steps over one line that must be there and blank. Where it isn't, that is a
 * fault, and reading goes on at the same place.
 */
export function expectBlank(text: string, place: Place, where: string, faults: Fault[]): Place {
  const end = lineEnd(text, place.at);
  if (end < text.length && isBlankLine(text, place.at, end)) return { at: end + 1, line: place.line + 1 };
  faults.push(faultAt(text, place, `expected exactly one blank line ${where}`));
  return place;
}

/**
 * Changes the lines of a body that hold a backslash; the rest is copied in
 * stretches, and these are joined now and then, so that millions of short
 * lines do no harm.
 */
export function mapBackslashLines(body: string, change: (line: string) => string): string {
  const joined: string[] = [];
  let pieces: string[] = [];
  let copied = 0;
  let end = 0;
  for (let found = body.indexOf('\\'); found >= 0; found = body.indexOf('\\', end)) {
    const start = body.lastIndexOf('\n', found) + 1;
    end = lineEnd(body, found);
    const line = body.slice(start, end);
    const changed = change(line);
    if (changed === line) continue;
    pieces.push(body.slice(copied, start), changed);
    copied = end;
    if (pieces.length >= MAX_PIECES) {
      joined.push(pieces.join(''));
      pieces = [];
    }
  }
  return copied === 0 ? body : `${joined.join('')}${pieces.join('')}${body.slice(copied)}`;
}

/** The place of a fault, with a hint where the file's line ends are not LF. */
export function faultAt(text: string, place: Place, message: string, help?: string): Fault {
  const end = lineEnd(text, place.at);
  const carriageReturn = end > place.at && text.charCodeAt(end - 1) === 0x0d;
  const hint = carriageReturn ? 'end lines with LF alone: git config core.autocrlf input' : help;
  return { message, line: place.line, ...(hint === undefined ? {} : { help: [hint] }) };
}

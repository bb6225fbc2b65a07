import { Buffer, isUtf8 } from 'node:buffer';
import type { Fault } from './fault.js';

const CARRIAGE_RETURN = 0x0d;
/** How many faults of one text are reported: the rest are of the same kind. */
const MAX_FAULTS = 3;
/**
 * What FORMAT.md §8 forbids in a text: C0 and C1 controls but LF and TAB, the
 * bidirectional embeddings, overrides and isolates, U+FEFF; and halves of
 * surrogate pairs, which UTF-8 can't hold.
 */
const FORBIDDEN = '\\u0000-\\u0008\\u000b-\\u001f\\u0080-\\u009f\\u202a-\\u202e\\u2066-\\u2069\\ufeff\\ud800-\\udfff';
const FORBIDDEN_ANYWHERE = new RegExp(`[${FORBIDDEN}]`, 'u');
/** What a terminal or a log must not be given as it is. */
const UNPRINTABLE = new RegExp(`[\\n\\t\\u007f\\u2028\\u2029${FORBIDDEN}]`, 'gu');

/** A character that a text of a record may not hold. */
export interface ForbiddenCharacter {
  /** Its place in the string, in UTF-16 units, from 0. */
  readonly index: number;
  readonly codePoint: number;
}

/** Whether bytes begin with others: at once where both lie in one memory, as the versions of a file that grows do. */
export function beginsWith(bytes: Uint8Array, beginning: Uint8Array): boolean {
  if (beginning.length > bytes.length) return false;
  if (bytes.buffer === beginning.buffer && bytes.byteOffset === beginning.byteOffset) return true;
  return Buffer.compare(bytes.subarray(0, beginning.length), beginning) === 0;
}

/** `1 commit`, `2 commits`. */
export function counted(count: number, one: string, more = `${one}s`): string {
  return `${count} ${count === 1 ? one : more}`;
}

/**
 * The same string in memory of its own. V8 cuts a string out of another by
 * reference: whoever keeps an id that was read from a file keeps the file.
 */
export function detached(text: string): string {
  return ` ${text}`.slice(1);
}

/** The first character of a string that FORMAT.md §8 forbids. */
export function forbiddenCharacter(text: string): ForbiddenCharacter | undefined {
  const index = text.search(FORBIDDEN_ANYWHERE);
  return index < 0 ? undefined : { index, codePoint: text.codePointAt(index) ?? 0 };
}

/** `U+202E (bidirectional control)`: a character's number and why it is refused. */
export function describeCharacter(codePoint: number): string {
  const number = `U+${codePoint.toString(16).toUpperCase().padStart(4, '0')}`;
  if (codePoint === CARRIAGE_RETURN) return `${number} (carriage return)`;
  if (codePoint === 0xfeff) return `${number} (byte order mark)`;
  if (codePoint >= 0xd800 && codePoint <= 0xdfff) return `${number} (half of a surrogate pair)`;
  return `${number} (${codePoint > 0x9f ? 'bidirectional control' : 'control character'})`;
}

/**
 * What FORMAT.md §8 finds wrong in a text file: bytes that are not UTF-8,
 * forbidden characters, a missing final newline. At most three faults, on
 * different lines, each with its line; carriage returns, which end every line
 * or none, are one.
 */
export function textFaults(bytes: Uint8Array, options: { readonly finalNewline: 'required' | 'optional' }): Fault[] {
  const faults = isUtf8(bytes) ? characterFaults(utf8(bytes)) : [encodingFault(bytes)];
  if (options.finalNewline === 'required' && bytes.at(-1) !== 0x0a && faults.length < MAX_FAULTS) {
    const line = lineAt(bytes, bytes.length);
    faults.push({ message: 'the file does not end with a newline', line, help: ['add a newline at the end of the file'] });
  }
  return faults;
}

/** The text of bytes in UTF-8, a byte order mark included. Whether they are UTF-8 is the caller's to check. */
export function utf8(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
}

/** The line, from 1, that an offset lies in. */
export function lineAt(bytes: Uint8Array, offset: number): number {
  let line = 1;
  for (let at = bytes.indexOf(0x0a); at >= 0 && at < offset; at = bytes.indexOf(0x0a, at + 1)) line += 1;
  return line;
}

/** Whether a text is blank: nothing but spaces, TABs and line ends (FORMAT.md §3). */
export function isBlank(text: string): boolean {
  return !/[^ \t\n]/.test(text);
}

/** Whether a text is one line, not empty and without a blank at either end, as names are (FORMAT.md §3). */
export function isTrimmedLine(text: string): boolean {
  return text !== '' && !text.includes('\n') && !/^[ \t]|[ \t]$/.test(text);
}

/**
 * A string on one line, safe for a terminal or a log: control and
 * bidirectional characters become escapes such as `\u001b` and `\n`, and what
 * is longer than `limit` UTF-16 units (before escaping) is cut, with a `…`.
 */
export function printable(text: string, limit = 200): string {
  // A pair that the cut halves is left out.
  const cut = text.length > limit ? `${text.slice(0, limit).replace(/[\ud800-\udbff]$/u, '')}…` : text;
  return cut.replace(UNPRINTABLE, (character) => {
    if (character === '\n') return '\\n';
    if (character === '\t') return '\\t';
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}

function characterFaults(text: string): Fault[] {
  if (!FORBIDDEN_ANYWHERE.test(text)) return [];
  const faults: Fault[] = [];
  const every = new RegExp(FORBIDDEN_ANYWHERE, 'gu');
  let line = 1;
  let counted = 0;
  let returned = false;
  for (let match = every.exec(text); match !== null && faults.length < MAX_FAULTS; match = every.exec(text)) {
    for (let at = text.indexOf('\n', counted); at >= 0 && at < match.index; at = text.indexOf('\n', counted)) {
      line += 1;
      counted = at + 1;
    }
    const codePoint = match[0].codePointAt(0) ?? 0;
    if (codePoint !== CARRIAGE_RETURN || !returned) {
      faults.push(characterFault(codePoint, line));
      const end = text.indexOf('\n', match.index);
      every.lastIndex = end < 0 ? text.length : end;
    }
    returned ||= codePoint === CARRIAGE_RETURN;
  }
  return faults;
}

function characterFault(codePoint: number, line: number): Fault {
  const message = `the text holds ${describeCharacter(codePoint)}, which no file of a record may`;
  if (codePoint !== CARRIAGE_RETURN) return { message, line };
  return { message, line, help: ['end lines with LF alone: git config core.autocrlf input'] };
}

/** Bytes of one UTF-8 character are never on two lines, so that the first bad line can be found line by line. */
function encodingFault(bytes: Uint8Array): Fault {
  let line = 1;
  let start = 0;
  for (let end = bytes.indexOf(0x0a); end >= 0; end = bytes.indexOf(0x0a, start)) {
    if (!isUtf8(bytes.subarray(start, end))) break;
    line += 1;
    start = end + 1;
  }
  return { message: 'the text is not UTF-8', line, help: ['save the file in UTF-8'] };
}

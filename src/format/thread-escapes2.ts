import { skipBackslashes, skipBlanks } from './thread-source.js';

/**
 * Layout 2's escapes within a body (FORMAT.md §3), line by line. Reading what
 * was written gives the line again, because an escape never changes which of
 * the rules a line falls under, nor where its runs of backslashes are.
 */

const RULES = ['---', '***', '___'];
const NEXT_MESSAGE = '---**Message ID:** ';
/** Three backticks as VPR's program wrote them, without their first backslash. */
const FENCE = '`\\`\\`';

/** A line of a body as it is written: with one backslash more where it could be misread. */
export function escapeLine2(line: string): string {
  const at = reservedAt(line);
  if (at >= 0) return `${line.slice(0, at)}\\${line.slice(at)}`;
  return mapFences(line, (run) => `\\${run}${FENCE}`);
}

/** A line of a body as its author meant it. Lines that their writer did not escape are read as they are. */
export function unescapeLine2(line: string): string {
  const at = reservedAt(line);
  if (at >= 0) return line[at] === '\\' ? line.slice(0, at) + line.slice(at + 1) : line;
  return mapFences(line, (run) => (run.length === 1 ? '```' : `${run.slice(1)}${FENCE}`));
}

/** Where a reserved line's run of backslashes begins (it may be empty); -1 where the line is not reserved. */
function reservedAt(line: string): number {
  const blanks = skipBlanks(line, 0);
  const word = skipBackslashes(line, blanks);
  if (line[word] === '#') return blanks;
  if (blanks === 0 && line.startsWith(NEXT_MESSAGE, word)) return 0;
  const rule = RULES.some((text) => line.startsWith(text, word)) && skipBlanks(line, word + 3) === line.length;
  return rule ? blanks : -1;
}

/** Rewrites every run of backslashes that `FENCE` follows, from left to right, together with what follows. */
function mapFences(line: string, write: (run: string) => string): string {
  let result = '';
  let copied = 0;
  for (let found = line.indexOf(FENCE); found >= 0; ) {
    let start = found;
    while (start > copied && line[start - 1] === '\\') start -= 1;
    // Without a backslash before it this is text; the next fence may begin inside it.
    if (start === found) {
      found = line.indexOf(FENCE, found + 1);
      continue;
    }
    result += line.slice(copied, start) + write(line.slice(start, found));
    copied = found + FENCE.length;
    found = line.indexOf(FENCE, copied);
  }
  return result + line.slice(copied);
}

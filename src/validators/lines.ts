/** Where a file stops beginning with its former bytes. */
export interface Difference {
  /** Offset of the first differing byte. */
  readonly offset: number;
  /** Its line, from 1. */
  readonly line: number;
  /** That line as it was, and as it is (absent where the file ends before it). */
  readonly before: string;
  readonly after?: string;
}

const LF = 0x0a;

/** The first place where `after` departs from `before`; undefined where it begins with all of it. */
export function firstDifference(before: Uint8Array, after: Uint8Array): Difference | undefined {
  if (Buffer.compare(before, after.subarray(0, before.length)) === 0) return undefined;
  let offset = 0;
  while (offset < before.length && offset < after.length && before[offset] === after[offset]) offset += 1;
  let line = 1;
  for (let index = before.indexOf(LF); index !== -1 && index < offset; index = before.indexOf(LF, index + 1)) line += 1;
  const start = before.lastIndexOf(LF, offset - 1) + 1;
  return {
    offset,
    line,
    before: lineAt(before, start),
    ...(start < after.length ? { after: lineAt(after, start) } : {}),
  };
}

/** At most 500 bytes of the line that begins at `start`. */
function lineAt(bytes: Uint8Array, start: number): string {
  const end = bytes.indexOf(LF, start);
  return Buffer.from(bytes.subarray(start, Math.min(end === -1 ? bytes.length : end, start + 500))).toString('utf8');
}

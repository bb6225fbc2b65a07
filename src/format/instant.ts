/**
 * Instants as FORMAT.md §2 compares them: nanoseconds since
 * 1970-01-01T00:00:00Z, as a bigint, so that no precision is lost.
 */

const RFC_3339 = /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:[Zz]|[+-]\d\d:\d\d)$/;
/** The longest timestamp there is: nine digits of fraction and an offset. */
const MAX_LENGTH = 35;
const NANOSECONDS_PER_SECOND = 1_000_000_000n;
const NANOSECONDS_PER_MILLISECOND = 1_000_000n;
/** The calendar repeats after 400 years; `Date.UTC` would read the years 0 to 99 as 1900 to 1999. */
const CYCLE_YEARS = 400;
const CYCLE_SECONDS = 146_097 * 86_400;

/**
 * Reads an RFC 3339 date and time: any offset, a fraction of up to nine
 * digits, a real day of the calendar. A leap second (`:60`) is refused.
 *
 * @returns nanoseconds since 1970-01-01T00:00:00Z, undefined where the text is no such time
 */
export function parseInstant(text: string): bigint | undefined {
  if (text.length > MAX_LENGTH || !RFC_3339.test(text)) return undefined;
  const month = digits(text, 5, 7);
  const day = digits(text, 8, 10);
  const hour = digits(text, 11, 13);
  const minute = digits(text, 14, 16);
  const second = digits(text, 17, 19);
  if (hour > 23 || minute > 59 || second > 59) return undefined;
  const date = new Date(Date.UTC(digits(text, 0, 4) + CYCLE_YEARS, month - 1, day, hour, minute, second));
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return undefined;
  const zone = /[Zz]$/.test(text) ? text.length - 1 : text.length - 6;
  const offset = offsetSeconds(text, zone);
  if (offset === undefined) return undefined;
  const seconds = BigInt(date.getTime() / 1000 - CYCLE_SECONDS - offset);
  const fraction = zone === 19 ? 0 : digits(text, 20, zone) * 10 ** (29 - zone);
  return seconds * NANOSECONDS_PER_SECOND + BigInt(fraction);
}

/**
 * Writes an instant as this format's files have it: UTC with `Z` and
 * milliseconds, what is finer cut off (towards the past).
 */
export function formatInstant(nanoseconds: bigint): string {
  const rest = ((nanoseconds % NANOSECONDS_PER_MILLISECOND) + NANOSECONDS_PER_MILLISECOND) % NANOSECONDS_PER_MILLISECOND;
  return new Date(Number((nanoseconds - rest) / NANOSECONDS_PER_MILLISECOND)).toISOString();
}

/** The instant of a (valid) date. */
export function instantOf(date: Date): bigint {
  return BigInt(date.getTime()) * NANOSECONDS_PER_MILLISECOND;
}

function offsetSeconds(text: string, zone: number): number | undefined {
  if (zone === text.length - 1) return 0;
  const hours = digits(text, zone + 1, zone + 3);
  const minutes = digits(text, zone + 4, zone + 6);
  if (hours > 23 || minutes > 59) return undefined;
  return (hours * 60 + minutes) * (text[zone] === '-' ? -60 : 60);
}

/** The number that the decimal digits of a range stand for. */
function digits(text: string, start: number, end: number): number {
  let value = 0;
  for (let at = start; at < end; at += 1) value = value * 10 + text.charCodeAt(at) - 0x30;
  return value;
}

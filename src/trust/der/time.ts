/** UTCTime and GeneralizedTime in the one form each that RFC 5280 §4.1.2.5 allows. */
import { refuse } from '../refusal.js';
import type { Der } from './read.js';
import { TAG } from './tags.js';
import { ascii } from './values.js';

/** A time to the second, in UTC: `YYMMDDHHMMSSZ` (1950–2049) or `YYYYMMDDHHMMSSZ`. */
export function time(element: Der, what: string): Date {
  const short = element.tag === TAG.utcTime;
  if (!short && element.tag !== TAG.generalizedTime) return refuse(`${what}: neither UTCTime nor GeneralizedTime`);
  const digits = element.content.length === (short ? 13 : 15) ? ascii(element.content) : undefined;
  if (digits === undefined || !/^[0-9]+Z$/.test(digits)) return refuse(`${what}: expected a time as ${short ? 'YY' : 'YYYY'}MMDDHHMMSSZ`);
  const full = short ? `${Number(digits.slice(0, 2)) < 50 ? '20' : '19'}${digits}` : digits;
  const [, year, month, day, hour, minute, second] = /^(....)(..)(..)(..)(..)(..)Z$/.exec(full) ?? [];
  const iso = `${year}-${month}-${day}T${hour}:${minute}:${second}.000Z`;
  const date = new Date(iso);
  // toISOString differs for what is no calendar time, such as 30 February or 24:00.
  if (Number.isNaN(date.getTime()) || date.toISOString() !== iso) return refuse(`${what}: no calendar time`);
  return date;
}

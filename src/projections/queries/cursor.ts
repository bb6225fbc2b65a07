import { VprError } from '../../errors.js';

/** Where a page ended: what it was sorted by. */
export type Place = readonly (string | number)[];

/** The largest numbers that columns hold, as places that are wanted name them: PostgreSQL refuses others. */
export const TIME = Number.MAX_SAFE_INTEGER;
export const INTEGER = 2 ** 31 - 1;
/** So many that may not be shown are passed within one millisecond; behind more of them a search does not go on. */
export const PASSED = 100_000;

/** A place as text that is handed out, and back. */
export function writeCursor(query: string, place: Place): string {
  return Buffer.from(JSON.stringify([query, ...place])).toString('base64url');
}

const LONGEST = 1000;

/**
 * Reads a cursor of the same query. `like`: a place of the form that is wanted,
 * with the largest numbers there may be. Throws `projections/cursor`.
 */
export function readCursor(query: string, cursor: string | undefined, like: Place): Place | undefined {
  if (cursor === undefined) return undefined;
  const [of, ...place] = cursor.length > LONGEST ? [] : parsed(cursor);
  if (of === query && place.length === like.length && place.every((part, index) => fits(part, like[index]))) return place as Place;
  throw new VprError('projections/cursor', 'the cursor is not one of this query', { help: ['begin without one'] });
}

function fits(part: unknown, like: string | number | undefined): boolean {
  if (typeof part === 'string') return typeof like === 'string' && !part.includes('\0');
  return typeof part === 'number' && typeof like === 'number' && Number.isSafeInteger(part) && Math.abs(part) <= like;
}

function parsed(cursor: string): unknown[] {
  try {
    const value: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    return Array.isArray(value) ? value : [];
  } catch {
    return [];
  }
}

/** Ids sort before this. */
const BEHIND_ALL = '~';

/**
 * The place behind something that may not be shown, without its ids: one more
 * is passed since `former`, or since its own time began. Such places are a time,
 * what sorts within it, and how many are passed behind that.
 *
 * @param former the place behind what stands before it
 * @param place its own
 */
export function passing(former: Place | undefined, place: Place): Place {
  if (former !== undefined && former[0] === place[0]) return [...former.slice(0, -1), passedBy(former) + 1];
  const [at = 0, ...rest] = place.slice(0, -1);
  return [at, ...rest.map((part) => (typeof part === 'string' ? BEHIND_ALL : INTEGER)), 1];
}

/** Where to go on, if that is bounded work. */
export function reachable(place: Place | undefined): { readonly more?: Place } {
  return place === undefined || passedBy(place) > PASSED ? {} : { more: place };
}

/** How many are passed behind a place. */
export function passedBy(place: Place | undefined): number {
  return Math.max(0, Number(place?.at(-1) ?? 0));
}

import { VprError } from '../../errors.js';

/** Where a page ended: what it was sorted by. */
export type Place = readonly (string | number)[];

/** A place as text that is handed out, and back. */
export function writeCursor(query: string, place: Place): string {
  return Buffer.from(JSON.stringify([query, ...place])).toString('base64url');
}

const LONGEST = 1000;

/** Reads a cursor of the same query. `like`: a place of the form that is wanted. Throws `projections/cursor`. */
export function readCursor(query: string, cursor: string | undefined, like: Place): Place | undefined {
  if (cursor === undefined) return undefined;
  const [of, ...place] = cursor.length > LONGEST ? [] : parsed(cursor);
  const fits =
    place.length === like.length &&
    place.every((part, index) => typeof part === typeof like[index] && (typeof part === 'string' || Number.isSafeInteger(part)));
  if (of === query && fits) return place as unknown as Place;
  throw new VprError('projections/cursor', 'the cursor is not one of this query', { help: ['begin without one'] });
}

function parsed(cursor: string): unknown[] {
  try {
    const value: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    return Array.isArray(value) ? value : [];
  } catch {
    return [];
  }
}

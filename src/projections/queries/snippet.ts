import { placesOfWords } from '../words.js';
import type { Terms } from './terms.js';

/** A part of a message around what was found. Patient content: for who asked alone. */
export interface Snippet {
  readonly text: string;
  /** Where in it found words stand: start and end. */
  readonly found: readonly (readonly [start: number, end: number])[];
  /** Whether the message goes on before and after it. */
  readonly before: boolean;
  readonly after: boolean;
}

/** Characters around the first word that was found. */
const BEFORE = 60;
const LENGTH = 200;
/** So far into a message words are looked for. */
const LOOKED_AT = 64 * 1024;

/** Cuts out where a message first has one of the words. */
export function snippetOf(body: string, terms: Terms): Snippet {
  const words = new Set(terms.flat());
  let start: number | undefined;
  const found: [number, number][] = [];
  for (const place of placesOfWords(body.slice(0, LOOKED_AT))) {
    if (start !== undefined && place.start >= start + LENGTH) break;
    if (!words.has(place.word)) continue;
    start ??= beginning(body, place.start);
    found.push([place.start - start, Math.min(place.end - start, LENGTH)]);
  }
  start ??= 0;
  const text = body.slice(start, start + LENGTH).replace(/[\ud800-\udbff]$/, '');
  return { text, found, before: start > 0, after: start + LENGTH < body.length };
}

/** Behind a blank, where one is near. */
function beginning(body: string, word: number): number {
  const least = Math.max(0, word - BEFORE);
  if (least === 0) return 0;
  const blank = body.slice(least, word).search(/\s/);
  if (blank >= 0) return least + blank + 1;
  return /[\udc00-\udfff]/.test(body.charAt(least)) ? least - 1 : least;
}

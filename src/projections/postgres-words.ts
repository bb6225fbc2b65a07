/** What PostgreSQL's index of words has of a message. */
import type { MessageRow } from './tables.js';
import { wordsOf } from './words.js';

/**
 * A message's words as a `tsvector`, and which follow one another. Where the
 * vector would be too large, words that first stand behind what fits are left out.
 */
export function fullTextOf({ body }: Pick<MessageRow, 'body'>): { readonly words: string; readonly pairs: number[] } {
  const inOrder = wordsOf(body);
  const places = new Map<string, number[]>();
  let unplaced = false;
  let bytes = 0;
  for (const [index, word] of inOrder.entries()) {
    const known = places.get(word);
    const place = index + 1;
    if (place >= LAST_PLACE || known?.length === MOST_PLACES) unplaced = true;
    if (known?.length === MOST_PLACES || (known !== undefined && place >= LAST_PLACE)) continue;
    bytes += known === undefined ? Buffer.byteLength(word) + WORD_BYTES : PLACE_BYTES;
    if (bytes > LONGEST_VECTOR) {
      unplaced = true;
      break;
    }
    if (known === undefined) places.set(word, [Math.min(place, LAST_PLACE)]);
    else known.push(place);
  }
  const words = [...places].map(([word, at]) => `'${word}':${at.join(',')}`);
  if (unplaced) return { words: [`'${UNPLACED}'`, ...words].join(' '), pairs: [UNKNOWN_PAIRS] };
  return { words: words.join(' '), pairs: [...new Set(pairsOf(inOrder))] };
}

/** A number for each two words that follow one another, the same for several such: an index of them, to be looked at more closely. */
export function pairsOf(words: readonly string[]): number[] {
  return words.slice(1).map((word, index) => pairOf(`${words[index]} ${word}`));
}

/** FNV-1a, folded to 22 bits: so many numbers that few messages are looked at in vain, so few that they are small. */
function pairOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return 1 + ((hash ^ (hash >>> 22)) & 0x3fffff);
}

/** What PostgreSQL keeps of where a word stands. */
const MOST_PLACES = 255;
const LAST_PLACE = 16_383;
/** Bytes of a vector, below PostgreSQL's 1 MiB; and what a word takes besides its own with its first place, and each further place. */
const LONGEST_VECTOR = 1_000_000;
const WORD_BYTES = 5;
const PLACE_BYTES = 2;

/**
 * What marks a vector that has not all places of all its words: a word that no
 * text has. Of such a message nothing tells whether words stand together in it.
 */
export const UNPLACED = '_';
/** The same of pairs; rows that are older than these have it too. */
export const UNKNOWN_PAIRS = 0;

import { VprError } from '../../errors.js';
import { wordsOf } from '../words.js';

/** What must all be in a message: words that follow one another. */
export type Terms = readonly (readonly string[])[];

const MOST_WORDS = 20;

/**
 * What a text asks for: each word, and in "double quotes" words that stand
 * together. Nothing else has a meaning. A word of several parts (`x-ray`) is
 * looked for as such. Throws `projections/words`.
 */
export function readTerms(text: string): Terms {
  const terms: string[][] = [];
  for (const [, phrase, word = ''] of text.matchAll(/"([^"]*)"?|([^\s"]+)/g)) {
    const words = wordsOf(phrase ?? word);
    if (words.length > 0) terms.push(words);
  }
  const count = terms.reduce((sum, { length }) => sum + length, 0);
  if (count === 0) throw new VprError('projections/words', 'there is no word to search for: letters or digits are wanted');
  if (count > MOST_WORDS) throw new VprError('projections/words', `at most ${MOST_WORDS} words can be searched for at once, not ${count}`);
  return terms;
}

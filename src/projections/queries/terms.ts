import { VprError } from '../../errors.js';
import { isCharacter, wordsOf } from '../words.js';

/** What must all be in a message: words that follow one another. */
export type Terms = readonly (readonly string[])[];

const MOST_WORDS = 20;
/** Words and characters, of which a sentence has more. */
const MOST_IN_ALL = 64;

/**
 * What a text asks for: each word, and in "double quotes" words that stand
 * together. Nothing else has a meaning. A word of several parts (`x-ray`) is
 * looked for as such; so are characters of scripts without blanks. Throws `projections/words`.
 */
export function readTerms(text: string): Terms {
  const terms: string[][] = [];
  for (const [, phrase, word = ''] of text.matchAll(/"([^"]*)"?|([^\s"]+)/g)) {
    const words = wordsOf(phrase ?? word);
    if (words.length > 0) terms.push(words);
  }
  const all = terms.flat();
  const count = all.filter((word) => !isCharacter(word)).length;
  if (all.length === 0) throw new VprError('projections/words', 'there is no word to search for: letters or digits are wanted');
  if (count > MOST_WORDS) throw new VprError('projections/words', `at most ${MOST_WORDS} words can be searched for at once, not ${count}`);
  if (all.length > MOST_IN_ALL)
    throw new VprError(
      'projections/words',
      `at most ${MOST_IN_ALL} characters that are words can be searched for at once, not ${all.length}`,
    );
  return terms;
}

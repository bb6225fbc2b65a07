/**
 * How text becomes the words that are searched for: the same for what is
 * stored, on both databases, and for what is asked. Case and accents don't
 * count, nor does what can't be seen; what is neither letter nor digit separates
 * words; in scripts that are written without blanks each character is a word.
 */

/** A longer word counts by its beginning, in characters. */
const LONGEST_WORD = 64;

const PLAIN = /^[\0-\x7f]*$/;
const PLAIN_WORD = /[a-z0-9]+/g;
const UNSPACED = '[\\p{sc=Han}\\p{sc=Hiragana}\\p{sc=Katakana}\\p{sc=Thai}\\p{sc=Lao}\\p{sc=Khmer}\\p{sc=Myanmar}]';
/** Accents, and what can't be seen, or only changes what stands beside it: a soft hyphen, a blank without width, a direction. */
const UNCOUNTED = '\\p{M}\\p{Cf}\\p{Default_Ignorable_Code_Point}';
const NOT_COUNTED = new RegExp(`[${UNCOUNTED}]`, 'gu');
const CHARACTER = new RegExp(`^${UNSPACED}$`, 'u');
const WORD = new RegExp(`${UNSPACED}|(?:(?!${UNSPACED})[\\p{L}\\p{N}])+`, 'gu');

/** The words of a text, in order, folded. */
export function wordsOf(text: string): string[] {
  const folded = fold(text);
  const plain = PLAIN.test(folded);
  const words = folded.match(plain ? PLAIN_WORD : WORD) ?? [];
  return words.map((word) => (word.length > LONGEST_WORD ? Array.from(word).slice(0, LONGEST_WORD).join('') : word));
}

/** Whether a word is a character of a script that is written without blanks. */
export function isCharacter(word: string): boolean {
  return CHARACTER.test(word);
}

/**
 * The words of a text for SQLite's `ascii` tokenizer. Of text that is ASCII
 * alone it makes them itself, and the same; only longer words would be others.
 */
export function asWords(text: string): string {
  if (PLAIN.test(text) && !hasLongWord(text)) return text;
  return wordsOf(text).join(' ');
}

/** Whether more letters and digits of ASCII stand together than a word counts by. Looks at few of a text's characters: every message is asked. */
function hasLongWord(text: string): boolean {
  for (let last = LONGEST_WORD; last < text.length; ) {
    let at = last;
    while (at >= last - LONGEST_WORD && isPlainWord(text.charCodeAt(at))) at -= 1;
    if (at < last - LONGEST_WORD) return true;
    last = at + LONGEST_WORD + 1;
  }
  return false;
}

function isPlainWord(code: number): boolean {
  return (code >= 0x61 && code <= 0x7a) || (code >= 0x30 && code <= 0x39) || (code >= 0x41 && code <= 0x5a);
}

/** A text without case, accents and what can't be seen. */
function fold(text: string): string {
  if (PLAIN.test(text)) return text.toLowerCase();
  return text
    .normalize('NFKD')
    .replace(NOT_COUNTED, '')
    .toLowerCase() // a capital ẞ has no other capital: as ß it is SS, and so it is ss
    .toUpperCase()
    .toLowerCase()
    .replaceAll('ς', 'σ')
    .normalize('NFKD')
    .replace(NOT_COUNTED, '');
}

/** Where the words of a text stand in it: for showing what was found. */
export function* placesOfWords(text: string): Generator<{ readonly word: string; readonly start: number; readonly end: number }> {
  for (const match of text.matchAll(PLAIN.test(text) ? PLAIN_SHOWN : SHOWN)) {
    const [word = ''] = wordsOf(match[0]);
    yield { word, start: match.index, end: match.index + match[0].length };
  }
}

/** As `WORD`, in a text that is not folded: accents, and what can't be seen, may stand beside letters. */
const PLAIN_SHOWN = /[A-Za-z0-9]+/g;
const SHOWN = new RegExp(`${UNSPACED}[${UNCOUNTED}]*|(?:(?!${UNSPACED})[\\p{L}\\p{N}${UNCOUNTED}])+`, 'gu');

/** What SQLite's index knows a record or an author by: a word of its own that no text has. */
export function idWord(kind: 'record' | 'author', id: string): string {
  return kind.slice(0, 1) + id.replaceAll(/[-.]/g, '').toLowerCase();
}

/**
 * Text as names are compared (RFC 5280 §7.1: the string preparation of
 * RFC 4518 §2 for caseIgnoreMatch): case and compatibility forms folded, what
 * is invisible left out, each run of blanks one blank, none at the ends.
 */

/** What RFC 4518 §2.2 maps to nothing: controls, format characters, variation selectors. */
const INVISIBLE = /(?![\t-\r\u0085])[\p{Cc}\p{Cf}\ufffc]|\u034f|[\u180b-\u180d]|[\ufe00-\ufe0f]/gu;
const BLANKS = /[\s\u0085\p{Z}]+/gu;

/** Two texts are the same to a name where this is the same. */
export function folded(text: string): string {
  // Again after NFKC, which makes letters of symbols: of a mathematical final sigma, a final sigma.
  const plain = withoutCase(withoutCase(text.replace(INVISIBLE, '')).normalize('NFKC')).normalize('NFKC');
  return plain.replace(BLANKS, ' ').replace(/^ | $/g, '');
}

function withoutCase(text: string): string {
  return text.toLowerCase().replaceAll('ß', 'ss').replaceAll('ς', 'σ');
}

/** ASCII letters in lower case, and nothing else changed: hosts of URIs, e-mail addresses and DNS names. */
export function lowerAscii(text: string): string {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

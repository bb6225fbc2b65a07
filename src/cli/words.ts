/** Words as a POSIX shell reads them back. */
import { shellQuote } from '../records/credentials.js';

/** A command line, ready to be pasted. */
export function commandLine(...words: readonly string[]): string {
  return words.map(shellQuote).join(' ');
}

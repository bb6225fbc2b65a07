/** Words for people and for shells. */
import { shellQuote } from '../records/credentials.js';

/** A command line, ready to be pasted. */
export function commandLine(...words: readonly string[]): string {
  return words.map(shellQuote).join(' ');
}

/** `1 commit`, `2 commits`. */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

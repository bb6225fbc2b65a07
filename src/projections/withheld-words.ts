/**
 * What is kept of a problem in a table that everybody reads who can read the projection: which
 * rule, where, and ids. What a record says is left out, whatever a message quotes of it.
 */
import { parseTimestampId } from '../format/identifiers.js';
import { STATUS_FILE } from '../format/layout.js';

const LEFT_OUT = '…';
/** Names that a record's layout gives; others are whatever somebody called a file. */
const NAMES: ReadonlySet<string> = new Set([...Object.values(STATUS_FILE), '.gitignore', 'communications', 'thread.md', 'ledger.yaml']);
/** From the first quotation mark to the last: what is quoted may hold some. */
const QUOTED = /"(?:[\s\S]*"|[\s\S]*$)/;
/** Keys of a document, which messages name without quotation marks. */
const KEYS: readonly RegExp[] = [
  /^[\s\S]*(?= is not a known key)/,
  /(?<=the key )[\s\S]*(?= stands more than once)/,
  /(?<=the key )[\s\S]*(?= has no colon)/,
];

/** A message without what it quotes. */
export function withoutWords(message: string): string {
  return KEYS.reduce((text, key) => text.replace(key, LEFT_OUT), message).replace(QUOTED, `"${LEFT_OUT}"`);
}

/** Ids of threads, also where a text was cut within one. */
const THREADS = /\d{8}T\d{6}\.\d{3}Z-[0-9a-f-]*/g;

/**
 * A text without ids of threads. One tells nothing of what a thread says, but that it is there; and whether main restricts it is
 * not known where a record does not go on.
 */
export function withoutThreads(text: string): string {
  return text.replace(THREADS, LEFT_OUT);
}

/** A path without names that are nobody's but the record's. */
export function withoutNames(path: string): string {
  const known = (name: string): boolean => NAMES.has(name) || (name.length <= 64 && parseTimestampId(name) !== undefined);
  return path
    .split('/')
    .map((name) => (known(name) ? name : LEFT_OUT))
    .join('/');
}

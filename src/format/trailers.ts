/** Trailers of commit messages: which keys are known, what they hold, how they are ordered (FORMAT.md §6). */
import type { Fault } from './fault.js';
import { parseUuid } from './identifiers.js';
import { nearest } from './nearest.js';
import { isTrimmedLine, printable } from './text.js';

/** One trailer line. */
export interface Trailer {
  readonly key: string;
  readonly value: string;
}

interface KnownTrailer {
  readonly key: string;
  readonly required?: true;
  readonly once?: true;
  /** What its value must be; undefined where it is. Never quotes the value: it may name somebody. */
  readonly check?: (value: string) => string | undefined;
}

const REGISTRATION = /^[A-Za-z0-9.-]+ [^\s/]+$/;
const COMMIT = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;

/** In the order they are written in. */
const KNOWN: readonly KnownTrailer[] = [
  { key: 'Author-Name', required: true, once: true },
  { key: 'Author-Role', required: true, once: true },
  {
    key: 'Author-Registration',
    check: (value) => (REGISTRATION.test(value) ? undefined : 'is not "<authority> <number>", such as GMC 1234567'),
  },
  { key: 'Care-Location', required: true, once: true },
  {
    key: 'On-Behalf-Of',
    once: true,
    check: (value) => (parseUuid(value) === undefined ? "is not a participant's id, a UUID in lowercase" : undefined),
  },
  { key: 'Supersedes', once: true },
  { key: 'Reason', once: true },
  { key: 'Taken-Over', once: true, check: (value) => (COMMIT.test(value) ? undefined : "is not a commit's full id") },
  { key: 'Co-authored-by' },
  { key: 'Signed-off-by' },
];
const BY_KEY: ReadonlyMap<string, KnownTrailer> = new Map(KNOWN.map((known) => [known.key.toLowerCase(), known]));

const TRAILER = /^([A-Za-z][A-Za-z0-9-]*): (.*)$/s;
const MAX_KEY = 40;

/** Reads one line as a trailer; undefined where it is none, whatever its key. */
export function readTrailer(line: string): Trailer | undefined {
  const match = TRAILER.exec(line);
  return match === null ? undefined : { key: match[1] ?? '', value: match[2] ?? '' };
}

/** What is wrong with trailers one by one: spelling of known keys, values, keys that may stand once. */
export function trailerFaults(trailers: readonly (Trailer & { readonly line: number })[]): Fault[] {
  const faults: Fault[] = [];
  const seen = new Set<string>();
  for (const { key, value, line } of trailers) {
    const known = BY_KEY.get(key.toLowerCase());
    const name = printable(key, MAX_KEY);
    if (known !== undefined && known.key !== key) faults.push({ message: `the trailer ${name} is spelt ${known.key}`, line });
    if (known?.once === true && seen.has(known.key)) faults.push({ message: `the trailer ${known.key} stands more than once`, line });
    const wrong = isTrimmedLine(value) ? known?.check?.(value) : 'is empty, or begins or ends with a blank';
    if (wrong !== undefined) faults.push({ message: `the trailer ${name}: its value ${wrong}`, line });
    if (known !== undefined) seen.add(known.key);
  }
  return faults;
}

/** The required keys that no trailer has. */
export function missingTrailers(trailers: readonly Trailer[]): string[] {
  const present = new Set(trailers.map(({ key }) => key.toLowerCase()));
  return KNOWN.filter(({ key, required }) => required === true && !present.has(key.toLowerCase())).map(({ key }) => key);
}

/** `(Autor-Name may be meant)`: a key that is not known, but much like one that is missing. */
export function meantTrailer(missing: readonly string[], trailers: readonly Trailer[]): string | undefined {
  return trailers.map(({ key }) => key).find((key) => !BY_KEY.has(key.toLowerCase()) && nearest(key, missing) !== undefined);
}

/** Command-line arguments that add trailers; what stands for values is the reader's to fill in. */
export function trailerArguments(keys: readonly string[]): string {
  return keys.map((key) => ` --trailer "${key}: …"`).join('');
}

/** Trailers in the order FORMAT.md §6 writes them in: known ones, registrations sorted, others sorted by key. */
export function inWrittenOrder<T extends Trailer>(trailers: readonly T[]): T[] {
  const place = ({ key }: Trailer) => {
    const known = BY_KEY.get(key.toLowerCase());
    return known === undefined ? KNOWN.length : KNOWN.indexOf(known);
  };
  return [...trailers].sort((a, b) => {
    if (place(a) !== place(b)) return place(a) - place(b);
    if (place(a) === KNOWN.length) return compare(a.key.toLowerCase(), b.key.toLowerCase());
    return a.key.toLowerCase() === 'author-registration' ? compare(a.value, b.value) : 0;
  });
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

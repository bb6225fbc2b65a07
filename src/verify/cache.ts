/**
 * What earlier runs have verified, so that a later one costs only the new
 * commits. Kept in the user's own cache directory, one small file a record and
 * measure; it can be thrown away at any time.
 *
 * Each file carries a code over its content, made with a key of the user's own
 * that lies elsewhere: a file that was cut off, changed, or brought along from
 * another machine or account is no cache. Whoever can read that key can also
 * change the program; it protects from no one else.
 */
import { createHmac, hash, randomBytes, timingSafeEqual } from 'node:crypto';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import type { RecordKind, Uuid } from '../format/identifiers.js';
import type { ObjectId } from '../format/push.js';
import { readIfThere, writeAtomic, writeNew } from '../records/files.js';
import { MOST_MARKS } from './tally.js';
import type { HistoryReport, Only, SignerSummary } from './types.js';

/** All that a verdict depends on besides the history itself, and the journal's part about it. */
export interface CacheKey {
  readonly program: string;
  readonly node: string;
  readonly format: number;
  readonly policy: string;
  readonly trust: string;
  readonly record: { readonly kind: RecordKind; readonly id: Uuid };
  readonly only: Only;
  readonly journal: boolean;
  readonly at: string | null;
}

/** What was verified: a whole history up to a commit, all of it good and without any warning. */
export interface Cached {
  readonly tip: ObjectId;
  readonly first: ObjectId;
  readonly commits: number;
  /** When: RFC 3339. */
  readonly on: string;
  /** From when on a certificate or list on a path has ended: RFC 3339. */
  readonly expires?: string;
  /** What of the journal it went by. */
  readonly journal: { readonly bytes: number; readonly digest: string };
  /** Commits that were asked for, and are in it. */
  readonly met: readonly ObjectId[];
  readonly signers: readonly SignerSummary[];
  readonly marks: HistoryReport['marks'];
  readonly counts: HistoryReport['counts'];
}

export interface CacheStore {
  /** What is known under a key at a time; undefined where there is nothing, or nothing that can be relied upon. */
  read(key: CacheKey, at: Date): Cached | undefined;
  write(key: CacheKey, history: HistoryReport, what: Pick<Cached, 'tip' | 'on' | 'met' | 'journal'>): void;
}

const FORMAT = 'vpr-verified/1';
const KEY_BYTES = 32;
/** Commits that were asked for and are remembered. */
const MOST_MET = 100;

/** Whether a report may be relied upon later: nothing in it is left to say. */
export function cacheable({ verdict, counts, moreSigners, marks, first, whole }: HistoryReport): boolean {
  return (
    whole &&
    first !== undefined &&
    verdict.problems.length === 0 &&
    counts.withProblems === 0 &&
    counts.revocationUnknown === 0 &&
    marks.length < MOST_MARKS &&
    moreSigners === 0
  );
}

/** The cache of the account that runs this (XDG Base Directory Specification). */
export function userCache(environment: Readonly<Record<string, string | undefined>> = process.env): CacheStore {
  const directory = join(base(environment['XDG_CACHE_HOME'], '.cache'), 'vpr', 'verified');
  const secretFile = join(base(environment['XDG_STATE_HOME'], '.local/state'), 'vpr', 'cache.key');
  const place = (key: CacheKey) => join(directory, `${hash('sha256', JSON.stringify(key), 'hex')}.json`);
  return {
    read(key, at) {
      const secret = quietly(() => readSecret(secretFile));
      const bytes = quietly(() => readIfThere(place(key)));
      if (secret === undefined || bytes === undefined) return undefined;
      const cached = open(bytes.toString('utf8'), key, secret);
      return cached !== undefined && (cached.expires === undefined || at < new Date(cached.expires)) ? cached : undefined;
    },
    write(key, { verdict, first, signers, marks, counts, expires }, { tip, on, met, journal }) {
      const content: Cached = {
        tip,
        first: first ?? tip,
        commits: verdict.commits.judged,
        on,
        ...(expires === undefined ? {} : { expires: expires.toISOString() }),
        journal,
        met: [...new Set(met)].slice(0, MOST_MET),
        signers,
        marks,
        counts,
      };
      // What can't be kept is verified again: nothing is lost but time.
      quietly(() => writeAtomic(place(key), seal(content, key, readSecret(secretFile) ?? makeSecret(secretFile)), 0o600));
    },
  };
}

function seal(content: Cached, key: CacheKey, secret: Buffer): string {
  const text = JSON.stringify({ format: FORMAT, key, content });
  return `${codeOf(text, secret).toString('hex')}\n${text}\n`;
}

function open(file: string, key: CacheKey, secret: Buffer): Cached | undefined {
  const [code = '', text = '', ...rest] = file.split('\n');
  if (rest.join('') !== '' || !/^[0-9a-f]{64}$/.test(code)) return undefined;
  if (!timingSafeEqual(Buffer.from(code, 'hex'), codeOf(text, secret))) return undefined;
  const value = JSON.parse(text) as { format: string; key: CacheKey; content: Cached };
  return value.format === FORMAT && JSON.stringify(value.key) === JSON.stringify(key) ? value.content : undefined;
}

function codeOf(text: string, secret: Buffer): Buffer {
  return createHmac('sha256', secret).update(text).digest();
}

function readSecret(path: string): Buffer | undefined {
  const secret = readIfThere(path);
  return secret?.length === KEY_BYTES ? secret : undefined;
}

function makeSecret(path: string): Buffer {
  const secret = randomBytes(KEY_BYTES);
  writeNew(path, secret, 0o600);
  return secret;
}

/** Relative paths in these variables are to be ignored, by the specification. */
function base(given: string | undefined, otherwise: string): string {
  return given !== undefined && isAbsolute(given) ? given : join(homedir(), otherwise);
}

function quietly<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}

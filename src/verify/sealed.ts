/**
 * What was found out before, in the cache directory of the account that runs
 * this (XDG Base Directory Specification). It can be thrown away at any time.
 *
 * Each file carries a code over its content, made with a key of the user's own
 * that lies elsewhere: a file that was cut off, changed, or brought along from
 * another machine or account is no cache. Whoever can read that key can also
 * change the program; it protects from no one else.
 */
import { createHmac, hash, randomBytes, timingSafeEqual } from 'node:crypto';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { readIfThere, writeAtomic, writeNew } from '../records/files.js';

/** Variables of a process. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Files of one kind, by what their content depends on. */
export interface SealedFiles<K, T> {
  /** Undefined where there is none, or none that can be relied upon. */
  read(key: K): T | undefined;
  /** What can't be kept is found out again: nothing is lost but time. */
  write(key: K, content: T): void;
}

const KEY_BYTES = 32;

/** @param format of the content; a file of another is none. @param folder below `vpr` in the cache directory */
export function sealedFiles<K, T>(format: string, folder: string, environment: Environment = process.env): SealedFiles<K, T> {
  const directory = join(base(environment['XDG_CACHE_HOME'], '.cache'), 'vpr', folder);
  const secretFile = join(base(environment['XDG_STATE_HOME'], '.local/state'), 'vpr', 'cache.key');
  const place = (key: K) => join(directory, `${hash('sha256', JSON.stringify(key), 'hex')}.json`);
  return {
    read(key) {
      const secret = quietly(() => readSecret(secretFile));
      const bytes = quietly(() => readIfThere(place(key)));
      return secret === undefined || bytes === undefined ? undefined : quietly(() => open<T>(bytes.toString('utf8'), format, key, secret));
    },
    write(key, content) {
      quietly(() => writeAtomic(place(key), seal(content, format, key, readSecret(secretFile) ?? makeSecret(secretFile)), 0o600));
    },
  };
}

function seal(content: unknown, format: string, key: unknown, secret: Buffer): string {
  const text = JSON.stringify({ format, key, content });
  return `${codeOf(text, secret).toString('hex')}\n${text}\n`;
}

function open<T>(file: string, format: string, key: unknown, secret: Buffer): T | undefined {
  const [code = '', text = '', ...rest] = file.split('\n');
  if (rest.join('') !== '' || !/^[0-9a-f]{64}$/.test(code)) return undefined;
  if (!timingSafeEqual(Buffer.from(code, 'hex'), codeOf(text, secret))) return undefined;
  const value = JSON.parse(text) as { format: string; key: unknown; content: T };
  return value.format === format && JSON.stringify(value.key) === JSON.stringify(key) ? value.content : undefined;
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

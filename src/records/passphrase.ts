/** Passphrases of private keys: asked for, or read from a file; never an argument, never in the environment. */
import { Buffer } from 'node:buffer';
import { spawnSync } from 'node:child_process';
import type { KeyObject } from 'node:crypto';
import { VprError } from '../errors.js';
import { shellWord } from '../format/shell.js';
import { printable } from '../format/text.js';
import { readFile } from './files.js';
import { isLocked, readKey } from './locked-key.js';
import { askHidden } from './terminal.js';

/** Where a passphrase comes from: known already, or a file's first line; otherwise a person. */
export interface PassphraseFrom {
  readonly known?: Uint8Array;
  readonly file?: string;
  /** The flag by which a command takes that file, where it does. */
  readonly flag?: string;
}

const TRIES = 3;
/** In characters; a new passphrase has at least as many. */
const SHORTEST = 8;
/** How long a window of an askpass program may stay open. */
const ASKPASS_MS = 5 * 60 * 1000;

/**
 * Reads a private key's file, and asks for its passphrase where it has one, up
 * to three times. Throws `key/…`, `passphrase/…`, `file/…`.
 */
export function loadKey(path: string, from: PassphraseFrom = {}, what = 'the private key'): KeyObject {
  const pem = readFile(path, what);
  for (const attempt of attempts(isLocked(pem) ? path : undefined, from)) {
    const key = readKey(pem, path, attempt);
    if (key !== undefined) return key;
  }
  throw new VprError('passphrase/wrong', `that is not the passphrase of the key in ${path}`, {
    help: [
      'try again; a passphrase that is lost cannot be found again: then get a new key and certificate',
      `where you are sure of it, its encryption may be one that is not read here: openssl pkcs8 -topk8 -scrypt -in ${shellWord(path)} -out new.key`,
    ],
  });
}

/** Passphrases to try, one after the other; one absent one for a key without. */
function* attempts(path: string | undefined, from: PassphraseFrom): Generator<Uint8Array | undefined> {
  if (path === undefined) yield undefined;
  else if (from.known !== undefined) yield from.known;
  else if (from.file !== undefined) yield fromFile(from.file);
  else
    for (let i = 0; i < TRIES; i += 1) yield ask(`${i === 0 ? '' : 'Not that one. '}Passphrase for ${printable(path, 500)}: `, from, path);
}

/** A passphrase for a new key, typed twice or from a file. Throws `passphrase/…`. */
export function newPassphrase(what: string, from: PassphraseFrom = {}): Buffer {
  if (from.file !== undefined) return checked(fromFile(from.file));
  const first = checked(ask(`New passphrase for ${what}: `, from));
  if (first.equals(ask(`The same again, for ${what}: `, from))) return first;
  throw new VprError('passphrase/differs', 'the two passphrases are not the same', { help: ['run the command again'] });
}

function checked(passphrase: Buffer): Buffer {
  if ([...passphrase.toString('utf8')].length >= SHORTEST) return passphrase;
  throw new VprError('passphrase/short', `the passphrase has fewer than ${SHORTEST} characters`, {
    help: ['several words, as "correct horse battery", are easier to keep in mind than signs'],
  });
}

/** The first line of a file. */
function fromFile(path: string): Buffer {
  const bytes = readFile(path, 'the passphrase');
  const end = bytes.indexOf('\n');
  const line = end < 0 ? bytes : bytes.subarray(0, end);
  return line.at(-1) === 0x0d ? line.subarray(0, -1) : line;
}

/** Asks at the terminal, or by the program that git or ssh would ask by. */
function ask(prompt: string, { flag }: PassphraseFrom, path?: string): Buffer {
  const answer = askHidden(prompt) ?? askByProgram(prompt);
  if (answer !== undefined) return answer;
  throw new VprError(
    'passphrase/nobody-to-ask',
    `${path === undefined ? 'a passphrase is needed' : `the key in ${path} is protected by a passphrase`}, and there is no terminal to ask for it`,
    {
      help: [
        'run it in a terminal, or set GIT_ASKPASS or SSH_ASKPASS to a program that asks',
        flag === undefined
          ? 'for work that nobody attends: a key without a passphrase, in a file for that account alone (chmod 600)'
          : `for work that nobody attends: ${flag} FILE, a file for that account alone (chmod 600)`,
      ],
    },
  );
}

function askByProgram(prompt: string): Buffer | undefined {
  const program = process.env['GIT_ASKPASS'] || process.env['SSH_ASKPASS'];
  if (program === undefined || program === '') return undefined;
  const { status, stdout, error } = spawnSync(program, [prompt], { stdio: ['ignore', 'pipe', 'inherit'], timeout: ASKPASS_MS });
  if (error !== undefined || status !== 0) {
    throw new VprError('passphrase/askpass', `${program} gave no passphrase${error === undefined ? '' : `: ${error.message}`}`, {
      cause: error,
      help: ['set GIT_ASKPASS or SSH_ASKPASS to a program that asks for one, or run git in a terminal'],
    });
  }
  // The first line alone, as git takes it from the same program.
  return Buffer.from(stdout.toString('latin1').replace(/[\r\n].*$/s, ''), 'latin1');
}

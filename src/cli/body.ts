/** The text of a message, from a flag, a file or standard input. */
import { readFileSync } from 'node:fs';
import { VprError } from '../errors.js';
import { bodyFault, normaliseBody } from '../format/index.js';
import { readFile } from '../records/files.js';

/**
 * Reads a message as the flags say; without either, from standard input unless
 * that is a terminal and `optional` is not set. Throws `message/…` where there
 * is none, or none that a record takes.
 */
export function readBody(
  flags: { readonly message?: string | undefined; readonly file?: string | undefined },
  optional: boolean,
): string | undefined {
  const text = flags.message ?? fromFile(flags.file, optional);
  if (text === undefined) return undefined;
  // A file's last newline ends its last line; it is no empty line of the message.
  const body = normaliseBody(flags.message === undefined ? text.replace(/\r?\n$/, '') : text);
  const fault = bodyFault(body);
  if (fault !== undefined) throw new VprError('message/unfit', fault.message);
  return body;
}

function fromFile(file: string | undefined, optional: boolean): string | undefined {
  if (file !== undefined && file !== '-') return decode(readFile(file, '--file'), file);
  if (file === '-') return decode(readFileSync(0), 'standard input');
  if (optional) return undefined;
  if (!process.stdin.isTTY) return decode(readFileSync(0), 'standard input');
  throw new VprError('message/none', 'there is no message', { help: ['give one: --message "Seen today."', 'or a file: --file FILE'] });
}

function decode(bytes: Uint8Array, from: string): string {
  try {
    // Editors put a byte order mark in front; it is no part of what was written.
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new VprError('message/encoding', `${from} is not UTF-8`, { cause, help: ['save it in UTF-8'] });
  }
}

import { Buffer, isUtf8 } from 'node:buffer';
import { type Read, read, unread } from './fault.js';
import { describeCharacter, forbiddenCharacter, isTrimmedLine } from './text.js';

/** Who, and when: the value of a commit's `author` or `committer`. */
export interface Ident {
  readonly name: string;
  /** May be empty. */
  readonly email: string;
  /** Seconds since 1970-01-01T00:00:00Z. */
  readonly time: number;
  /** Offset from UTC as written, `+0100`. */
  readonly zone: string;
}

/** Years beyond 9999 are nobody's. */
const MAX_TIME = 253_402_300_799;
const IDENT = /^([^<>]*) <([^<>]*)> (\S*) (\S*)$/;
/** ASCII without control characters, as nearly every one is. */
const PLAIN = /^[\x20-\x7e]*$/;
const TIME = /^(?:0|[1-9][0-9]{0,11})$/;
const ZONE = /^[+-](?:0[0-9]|1[0-4])[0-5][0-9]$/;

/**
 * Reads `name <e-mail> seconds zone`, given as latin1 (one character a byte),
 * as Git writes it and no other way. Faults quote nothing.
 */
export function readIdent(latin1: string): Read<Ident> {
  if (PLAIN.test(latin1)) return fromText(latin1);
  const bytes = Buffer.from(latin1, 'latin1');
  if (!isUtf8(bytes)) return unread({ message: 'is not UTF-8' });
  const text = bytes.toString('utf8');
  const forbidden = forbiddenCharacter(text);
  if (forbidden !== undefined) return unread({ message: `holds ${describeCharacter(forbidden.codePoint)}` });
  return fromText(text);
}

function fromText(text: string): Read<Ident> {
  const match = IDENT.exec(text);
  if (match === null) return unread({ message: 'is not "name <e-mail> seconds zone"' });
  const [, name = '', email = '', seconds = '', zone = ''] = match;
  if (name === '') return unread({ message: 'has no name' });
  if (!isTrimmedLine(name) || (email !== '' && !isTrimmedLine(email))) {
    return unread({ message: 'has a name or an e-mail that begins or ends with a blank' });
  }
  if (!TIME.test(seconds) || Number(seconds) > MAX_TIME) return unread({ message: 'has a time that is no count of seconds since 1970' });
  if (!ZONE.test(zone)) return unread({ message: 'has a time zone that is not of the form +0100' });
  return read({ name, email, time: Number(seconds), zone });
}

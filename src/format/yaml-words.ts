import type { ErrorCode } from 'yaml';
import type { Fault } from './fault.js';

/**
 * What the parser's error codes mean, in words that hold nothing of the text:
 * its own messages quote it.
 */
const WORDS: Readonly<Record<string, string>> = {
  BAD_DQ_ESCAPE: 'a double-quoted value has a backslash escape that YAML does not know',
  BAD_INDENT: 'the indentation does not fit what stands around it',
  BAD_SCALAR_START: 'a value begins with a character that must be quoted',
  BLOCK_AS_IMPLICIT_KEY: 'a key is followed by two values on one line: quote a value that holds ": "',
  BLOCK_IN_FLOW: 'inside [ ] or { } stands a value in block form',
  KEY_OVER_1024_CHARS: 'a key is longer than 1024 characters',
  MISSING_CHAR: 'a colon, comma, quote, bracket or blank is missing',
  MULTILINE_IMPLICIT_KEY: 'a key spans several lines, or its colon is missing',
  MULTIPLE_DOCS: 'the file holds more than one document',
  TAB_AS_INDENT: 'a TAB is used for indentation, where YAML wants spaces',
  UNEXPECTED_TOKEN: 'something stands where YAML does not allow it',
};

/** The parser's complaint as a fault of ours. */
export function syntaxFault(code: ErrorCode, line: number): Fault {
  return { message: `not YAML: ${WORDS[code] ?? 'it does not parse'}`, line };
}

import { parseTimestampId, parseUuid } from './identifiers.js';
import { parseInstant } from './instant.js';
import { describeCharacter, forbiddenCharacter, isTrimmedLine } from './text.js';

/**
 * What is wrong with a text of some format; undefined where it is right.
 * `expected` says in words what the schema wants.
 */
export type TextFormat = (text: string, expected: string) => string | undefined;

/**
 * The checks that `format` names in `schemas/`: what a pattern can't say, such
 * as whether a day exists. Results begin with a verb and never quote the text.
 */
export const TEXT_FORMATS: Readonly<Record<string, TextFormat>> = {
  'vpr-uuid': readBy(parseUuid),
  'vpr-timestamp-id': readBy(parseTimestampId),
  'vpr-instant': readBy(parseInstant),
  'vpr-line': line,
};

function readBy(parse: (text: string) => unknown): TextFormat {
  return (text, expected) => (parse(text) === undefined ? `is not ${expected}` : undefined);
}

function line(text: string): string | undefined {
  if (text === '') return 'is empty';
  const forbidden = forbiddenCharacter(text);
  if (forbidden !== undefined) return `holds ${describeCharacter(forbidden.codePoint)}`;
  if (text.includes('\n')) return 'is more than one line';
  return isTrimmedLine(text) ? undefined : 'begins or ends with a blank';
}

import type { Fault } from './fault.js';
import { parseUuid } from './identifiers.js';
import { parseInstant } from './instant.js';
import { isTrimmedLine } from './text.js';
import { type Message, type NewMessage, parseRole, ROLES } from './thread-message.js';
import { decode, expectBlank, faultAt, isBlankLine, lineEnd, nextLine, type Place, type Source } from './thread-source.js';

/** What a line of metadata fills: a message's properties, and layout 1's type, which may be `correction`. */
type Property = Exclude<keyof NewMessage, 'body'> | 'type';

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** A line of metadata: `**<key>:** <value>`. */
export interface Field {
  readonly property: Property;
  /** How the line begins as it is written (`**ID:** `), then with older names that are read. */
  readonly prefixes: readonly string[];
  /** Whether the value stands between backticks. */
  readonly quoted?: boolean;
  readonly optional?: boolean;
}

/** The lines of metadata of a layout, in their order. */
export interface Form {
  readonly fields: readonly Field[];
  /** Whether a line may end in spaces, which do not count. */
  readonly trailingSpaces: boolean;
}

/** The values of a block of metadata; those that were missing or faulty are absent. */
export interface Metadata {
  readonly values: Partial<Record<Property, string>>;
  /** Where the body begins: after the blank line. */
  readonly body: Place;
}

const VALUES: Record<Property, { parse(text: string): string | undefined; expected: string }> = {
  id: { parse: parseUuid, expected: 'a UUID' },
  authorId: { parse: parseUuid, expected: 'a UUID' },
  corrects: { parse: parseUuid, expected: 'the UUID of an earlier message' },
  timestamp: {
    parse: (text) => (parseInstant(text) === undefined ? undefined : text),
    expected: 'an RFC 3339 time, such as 2026-01-11T14:36:15.234Z',
  },
  authorName: { parse: (text) => (isTrimmedLine(text) ? text : undefined), expected: 'one trimmed line, not empty' },
  role: { parse: parseRole, expected: `one of ${ROLES.join(', ')}` },
  type: {
    parse: (text) => (text === 'correction' ? text : parseRole(text)),
    expected: `one of ${ROLES.join(', ')}, correction`,
  },
};

/**
 * Reads a block of metadata, and the one blank line after it: every field of
 * the form once, in the form's order. After a line that is not what it should
 * be the rest of the block is skipped.
 */
export function readMetadata(source: Source, first: Place, form: Form, faults: Fault[]): Metadata {
  const { text } = source;
  const values: Metadata['values'] = {};
  let place = first;
  for (const field of form.fields) {
    const prefix = prefixAt(text, place.at, field);
    if (prefix !== undefined) {
      const end = lineEnd(text, place.at);
      const value = readValue(source, place.at + prefix.length, end, field, form);
      if (value === undefined) faults.push(faultAt(text, place, `${prefix}has to be followed by ${expectedOf(field)}`));
      else values[field.property] = value;
      place = { at: Math.min(end + 1, text.length), line: place.line + 1 };
    } else if (field.optional !== true) {
      faults.push(faultAt(text, place, `expected ${field.prefixes[0]}here, found ${found(text, place, form)}`));
      return { values, body: skipBlock(text, place) };
    }
  }
  if (isMetadata(text, place.at)) {
    faults.push(faultAt(text, place, `expected the end of the metadata, a blank line, found ${found(text, place, form)}`));
    return { values, body: skipBlock(text, place) };
  }
  return { values, body: expectBlank(text, place, 'after the metadata', faults) };
}

/** A message of a block's values, where none that must be there is missing. */
export function makeMessage(values: Metadata['values'], body: string, first: Place, end: number): Message | undefined {
  const { id, authorId, authorName, timestamp, corrects } = values;
  if (id === undefined || authorId === undefined || authorName === undefined || timestamp === undefined) return undefined;
  const message: Writable<Message> = { id, authorId, authorName, timestamp, body, start: first.at, end, line: first.line };
  const role = parseRole(values.role ?? values.type ?? '');
  if (role !== undefined) message.role = role;
  if (corrects !== undefined) message.corrects = corrects;
  return message;
}

function prefixAt(text: string, at: number, field: Field): string | undefined {
  for (const prefix of field.prefixes) if (text.startsWith(prefix, at)) return prefix;
  return undefined;
}

function readValue(source: Source, from: number, lineEnd: number, field: Field, form: Form): string | undefined {
  const { text } = source;
  let start = from;
  let end = lineEnd;
  if (form.trailingSpaces) while (end > start && text.charCodeAt(end - 1) === 0x20) end -= 1;
  if (field.quoted === true) {
    if (end - start < 2 || text[start] !== '`' || text[end - 1] !== '`') return undefined;
    start += 1;
    end -= 1;
  }
  // Only names may hold what is not ASCII: anything else need not be decoded to be refused.
  const value = field.property === 'authorName' ? decode(source, start, end) : text.slice(start, end);
  return VALUES[field.property].parse(value);
}

function expectedOf(field: Field): string {
  const { expected } = VALUES[field.property];
  return field.quoted === true ? `${expected} between backticks` : expected;
}

/** What stands in a line instead of what was expected; only keys that are the format's own are named. */
function found(text: string, place: Place, form: Form): string {
  if (place.at >= text.length) return 'the end of the file';
  if (isBlankLine(text, place.at, lineEnd(text, place.at))) return 'a blank line';
  const keys = form.fields.flatMap((field) => field.prefixes).map((prefix) => prefix.trimEnd());
  const known = keys.find((key) => text.startsWith(key, place.at));
  if (known !== undefined) return `${known}, out of order, repeated or without a value`;
  return isMetadata(text, place.at) ? 'metadata that is not known' : 'text';
}

function isMetadata(text: string, at: number): boolean {
  return /^\*\*[^*\n]{1,60}:\*\*/.test(text.slice(at, at + 66));
}

/** The place after the blank line that follows, so that a faulty block costs one fault. */
function skipBlock(text: string, from: Place): Place {
  let place = from;
  while (place.at < text.length && !isBlankLine(text, place.at, lineEnd(text, place.at))) place = nextLine(text, place);
  return place.at < text.length ? nextLine(text, place) : place;
}

import type { Fault } from './fault.js';
import { parseUuid } from './identifiers.js';
import { isBlank } from './text.js';
import { type Message, type NewMessage, normaliseBody } from './thread-message.js';
import { type Form, makeMessage, readMetadata } from './thread-metadata.js';
import {
  type BodyEnd,
  decode,
  expectBlank,
  faultAt,
  isBlankLine,
  lineEnd,
  MAX_FAULTS,
  mapBackslashLines,
  nextLine,
  type Place,
  type Source,
  skipBackslashes,
  skipBlanks,
} from './thread-source.js';

/** The first line of a thread of layout 1. */
export const TITLE_1 = '# Messages';
const HEADER = '## Message';
const RULE = '---';

const FORM: Form = {
  fields: [
    { property: 'id', prefixes: ['**ID:** '], quoted: true },
    { property: 'type', prefixes: ['**Type:** '] },
    { property: 'timestamp', prefixes: ['**Timestamp:** '] },
    { property: 'authorId', prefixes: ['**Author ID:** '], quoted: true },
    { property: 'authorName', prefixes: ['**Author:** '] },
    { property: 'corrects', prefixes: ['**Corrects:** '], quoted: true, optional: true },
  ],
  trailingSpaces: true,
};

/** Reads what follows the title (FORMAT.md §3, layout 1). Faults are added to the list; the messages count only where there is none. */
export function readLayout1(source: Source, faults: Fault[]): Message[] {
  const { text } = source;
  const messages: Message[] = [];
  const second = nextLine(text, { at: 0, line: 1 });
  if (second.at === text.length) {
    if (!text.endsWith('\n')) faults.push(noNewline(1));
    return messages;
  }
  const first = expectBlank(text, second, `after \`${TITLE_1}\``, faults);
  if (!isReserved(text, first.at, lineEnd(text, first.at)) || text[first.at] !== '#') {
    faults.push(faultAt(text, first, `expected \`${HEADER}\` here`));
    return messages;
  }
  readMessages(source, first, messages, faults);
  return messages;
}

/**
 * Reads what follows the last line of a thread that has messages: a blank
 * line, `---`, a blank line, and whole messages. Undefined where it begins
 * otherwise: it may then belong to the last message's body.
 */
export function readAppended1(source: Source, faults: Fault[]): Message[] | undefined {
  const { text } = source;
  if (!isBlankLine(text, 0, lineEnd(text, 0))) return undefined;
  const rule = nextLine(text, { at: 0, line: 1 });
  const reserved = text[rule.at] === '-' && isReserved(text, rule.at, lineEnd(text, rule.at));
  const header = reserved ? headerAfter(text, rule) : undefined;
  if (header === undefined) return undefined;
  const messages: Message[] = [];
  readMessages(source, header, messages, faults);
  return messages;
}

function readMessages(source: Source, first: Place, messages: Message[], faults: Fault[]): void {
  for (let place: Place | undefined = first; place !== undefined && faults.length < MAX_FAULTS; ) {
    place = readMessage(source, place, messages, faults);
  }
}

/** A message as it stands in the file, from its header to the newline of its last line; `follows` says if another precedes it. */
export function renderLayout1(message: NewMessage, follows: boolean): string {
  const { corrects } = message;
  const lines = [
    `**ID:** \`${parseUuid(message.id)}\``,
    `**Type:** ${corrects === undefined ? message.role : 'correction'}`,
    `**Timestamp:** ${message.timestamp}`,
    `**Author ID:** \`${parseUuid(message.authorId)}\``,
    `**Author:** ${message.authorName}`,
    ...(corrects === undefined ? [] : [`**Corrects:** \`${parseUuid(corrects)}\``]),
  ];
  const body = normaliseBody(message.body).split('\n').map(escapeLine).join('\n');
  return `${follows ? `\n${RULE}\n` : ''}\n${HEADER}\n\n${lines.join('  \n')}\n\n${body}\n`;
}

function readMessage(source: Source, header: Place, messages: Message[], faults: Fault[]): Place | undefined {
  const { text } = source;
  const before = faults.length;
  const first = expectBlank(text, nextLine(text, header), `after \`${HEADER}\``, faults);
  const { values, body } = readMetadata(source, first, FORM, faults);
  const correction = values.type === 'correction';
  if (faults.length === before && correction !== (values.corrects !== undefined)) {
    const message = correction ? 'a message of type correction needs **Corrects:**' : '**Corrects:** needs the type correction';
    faults.push(faultAt(text, header, message));
  }
  const sound = faults.length === before;
  if (!sound && body.at === text.length) return undefined;
  const { end, next } = scanBody(text, body, faults);
  const raw = end > body.at ? decode(source, body.at, end) : '';
  if (sound && isBlank(raw)) faults.push(faultAt(text, body, 'the message has no body: expected text after the metadata'));
  const message = faults.length === before ? makeMessage(values, mapBackslashLines(raw, unescapeLine), header, end) : undefined;
  if (message !== undefined) messages.push(message);
  return next;
}

/** Finds the line that ends a body: a `---` in its place, or the end of the file. */
function scanBody(text: string, body: Place, faults: Fault[]): BodyEnd {
  let { at, line } = body;
  let previous = -1;
  while (at < text.length) {
    const end = lineEnd(text, at);
    const code = text.charCodeAt(at);
    if ((code === 0x2d || code === 0x23) && isReserved(text, at, end)) {
      const next = code === 0x2d ? headerAfter(text, { at, line }) : undefined;
      if (next !== undefined && previous >= 0 && isBlankLine(text, previous, at - 1)) return { end: previous - 1, next };
      faults.push(misplaced(text, { at, line }));
      if (faults.length >= MAX_FAULTS) return { end };
    }
    if (end === text.length) {
      faults.push(noNewline(line));
      return { end };
    }
    previous = at;
    at = end + 1;
    line += 1;
  }
  return { end: at - 1 };
}

/** The header that follows a `---` in its place: a blank line and `## Message`. */
function headerAfter(text: string, rule: Place): Place | undefined {
  const blank = nextLine(text, rule);
  const header = nextLine(text, blank);
  if (!isBlankLine(text, blank.at, lineEnd(text, blank.at)) || !text.startsWith(HEADER, header.at)) return undefined;
  return isReserved(text, header.at, lineEnd(text, header.at)) ? header : undefined;
}

/** Whether a line is reserved: backslashes, then `---` or `## Message`, then blanks. */
function isReserved(text: string, start: number, end: number): boolean {
  const at = skipBackslashes(text, start);
  const word = [RULE, HEADER].find((reserved) => text.startsWith(reserved, at));
  return word !== undefined && skipBlanks(text, at + word.length) >= end;
}

function escapeLine(line: string): string {
  return isReserved(line, 0, line.length) ? `\\${line}` : line;
}

function unescapeLine(line: string): string {
  return line.startsWith('\\') && isReserved(line, 0, line.length) ? line.slice(1) : line;
}

function misplaced(text: string, place: Place): Fault {
  const word = text[place.at] === '#' ? HEADER : RULE;
  const message = `\`${word}\` out of its place: between messages stand a blank line, \`${RULE}\`, a blank line and \`${HEADER}\``;
  const what = word === RULE ? 'only dashes' : `only \`${HEADER}\``;
  return faultAt(text, place, message, `in a message, write \\${word} for a line that is ${what}`);
}

function noNewline(line: number): Fault {
  return { message: 'the file does not end with a newline', line, help: ['add a newline at the end of the file'] };
}

import type { Fault } from './fault.js';
import { parseUuid } from './identifiers.js';
import { isBlank } from './text.js';
import { escapeLine2, unescapeLine2 } from './thread-escapes2.js';
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
} from './thread-source.js';

/** The first line of a thread of layout 2. */
export const TITLE_2 = '# Thread';
const RULE = '---';
const FIRST_KEY = '**Message ID:** ';

const FORM: Form = {
  fields: [
    { property: 'id', prefixes: ['**Message ID:** '] },
    { property: 'timestamp', prefixes: ['**Timestamp:** '] },
    { property: 'authorId', prefixes: ['**Author ID:** '] },
    { property: 'authorName', prefixes: ['**Author name:** ', '**Author:** '] },
    { property: 'role', prefixes: ['**Author role:** ', '**Role:** '] },
    { property: 'corrects', prefixes: ['**Corrects:** '], optional: true },
  ],
  trailingSpaces: false,
};

/** Reads what follows the title (FORMAT.md §3, layout 2). Faults are added to the list; the messages count only where there is none. */
export function readLayout2(source: Source, faults: Fault[]): Message[] {
  const { text } = source;
  const messages: Message[] = [];
  const second = nextLine(text, { at: 0, line: 1 });
  if (second.at === text.length) return messages;
  const first = expectBlank(text, second, `after \`${TITLE_2}\``, faults);
  for (let place: Place | undefined = first; place !== undefined && faults.length < MAX_FAULTS; ) {
    place = readMessage(source, place, messages, faults);
  }
  return messages;
}

/** A message as it stands in the file, from its first line to the newline after its `---`. */
export function renderLayout2(message: NewMessage): string {
  const { corrects } = message;
  const lines = [
    `${FIRST_KEY}${parseUuid(message.id)}`,
    `**Timestamp:** ${message.timestamp}`,
    `**Author ID:** ${parseUuid(message.authorId)}`,
    `**Author name:** ${message.authorName}`,
    `**Author role:** ${message.role}`,
    ...(corrects === undefined ? [] : [`**Corrects:** ${parseUuid(corrects)}`]),
  ];
  const body = normaliseBody(message.body).split('\n').map(escapeLine2).join('\n');
  return `${lines.join('\n')}\n\n${body}\n\n${RULE}\n`;
}

function readMessage(source: Source, first: Place, messages: Message[], faults: Fault[]): Place | undefined {
  const { text } = source;
  const before = faults.length;
  const { values, body } = readMetadata(source, first, FORM, faults);
  const sound = faults.length === before;
  if (!sound && body.at === text.length) return undefined;
  const { end, next } = scanBody(text, body, faults);
  const raw = end > body.at ? decode(source, body.at, end) : '';
  if (sound && isBlank(raw)) faults.push(faultAt(text, body, 'the message has no body: expected text after the metadata'));
  const message = faults.length === before ? makeMessage(values, mapBackslashLines(raw, unescapeLine2), first, end) : undefined;
  if (message !== undefined) messages.push(message);
  return next;
}

/** Finds the `---` that closes a message: any other is part of the body. */
function scanBody(text: string, body: Place, faults: Fault[]): BodyEnd {
  let { at, line } = body;
  let previous = -1;
  while (at < text.length) {
    const end = lineEnd(text, at);
    if (text.startsWith(RULE, at)) {
      const rule = { at, line };
      const next = messageAfter(text, rule, end);
      if (next !== undefined || isLast(text, at, end)) {
        const empty = previous < 0;
        const spaced = !empty && isBlankLine(text, previous, at - 1);
        if (!spaced && !empty)
          faults.push(faultAt(text, rule, `expected exactly one blank line before the \`${RULE}\` that closes a message`));
        return { end: spaced ? previous - 1 : at - 1, ...(next === undefined ? {} : { next }) };
      }
    }
    previous = at;
    at = end + 1;
    line += 1;
  }
  const message = `the last message is not closed: expected a blank line and \`${RULE}\` at the end of the file, and nothing after them`;
  faults.push({ message, line: line - 1 });
  return { end: text.length };
}

/** The message that begins after a rule, on its line or on the next. */
function messageAfter(text: string, rule: Place, end: number): Place | undefined {
  const here = rule.at + RULE.length;
  if (text.startsWith(FIRST_KEY, here)) return { at: here, line: rule.line };
  return here === end && text.startsWith(FIRST_KEY, end + 1) ? { at: end + 1, line: rule.line + 1 } : undefined;
}

/** Whether a line is `---` and the last of the file, with its newline or without. */
function isLast(text: string, start: number, end: number): boolean {
  return end === start + RULE.length && end + 1 >= text.length;
}

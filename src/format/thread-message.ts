import type { Fault } from './fault.js';
import { parseUuid, type Uuid } from './identifiers.js';
import { parseInstant } from './instant.js';
import { describeCharacter, forbiddenCharacter, isBlank, isTrimmedLine } from './text.js';

/** The roles an author may write in (FORMAT.md §3, "Types and roles"). */
export const ROLES = ['clinician', 'patient', 'system', 'careteam', 'careadministrator', 'patientassociate'] as const;

export type Role = (typeof ROLES)[number];

/** The documented layout (1) and the one VPR's own program wrote (2), FORMAT.md §3. */
export type ThreadLayout = 1 | 2;

/** A message as its author means it. */
export interface NewMessage {
  readonly id: Uuid;
  /** Absent exactly on a correction in layout 1, where the ledger has it. One given there is not written. */
  readonly role?: Role;
  readonly authorId: Uuid;
  /** One trimmed line, not empty. */
  readonly authorName: string;
  /** RFC 3339, as written in the file. */
  readonly timestamp: string;
  /** The id of the earlier message that this one corrects. */
  readonly corrects?: Uuid;
  /** Any text with a character that is not blank, without escapes. */
  readonly body: string;
}

/** A message as read from a file. */
export interface Message extends NewMessage {
  /** Offset of its first byte: the `#` of `## Message`, or the `*` of `**Message ID:**`. */
  readonly start: number;
  /** Offset after the last byte of its body; the newline that ends the body's last line is not in it. */
  readonly end: number;
  /** The line, from 1, of its first byte. */
  readonly line: number;
}

/** A thread, in file order. */
export interface Thread {
  readonly layout: ThreadLayout;
  readonly messages: readonly Message[];
}

/** Reads a role's name. */
export function parseRole(text: string): Role | undefined {
  return ROLES.find((role) => role === text);
}

/** A body as it is written: with LF for CR LF (FORMAT.md §3). */
export function normaliseBody(text: string): string {
  return text.replaceAll('\r\n', '\n');
}

/** What keeps a (normalised) string from being a body: it is blank, or holds what FORMAT.md §8 forbids. */
export function bodyFault(body: string): Fault | undefined {
  if (isBlank(body)) return { message: 'the body is blank: expected at least one character that is not' };
  const forbidden = forbiddenCharacter(body);
  if (forbidden === undefined) return undefined;
  const line = body.slice(0, forbidden.index).split('\n').length;
  return { message: `the body holds ${describeCharacter(forbidden.codePoint)} in line ${line}, which no file of a record may` };
}

/** Everything that keeps a message from being written in a layout (FORMAT.md §3). */
export function newMessageFaults(layout: ThreadLayout, message: NewMessage): Fault[] {
  const { id, role, authorId, authorName, timestamp, corrects, body } = message;
  const faults: Fault[] = [];
  const expect = (good: boolean, text: string) => {
    if (!good) faults.push({ message: text });
  };
  expect(parseUuid(id) !== undefined, 'the message id is not a UUID');
  expect(parseUuid(authorId) !== undefined, 'the author id is not a UUID');
  expect(corrects === undefined || parseUuid(corrects) !== undefined, 'the id of the corrected message is not a UUID');
  expect(parseInstant(timestamp) !== undefined, 'the timestamp is not an RFC 3339 time');
  const named = isTrimmedLine(authorName) && forbiddenCharacter(authorName) === undefined;
  expect(named, 'the author name is not one trimmed line of text');
  const roleless = layout === 1 && corrects !== undefined;
  expect(roleless || parseRole(role ?? '') !== undefined, `the role is not one of ${ROLES.join(', ')}`);
  const fault = bodyFault(normaliseBody(body));
  return fault === undefined ? faults : [...faults, fault];
}

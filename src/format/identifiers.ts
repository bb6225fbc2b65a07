import { randomUUID } from 'node:crypto';
import { parseInstant } from './instant.js';

/** A UUID in canonical form: lowercase, hyphenated (FORMAT.md §2). */
export type Uuid = string;

/** A Git object id in lowercase hex. Nothing may count on its length (FORMAT.md §1). */
export type ObjectId = string;

/** The kinds of record repository a host keeps (FORMAT.md §1). */
export type RecordKind = 'coordination' | 'clinical' | 'demographics' | 'redaction';

/** A timestamp id, taken apart. */
export interface TimestampId {
  /** Nanoseconds since 1970-01-01T00:00:00Z (of milliseconds' precision). */
  readonly instant: bigint;
  readonly uuid: Uuid;
}

const PLAIN = /^[0-9a-f]{32}$/;
const HYPHENATED = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const TIMESTAMP_ID = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d\.\d{3}Z)-(.{36})$/;

/**
 * Reads a UUID of any version, as 32 hex digits or hyphenated, lowercase only
 * (FORMAT.md §2). The result is canonical, so that two spellings of one value
 * are equal strings.
 */
export function parseUuid(text: string): Uuid | undefined {
  if (text.length === 36) return HYPHENATED.test(text) ? text : undefined;
  if (text.length !== 32 || !PLAIN.test(text)) return undefined;
  return [text.slice(0, 8), text.slice(8, 12), text.slice(12, 16), text.slice(16, 20), text.slice(20)].join('-');
}

/** A UUID as a person has copied it: with blanks around it, or in capitals. */
export function parseTypedUuid(text: string): Uuid | undefined {
  return parseUuid(text.trim().toLowerCase());
}

/** The 32 hex digits of a canonical UUID, as repository paths have them. */
export function formatUuidPlain(uuid: Uuid): string {
  return uuid.replaceAll('-', '');
}

/** A fresh random UUID (version 4), canonical. */
export function newUuid(): Uuid {
  return randomUUID();
}

/**
 * Reads `YYYYMMDDTHHMMSS.sssZ-<hyphenated uuid>` (FORMAT.md §2): the shape,
 * and that its time is one of the calendar.
 */
export function parseTimestampId(text: string): TimestampId | undefined {
  if (text.length !== 57) return undefined;
  const match = TIMESTAMP_ID.exec(text);
  if (match === null) return undefined;
  const [, year, month, day, hour, minute, second, id = ''] = match;
  const instant = parseInstant(`${year}-${month}-${day}T${hour}:${minute}:${second}`);
  const uuid = parseUuid(id);
  return instant === undefined || uuid === undefined ? undefined : { instant, uuid };
}

/** A fresh timestamp id of that moment, in UTC. `at` must be a valid date of the years 0 to 9999. */
export function newTimestampId(at: Date): string {
  return `${at.toISOString().replaceAll(/[-:]/g, '')}-${newUuid()}`;
}

/** A record's path under the host's root: `coordination/7f/4c/7f4c….git` (FORMAT.md §1). */
export function recordPath(kind: RecordKind, uuid: Uuid): string {
  const id = formatUuidPlain(uuid);
  return `${kind}/${id.slice(0, 2)}/${id.slice(2, 4)}/${id}.git`;
}

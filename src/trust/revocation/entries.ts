/**
 * The entries of a revocation list. A list may have a hundred thousand, and a
 * hook reads it on every push: all are checked in one pass over the bytes,
 * where serial numbers stand is kept, and an entry is read when it is asked for.
 */
import { Buffer } from 'node:buffer';
import { readRawExtensions } from '../certificate/extensions.js';
import { type Der, Fields, readElement, readElementAt } from '../der/read.js';
import { TAG } from '../der/tags.js';
import { time } from '../der/time.js';
import { OID, oidName } from '../oids.js';
import { attempt, refuse } from '../refusal.js';
import type { Revocation, RevocationReason } from '../types.js';

const WHAT = 'revokedCertificates';
/** Most entries of one list. */
const MOST_ENTRIES = 500_000;
/** Spellings of entries' extensions that are remembered while one list is read: few differ but in a date. */
const KNOWN_SPELLINGS = 1000;

const REASONS: readonly (RevocationReason | undefined)[] = [
  'unspecified',
  'keyCompromise',
  'cACompromise',
  'affiliationChanged',
  'superseded',
  'cessationOfOperation',
  'certificateHold',
  undefined,
  // 8 is removeFromCRL, which only a delta list has.
  undefined,
  'privilegeWithdrawn',
  'aACompromise',
];

/** What an entry's extensions say. */
type Details = Pick<Revocation, 'reason' | 'invalidity'>;

/** Checks all entries within the content of revokedCertificates, and returns how many there are and how to find one. Throws a Refusal. */
export function readEntries(content: Uint8Array): { readonly size: number; readonly find: (serial: string) => readonly Revocation[] } {
  const bytes = Buffer.from(content.buffer, content.byteOffset, content.byteLength);
  const starts: number[] = [];
  const checked = new Map<string, Details>();
  for (let at = 0; at < bytes.length; ) {
    if (starts.length >= MOST_ENTRIES) refuse(`${WHAT}: more than ${MOST_ENTRIES} entries`);
    starts.push(at);
    at = checkEntry(bytes, at, checked);
  }
  const places = Int32Array.from(starts);
  return { size: places.length, find: (serial) => (places.length === 0 ? [] : find(bytes, places, serial)) };
}

/** Octets of tag and length of the element at `at`. */
function headerSize(bytes: Buffer, at: number): number {
  return 2 + Math.max(0, (bytes[at + 1] as number) - 0x80);
}

/** Checks one entry; returns where the next begins. Makes no object: it runs once an entry. */
function checkEntry(bytes: Buffer, at: number, checked: Map<string, Details>): number {
  const body = at + headerSize(bytes, at);
  const end = body + lengthAt(bytes, at, TAG.sequence);
  const serial = lengthAt(bytes, body, TAG.integer);
  const dateAt = body + 2 + serial;
  if (end > bytes.length || serial < 1 || serial > 21 || dateAt >= end) return refuse(`${WHAT}: malformed entry at byte ${at}`);
  // What is not minimal would be found under no certificate's serial number, and revoke nobody.
  if (!isMinimal(bytes, body + 2, serial)) return refuse(`${WHAT}: serial number not minimal at byte ${at}`);
  const dateEnd = dateAt + 2 + checkTime(bytes, dateAt);
  if (dateEnd > end) return refuse(`${WHAT}: malformed entry at byte ${at}`);
  if (dateEnd < end) details(bytes.subarray(dateEnd, end), checked);
  return end;
}

/** Whether an INTEGER's content has no octet that says nothing (X.690 §8.3.2). */
function isMinimal(bytes: Buffer, at: number, length: number): boolean {
  const [first, second] = [bytes[at] as number, bytes[at + 1] as number];
  return length < 2 || (first === 0 ? second >= 0x80 : first !== 0xff || second < 0x80);
}

/** The length of the element at `at`, of the tag, in DER, below 2^16. */
function lengthAt(bytes: Buffer, at: number, tag: number): number {
  const [found, first = 0xff] = [bytes[at], bytes[at + 1]];
  if (found === tag) {
    if (first < 0x80) return first;
    const long = first === 0x81 ? bytes[at + 2] : first === 0x82 ? (bytes[at + 2] as number) * 256 + (bytes[at + 3] as number) : undefined;
    if (long !== undefined && long >= (first === 0x81 ? 0x80 : 0x100)) return long;
  }
  return refuse(`${WHAT}: malformed entry at byte ${at}`);
}

/** Shape and ranges of a time; whether the calendar has it is asked when the entry is. */
function checkTime(bytes: Buffer, at: number): number {
  const size = bytes[at] === TAG.utcTime ? 13 : bytes[at] === TAG.generalizedTime ? 15 : -1;
  const last = at + 1 + size;
  if (size > 0 && bytes[at + 1] === size && bytes[last] === 0x5a && last < bytes.length) {
    let digits = true;
    for (let i = at + 2; i < last; i++) digits &&= (bytes[i] as number) >= 0x30 && (bytes[i] as number) <= 0x39;
    if (digits) return size;
  }
  return refuse(`${WHAT}: an entry without a revocation date at byte ${at}`);
}

/** Reads an entry's extensions, or what was read of the same bytes. Throws a Refusal. */
function details(extensions: Uint8Array, checked: Map<string, Details>): Details {
  const key = Buffer.from(extensions).toString('latin1');
  const known = checked.get(key);
  if (known !== undefined) return known;
  const read = readDetails(readElement(extensions, `${WHAT}: crlEntryExtensions`, TAG.sequence));
  if (checked.size < KNOWN_SPELLINGS) checked.set(key, read);
  return read;
}

function readDetails(extensions: Der): Details {
  let found: Details = { reason: 'unspecified' };
  for (const { oid, critical, value } of readRawExtensions(extensions)) {
    if (oid === OID.reasonCode) found = { ...found, reason: reasonOf(value) };
    else if (oid === OID.invalidityDate)
      found = { ...found, invalidity: time(readElement(value, 'invalidityDate', TAG.generalizedTime), 'invalidityDate') };
    else if (oid === OID.certificateIssuer) refuse(`${WHAT}: an entry of another issuer: indirect lists are not read`);
    else if (critical) refuse(`${WHAT}: an entry with the critical extension ${oidName(oid)}, which is not understood`);
  }
  return found;
}

function reasonOf(value: Uint8Array): RevocationReason {
  const [code = 255, ...more] = readElement(value, 'reasonCode', TAG.enumerated).content;
  if (code === 8) return refuse(`${WHAT}: an entry with removeFromCRL, which stands only in delta lists`);
  const reason = more.length === 0 ? REASONS[code] : undefined;
  return reason ?? refuse(`${WHAT}: an entry with a reasonCode that has no meaning`);
}

function find(bytes: Buffer, starts: Int32Array, serial: string): readonly Revocation[] {
  const found: Revocation[] = [];
  const wanted = Buffer.from(serial, 'hex');
  const pattern = Buffer.concat([Uint8Array.of(TAG.integer, wanted.length), wanted]);
  for (let at = bytes.indexOf(pattern); at !== -1; at = bytes.indexOf(pattern, at + 1)) {
    const start = lastUpTo(starts, at);
    // The same octets may stand within another entry: only a serial number is one.
    if (start + headerSize(bytes, start) === at) found.push(entryAt(bytes, start));
  }
  return found;
}

/** The last start at or before `at`, by halving; the first where there is none. */
function lastUpTo(starts: Int32Array, at: number): number {
  let [low, high] = [0, starts.length];
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    if ((starts[middle] as number) <= at) low = middle;
    else high = middle;
  }
  return starts[low] as number;
}

/** The entry that starts there. A date that no calendar has counts as the earliest: the certificate is revoked. */
function entryAt(bytes: Buffer, start: number): Revocation {
  const fields = new Fields(readElementAt(bytes, start, WHAT), WHAT);
  fields.take(TAG.integer, 'userCertificate');
  const when = fields.takeAny('revocationDate');
  const extensions = fields.takeIf(TAG.sequence);
  const date = attempt(() => time(when, 'revocationDate'));
  return {
    date: date.ok ? date.value : new Date(0),
    ...(extensions === undefined ? { reason: 'unspecified' } : readDetails(extensions)),
  };
}

import { Buffer } from 'node:buffer';
import { parseInstant } from './instant.js';
import type { Ledger } from './ledger.js';

const KEY = 'last_updated_at';
const LINE = `${KEY}: `;
/** What times are written in: no text of these is anything but one plain scalar, whatever stands around it. */
const PLAIN = /^[0-9TtZz:.+-]+$/;

/**
 * Reads a ledger that differs from one that has been read only in the time of
 * its line `last_updated_at`, as nearly every commit leaves it: as `readLedger`
 * would, at a hundredth of its cost. Undefined where that can't be told at a
 * glance; `readLedger` tells.
 *
 * The key stands there once, at the beginning of a line, and nothing is
 * escaped anywhere: so it is that line that gave the former value, and not a
 * text or a comment that looks like it.
 */
export function readLedgerTime(former: Uint8Array, ledger: Ledger, bytes: Uint8Array): Ledger | undefined {
  const [one, other] = [textOf(former), textOf(bytes)];
  const key = other.indexOf(KEY);
  if (key < 0 || other.indexOf(KEY, key + KEY.length) >= 0 || other.includes('\\')) return undefined;
  if (!other.startsWith(LINE, key) || (key > 0 && other[key - 1] !== '\n')) return undefined;
  const from = key + LINE.length;
  const [formerEnd, end] = [one.indexOf('\n', from), other.indexOf('\n', from)];
  if (formerEnd < 0 || end < 0 || one.slice(0, from) !== other.slice(0, from) || one.slice(formerEnd) !== other.slice(end))
    return undefined;
  const time = other.slice(from, end);
  if (one.slice(from, formerEnd) !== ledger.last_updated_at || !PLAIN.test(ledger.last_updated_at)) return undefined;
  if (!PLAIN.test(time) || parseInstant(time) === undefined) return undefined;
  return { ...ledger, last_updated_at: time };
}

function textOf({ buffer, byteOffset, byteLength }: Uint8Array): string {
  return Buffer.from(buffer, byteOffset, byteLength).toString('latin1');
}

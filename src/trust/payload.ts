/**
 * What a commit's signature is over: the stored bytes without the one `gpgsig`
 * header (FORMAT §6). Nothing is parsed and written again: what a reader
 * passes over would then be unsigned.
 */
import { Buffer } from 'node:buffer';
import type { Fault } from '../format/fault.js';
import { howToSign } from './help.js';

/** A commit, split. */
export interface SignedBytes {
  /** What was signed. */
  readonly payload: Uint8Array;
  /** The signature's text: unfolded, lines joined by LF, none at the end; each byte one character. */
  readonly gpgsig: string;
}

const LF = 0x0a;

/**
 * Splits a commit object's stored bytes. A fault where there is no signature,
 * or where another header could be mistaken for one or hide behind it: a second
 * `gpgsig`, a `gpgsig-…`, a `gpgsig` that is not the last header, a NUL.
 */
export function payloadOf(commit: Uint8Array): SignedBytes | Fault {
  const bytes = Buffer.from(commit.buffer, commit.byteOffset, commit.byteLength);
  const end = bytes.indexOf('\n\n');
  if (end === -1) return { message: 'the commit has no empty line after its headers' };
  const headers = bytes.subarray(0, end + 1);
  if (headers.includes(0)) return { message: 'a header of the commit holds a NUL byte' };
  const starts = startsOfSignatures(headers);
  const [start] = starts;
  if (start === undefined) return { message: 'the commit is not signed', help: howToSign };
  if (starts.length > 1) return { message: `the commit has ${starts.length} gpgsig headers, expected one` };
  if (headers.indexOf(' ', start) !== start + 'gpgsig'.length) {
    return { message: 'the commit has a header whose name begins with gpgsig and goes on, expected gpgsig itself' };
  }
  if (start === 0) return { message: 'the commit begins with its gpgsig header, expected it after all others' };
  const value = headers.subarray(start + 'gpgsig '.length, end).toString('latin1');
  if (/\n[^ ]/.test(value)) return { message: 'the gpgsig header is followed by another header, expected it last' };
  return {
    payload: Buffer.concat([bytes.subarray(0, start), bytes.subarray(end + 1)]),
    gpgsig: value.split('\n ').join('\n'), // several times as fast as replaceAll
  };
}

/** Where lines begin that start with `gpgsig`. */
function startsOfSignatures(headers: Buffer): number[] {
  const starts: number[] = [];
  for (let at = headers.indexOf('gpgsig'); at !== -1; at = headers.indexOf('gpgsig', at + 1)) {
    if (at === 0 || headers[at - 1] === LF) starts.push(at);
  }
  return starts;
}

/** Puts a signature into an unsigned commit's bytes, where `payloadOf` takes it out again. */
export function withSignature(payload: Uint8Array, gpgsig: string): Uint8Array {
  const bytes = Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength);
  const end = bytes.indexOf('\n\n') + 1;
  const header = `gpgsig ${gpgsig.replaceAll('\n', '\n ')}\n`;
  return Buffer.concat([bytes.subarray(0, end), Buffer.from(header, 'latin1'), bytes.subarray(end)]);
}

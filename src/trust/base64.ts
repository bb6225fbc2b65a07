/** Base64 (RFC 4648 §4) with one spelling for each octet string. */
import { Buffer } from 'node:buffer';

/** The octets, or undefined for what `toBase64` would not have written. */
export function fromBase64(text: string): Uint8Array | undefined {
  const octets = Buffer.from(text, 'base64');
  if (octets.toString('base64') !== text) return undefined;
  // A plain view: cutting a Buffer into pieces, as DER is read, costs several times as much.
  return new Uint8Array(octets.buffer, octets.byteOffset, octets.length);
}

/** Padded base64 without line breaks. */
export function toBase64(octets: Uint8Array): string {
  return Buffer.from(octets.buffer, octets.byteOffset, octets.byteLength).toString('base64');
}

/** Padded base64 in lines of 64 characters, joined by LF, none at the end. */
export function toBase64Lines(octets: Uint8Array): string {
  const text = toBase64(octets);
  const lines: string[] = [];
  for (let at = 0; at < text.length; at += 64) lines.push(text.slice(at, at + 64));
  return lines.join('\n');
}

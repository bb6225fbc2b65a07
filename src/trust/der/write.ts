/** Writing DER: the few structures that signatures are made of. */
import { TAG } from './tags.js';

/** An element of a tag around parts that are DER (or content octets) already. */
export function element(tag: number, ...parts: readonly Uint8Array[]): Uint8Array {
  return joined(
    header(
      tag,
      parts.reduce((sum, part) => sum + part.length, 0),
    ),
    parts,
  );
}

/** Identifier and length octets, the length in its shortest form. */
function header(tag: number, size: number): number[] {
  if (size < 0x80) return [tag, size];
  const octets: number[] = [];
  for (let rest = size; rest > 0; rest = Math.floor(rest / 256)) octets.unshift(rest % 256);
  return [tag, 0x80 | octets.length, ...octets];
}

function joined(header: readonly number[], parts: readonly Uint8Array[], end: readonly number[] = []): Uint8Array {
  const size = parts.reduce((sum, part) => sum + part.length, header.length + end.length);
  const bytes = new Uint8Array(size);
  bytes.set(header);
  let at = header.length;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  bytes.set(end, at);
  return bytes;
}

export function sequence(...parts: readonly Uint8Array[]): Uint8Array {
  return element(TAG.sequence, ...parts);
}

/** A non-negative INTEGER from big-endian octets of any length. */
export function unsignedInteger(octets: Uint8Array): Uint8Array {
  const start = octets.findIndex((octet) => octet !== 0);
  const digits = start === -1 ? Uint8Array.of(0) : octets.subarray(start);
  return (digits[0] as number) >= 0x80 ? element(TAG.integer, Uint8Array.of(0), digits) : element(TAG.integer, digits);
}

/** An OBJECT IDENTIFIER from dotted decimal. */
export function objectId(dotted: string): Uint8Array {
  const [root = 0, second = 0, ...arcs] = dotted.split('.').map(Number);
  const octets = [root * 40 + second, ...arcs].flatMap((arc) => {
    const groups = [arc % 128];
    for (let rest = Math.floor(arc / 128); rest > 0; rest = Math.floor(rest / 128)) groups.unshift((rest % 128) + 128);
    return groups;
  });
  return element(TAG.oid, Uint8Array.from(octets));
}

/** Octets as an OCTET STRING. */
export function octetString(octets: Uint8Array): Uint8Array {
  return element(TAG.octetString, octets);
}

/** An element of indefinite length (BER), closed by end-of-contents. */
export function indefinite(tag: number, ...parts: readonly Uint8Array[]): Uint8Array {
  return joined([tag, 0x80], parts, [0, 0]);
}

/** NULL, as algorithm parameters are sometimes written. */
export const NULL = Uint8Array.of(TAG.null, 0);

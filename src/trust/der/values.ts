/** Readers of DER's primitive types. All refuse what DER does not allow. */
import { Buffer } from 'node:buffer';
import { refuse } from '../refusal.js';
import type { Der } from './read.js';
import { TAG } from './tags.js';

/** Content octets of an INTEGER, which must be minimal and not empty. */
export function integerOctets(element: Der, what: string): Uint8Array {
  const { content } = element;
  const [first, second] = content;
  if (first === undefined) return refuse(`${what}: INTEGER without octets`);
  if (second !== undefined && ((first === 0 && second < 0x80) || (first === 0xff && second >= 0x80))) {
    return refuse(`${what}: INTEGER not minimal`);
  }
  return content;
}

/** An INTEGER from 0 to 2^31 − 1. */
export function smallInteger(element: Der, what: string): number {
  const octets = integerOctets(element, what);
  if (octets.length > 4 || (octets[0] as number) >= 0x80) return refuse(`${what}: INTEGER negative or above 2^31 - 1`);
  return octets.reduce((value, octet) => value * 256 + octet, 0);
}

/** A BOOLEAN: 00 or ff. */
export function boolean(element: Der, what: string): boolean {
  const { content } = element;
  if (content.length !== 1 || (content[0] !== 0 && content[0] !== 0xff)) return refuse(`${what}: BOOLEAN is neither 00 nor ff`);
  return content[0] === 0xff;
}

/** The octets of a BIT STRING that holds whole octets. */
export function bitStringOctets(element: Der, what: string): Uint8Array {
  if (element.content[0] !== 0) return refuse(`${what}: BIT STRING with unused bits, or empty`);
  return element.content.subarray(1);
}

/**
 * The set bits of a named-bit BIT STRING of at most four octets, from bit 0.
 * Trailing zero bits are no DER but written (by VPR's program, too), and in a
 * certificate the issuer's signature covers them.
 */
export function namedBits(element: Der, what: string): number[] {
  const [unused, ...octets] = element.content.subarray(0, 5);
  const last = octets.at(-1) ?? 0;
  if (unused === undefined || unused > 7 || element.content.length > 5 || (octets.length === 0 && unused > 0))
    return refuse(`${what}: malformed BIT STRING`);
  if ((last & ((1 << unused) - 1)) !== 0) return refuse(`${what}: BIT STRING with unused bits that are set`);
  return octets.flatMap((octet, i) => [0, 1, 2, 3, 4, 5, 6, 7].filter((bit) => octet & (0x80 >> bit)).map((bit) => i * 8 + bit));
}

/** An OBJECT IDENTIFIER as dotted decimal, each arc below 2^53. */
export function oid(element: Der, what: string): string {
  const { content } = element;
  if (content.length === 0 || content.length > 64) return refuse(`${what}: OBJECT IDENTIFIER of ${content.length} octets`);
  const arcs: number[] = [];
  let arc = 0;
  let fresh = true;
  for (const octet of content) {
    if (fresh && octet === 0x80) return refuse(`${what}: OBJECT IDENTIFIER not minimal`);
    if (arc > 2 ** 45) return refuse(`${what}: OBJECT IDENTIFIER with an arc above 2^52`);
    arc = arc * 128 + (octet & 0x7f);
    fresh = octet < 0x80;
    if (fresh) {
      if (arcs.length === 0) {
        const root = Math.min(Math.floor(arc / 40), 2);
        arcs.push(root, arc - root * 40);
      } else arcs.push(arc);
      arc = 0;
    }
  }
  return fresh ? arcs.join('.') : refuse(`${what}: OBJECT IDENTIFIER cut off`);
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const utf16 = new TextDecoder('utf-16le', { fatal: true, ignoreBOM: true });

/** A string of one of the types in use; undefined for a type or an encoding that is none of them. */
export function text({ tag, content }: Der): string | undefined {
  if (tag === TAG.utf8String) return decoded(utf8, content);
  if (tag === TAG.printableString || tag === TAG.ia5String || tag === TAG.numericString) return ascii(content);
  if (tag === TAG.bmpString && content.length % 2 === 0) return decoded(utf16, Buffer.from(content).swap16());
  return undefined;
}

function decoded(decoder: { decode(octets: Uint8Array): string }, octets: Uint8Array): string | undefined {
  try {
    return decoder.decode(octets);
  } catch {
    return undefined;
  }
}

/** Octets as ASCII; undefined where one is above 7f. */
export function ascii(octets: Uint8Array): string | undefined {
  return octets.every((octet) => octet < 0x80) ? Buffer.from(octets).toString('latin1') : undefined;
}

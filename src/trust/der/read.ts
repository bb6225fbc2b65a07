/**
 * DER (X.690) as far as certificates and signatures need it: definite, minimal
 * lengths, tags below 31, nothing after the element. Elements are views into
 * the bytes they were read from; nothing is copied, and nothing is descended
 * into before it is asked for, so that hostile depth costs nothing.
 */
import { refuse } from '../refusal.js';
import { tagName } from './tags.js';

/** One element: identifier octet, content, and the whole as it stands in the source. */
export interface Der {
  readonly tag: number;
  readonly content: Uint8Array;
  readonly raw: Uint8Array;
}

/** Reads the element that starts at `start`; what follows it is the caller's. */
export function readElementAt(source: Uint8Array, start: number, what: string): Der {
  const tag = source[start];
  const first = source[start + 1];
  if (tag === undefined || first === undefined) return refuse(`${what}: DER ends early`);
  if ((tag & 0x1f) === 0x1f) return refuse(`${what}: DER tag above 30`);
  if (first === 0x80) return refuse(`${what}: indefinite length, which DER does not allow`);
  let contentStart = start + 2;
  let length = first;
  if (first > 0x80) {
    const octets = first & 0x7f;
    if (octets > 4) return refuse(`${what}: DER length of ${octets} octets`);
    length = 0;
    for (let i = 0; i < octets; i++) length = length * 256 + (source[contentStart + i] ?? Number.NaN);
    contentStart += octets;
    // NaN where the source ends within the length: the comparison below is false for it.
    if (!(length >= (octets === 1 ? 0x80 : 256 ** (octets - 1)))) return refuse(`${what}: DER length not minimal, or cut off`);
  }
  const end = contentStart + length;
  if (end > source.length) return refuse(`${what}: DER ends early`);
  return { tag, content: source.subarray(contentStart, end), raw: source.subarray(start, end) };
}

/** Reads bytes that are exactly one element, of the given tag where one is given. */
export function readElement(source: Uint8Array, what: string, tag?: number): Der {
  const element = readElementAt(source, 0, what);
  if (element.raw.length !== source.length) return refuse(`${what}: ${source.length - element.raw.length} bytes after the DER`);
  return tag === undefined ? element : expectTag(element, tag, what);
}

/** The elements within a constructed element, in order. */
export function childrenOf(element: Der, what: string): Der[] {
  const found: Der[] = [];
  for (let at = 0; at < element.content.length; ) {
    const child = readElementAt(element.content, at, what);
    found.push(child);
    at += child.raw.length;
  }
  return found;
}

/** The same element, when it has the tag. */
export function expectTag(element: Der | undefined, tag: number, what: string): Der {
  if (element === undefined) return refuse(`${what}: missing, expected ${tagName(tag)}`);
  if (element.tag !== tag) return refuse(`${what}: found ${tagName(element.tag)}, expected ${tagName(tag)}`);
  return element;
}

/** Walks the children of one element in the order its ASN.1 type gives. */
export class Fields {
  readonly #children: readonly Der[];
  readonly #what: string;
  #at = 0;

  constructor(element: Der, what: string) {
    this.#children = childrenOf(element, what);
    this.#what = what;
  }

  /** The next child, which must have the tag. */
  take(tag: number, name: string): Der {
    return expectTag(this.#children[this.#at++], tag, `${this.#what}.${name}`);
  }

  /** The next child, whatever it is. */
  takeAny(name: string): Der {
    return this.#children[this.#at++] ?? refuse(`${this.#what}.${name}: missing`);
  }

  /** The next child where it has the tag; otherwise it stays. */
  takeIf(tag: number): Der | undefined {
    const next = this.#children[this.#at];
    if (next?.tag !== tag) return undefined;
    this.#at++;
    return next;
  }

  /** Refuses what is left. */
  end(): void {
    const left = this.#children[this.#at];
    if (left !== undefined) refuse(`${this.#what}: unexpected ${tagName(left.tag)}`);
  }
}

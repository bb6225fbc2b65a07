/**
 * A walk through BER whose outer elements may have indefinite lengths, as CMS
 * writers leave them. What is taken whole is DER.
 */
import { refuse } from '../refusal.js';
import { type Der, expectTag, readElementAt } from './read.js';
import { tagName } from './tags.js';

/** An element that was entered: where it ends, or that an end-of-contents closes it. */
export interface Entered {
  readonly indefinite: boolean;
  readonly end: number;
}

export class Cursor {
  readonly #source: Uint8Array;
  #at = 0;

  constructor(source: Uint8Array) {
    this.#source = source;
  }

  /** Steps into a constructed element of the tag, of definite or indefinite length. */
  enter(tag: number, what: string): Entered {
    if (this.#source[this.#at] === tag && this.#source[this.#at + 1] === 0x80) {
      this.#at += 2;
      return { indefinite: true, end: this.#source.length };
    }
    const element = expectTag(readElementAt(this.#source, this.#at, what), tag, what);
    const end = this.#at + element.raw.length;
    this.#at = end - element.content.length;
    return { indefinite: false, end };
  }

  /** Whether a definite element that was entered has been read to its end: what follows is not in it. */
  isAtEnd({ indefinite, end }: Entered): boolean {
    return !indefinite && this.#at === end;
  }

  /** Steps out of what `enter` stepped into; nothing may be left in it. */
  leave(entered: Entered, what: string): void {
    if (entered.indefinite) {
      if (this.#source[this.#at] !== 0 || this.#source[this.#at + 1] !== 0) refuse(`${what}: no end-of-contents where it is expected`);
      this.#at += 2;
    } else if (this.#at !== entered.end) refuse(`${what}: unexpected element`);
  }

  /** Takes the next element whole. */
  take(tag: number, what: string): Der {
    return this.takeIf(tag) ?? refuse(`${what}: expected ${tagName(tag)}`);
  }

  /** Takes the next element where it has the tag. */
  takeIf(tag: number): Der | undefined {
    if (this.#source[this.#at] !== tag) return undefined;
    const element = readElementAt(this.#source, this.#at, 'signature');
    this.#at += element.raw.length;
    return element;
  }

  /** Refuses what follows. */
  end(what: string): void {
    if (this.#at !== this.#source.length) refuse(`${what}: ${this.#source.length - this.#at} bytes too many`);
  }
}

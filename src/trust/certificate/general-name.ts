/** GeneralName (RFC 5280 §4.2.1.6), as alternative names, constraints and distribution points have it. */
import { Buffer } from 'node:buffer';
import { childrenOf, type Der, expectTag, readElement } from '../der/read.js';
import { contextPrimitive, contextTag, TAG } from '../der/tags.js';
import { ascii } from '../der/values.js';
import { refuse } from '../refusal.js';
import type { DistinguishedName } from '../types.js';
import { readName } from './name.js';

/** One name. `other` are the forms that nothing here decides by: otherName, x400Address, ediPartyName, registeredID. */
export type GeneralName =
  | { readonly kind: 'rfc822Name' | 'dNSName' | 'uniformResourceIdentifier'; readonly value: string }
  | { readonly kind: 'directoryName'; readonly value: DistinguishedName }
  | { readonly kind: 'iPAddress'; readonly value: Uint8Array }
  | { readonly kind: 'other'; readonly tag: number; readonly value: Uint8Array };

/** Forms whose value is an IA5String. */
const TEXTS: Readonly<Record<number, 'rfc822Name' | 'dNSName' | 'uniformResourceIdentifier'>> = {
  [contextPrimitive(1)]: 'rfc822Name',
  [contextPrimitive(2)]: 'dNSName',
  [contextPrimitive(6)]: 'uniformResourceIdentifier',
};

/** Reads one GeneralName. Throws a Refusal. */
export function readGeneralName(element: Der, what: string): GeneralName {
  const { tag, content } = element;
  const kind = TEXTS[tag];
  if (kind !== undefined) return { kind, value: visible(content, what) };
  if (tag === contextTag(4)) return { kind: 'directoryName', value: readName(readElement(content, what, TAG.sequence), what) };
  if (tag === contextPrimitive(7)) return { kind: 'iPAddress', value: content };
  if ((tag & 0xc0) !== 0x80 || (tag & 0x1f) > 8) return refuse(`${what}: not a GeneralName`);
  return { kind: 'other', tag: tag & 0x1f, value: element.raw };
}

/** Reads the GeneralNames within an element of the tag, at least one. Throws a Refusal. */
export function readGeneralNames(element: Der, what: string, tag: number = TAG.sequence): GeneralName[] {
  const names = childrenOf(expectTag(element, tag, what), what).map((name) => readGeneralName(name, what));
  return names.length > 0 ? names : refuse(`${what}: empty, expected at least one name`);
}

/** A name as one text, the same for the same name. */
export function generalNameKey(name: GeneralName): string {
  if (name.kind === 'directoryName') return directoryNameKey(name.value);
  return typeof name.value === 'string' ? `${name.kind} ${name.value}` : `${name.kind} ${Buffer.from(name.value).toString('hex')}`;
}

/** What `generalNameKey` says of a directoryName. */
export function directoryNameKey({ rdns }: Pick<DistinguishedName, 'rdns'>): string {
  return `directoryName ${JSON.stringify(rdns)}`;
}

/** An IA5String of a name: what is blank or invisible in it could only deceive. Empty is for constraints to judge. */
function visible(octets: Uint8Array, what: string): string {
  const text = ascii(octets);
  return text !== undefined && /^[\x21-\x7e]*$/.test(text)
    ? text
    : refuse(`${what}: a name that is not ASCII, or has blanks or control characters`);
}

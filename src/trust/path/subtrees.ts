/** Reading nameConstraints (RFC 5280 §4.2.1.10). */
import { type GeneralName, readGeneralName } from '../certificate/general-name.js';
import { childrenOf, type Der, expectTag, Fields, readElement } from '../der/read.js';
import { contextTag, TAG } from '../der/tags.js';
import { refuse } from '../refusal.js';

/** What one authority says of the names below it; a list that it doesn't have is empty. */
export interface NameConstraints {
  readonly permitted: readonly GeneralName[];
  readonly excluded: readonly GeneralName[];
}

/** Most subtrees of one authority: every name below is compared with each. */
const MOST_SUBTREES = 512;

const WHAT = 'nameConstraints';

/** Reads the extension's value. Throws a Refusal: also where distances are given, or a base that means nothing. */
export function readNameConstraints(value: Uint8Array): NameConstraints {
  const fields = new Fields(readElement(value, WHAT, TAG.sequence), WHAT);
  const permitted = fields.takeIf(contextTag(0));
  const excluded = fields.takeIf(contextTag(1));
  fields.end();
  if (permitted === undefined && excluded === undefined) return refuse(`${WHAT}: neither permitted nor excluded names`);
  return { permitted: subtreesOf(permitted), excluded: subtreesOf(excluded) };
}

function subtreesOf(element: Der | undefined): GeneralName[] {
  if (element === undefined) return [];
  const subtrees = childrenOf(element, WHAT);
  if (subtrees.length === 0 || subtrees.length > MOST_SUBTREES)
    return refuse(`${WHAT}: ${subtrees.length} subtrees, expected 1 to ${MOST_SUBTREES}`);
  return subtrees.map((subtree) => {
    const fields = new Fields(expectTag(subtree, TAG.sequence, WHAT), WHAT);
    const base = readGeneralName(fields.takeAny('base'), `${WHAT}.base`);
    // minimum is 0, which DER leaves out, and maximum is absent (RFC 5280): subtrees have no other shape.
    fields.end();
    return checked(base);
  });
}

/** A mailbox, a host or a domain; an address and its mask, whose bits are set from the left. */
function checked(base: GeneralName): GeneralName {
  if (base.kind === 'rfc822Name' && !/^(?:[^@]+@)?[^@]+$|^$/.test(base.value))
    return refuse(`${WHAT}: an rfc822Name that is no mailbox, host or domain`);
  if (base.kind !== 'iPAddress') return base;
  const { value } = base;
  if (value.length !== 8 && value.length !== 32) return refuse(`${WHAT}: an iPAddress of ${value.length} octets, expected 8 or 32`);
  const mask = [...value.subarray(value.length / 2)].map((octet) => octet.toString(2).padStart(8, '0')).join('');
  return /^1*0*$/.test(mask) ? base : refuse(`${WHAT}: an iPAddress with a mask that is no prefix`);
}

/** X.501 names: read for what FORMAT §6 wants to know, compared as RFC 5280 §7.1 says. */
import { Buffer } from 'node:buffer';
import { printable } from '../../format/text.js';
import { childrenOf, type Der, expectTag, Fields } from '../der/read.js';
import { TAG } from '../der/tags.js';
import { oid, text } from '../der/values.js';
import { OID } from '../oids.js';
import { refuse } from '../refusal.js';
import type { DistinguishedName } from '../types.js';
import { folded } from './fold.js';

const LABELS: Readonly<Record<string, string>> = {
  [OID.commonName]: 'CN',
  [OID.serialNumber]: 'serialNumber',
  '2.5.4.6': 'C',
  [OID.organizationName]: 'O',
  '2.5.4.11': 'OU',
};

/** Most attributes that a name is read with: a hostile one of many could be compared very often. */
const MOST_ATTRIBUTES = 64;

interface Attribute {
  readonly type: string;
  /** Empty where the value is of a type that is not read as text here. */
  readonly value: string;
  /** Type and value as names are compared. */
  readonly key: string;
}

/** Reads an RDNSequence. A value of a type that is not read as text here counts as an empty one, and is compared by its bytes. */
export function readName(element: Der, what: string): DistinguishedName {
  const relative = childrenOf(expectTag(element, TAG.sequence, what), what).map((set) => readRelativeName(set, what));
  const attributes = relative.flat();
  if (attributes.length > MOST_ATTRIBUTES) refuse(`${what}: ${attributes.length} attributes, expected at most ${MOST_ATTRIBUTES}`);
  const values = (type: string) => attributes.flatMap((attribute) => (attribute.type === type ? [attribute.value] : []));
  const shown = attributes.map(({ type, value }) => `${LABELS[type] ?? type}=${value}`);
  return {
    der: element.raw,
    rdns: relative.map(keyOf),
    cn: values(OID.commonName),
    o: values(OID.organizationName),
    serialNumber: values(OID.serialNumber),
    emails: values(OID.emailAddress),
    text: printable(shown.join(', '), 200),
  };
}

/** One RelativeDistinguishedName (the content of `set`) as names are compared. */
export function relativeNameKey(set: Der, what: string): string {
  return keyOf(readRelativeName(set, what));
}

function readRelativeName(set: Der, what: string): Attribute[] {
  return childrenOf(expectTag(set, TAG.set, what), what).map((pair) => {
    const fields = new Fields(expectTag(pair, TAG.sequence, what), what);
    const type = oid(fields.take(TAG.oid, 'type'), what);
    const element = fields.takeAny('value');
    fields.end();
    const value = text(element);
    const key = value === undefined ? `#${Buffer.from(element.raw).toString('hex')}` : folded(value);
    return { type, value: value ?? '', key: JSON.stringify([type, key]) };
  });
}

/** The attributes of one RDN are a set: their order says nothing. */
function keyOf(attributes: readonly Attribute[]): string {
  return attributes
    .map(({ key }) => key)
    .sort()
    .join('+');
}

/** Whether two names are the same name (RFC 5280 §7.1): case, blanks and the type of string don't matter. */
export function sameName(a: DistinguishedName, b: DistinguishedName): boolean {
  return a.rdns.length === b.rdns.length && isWithin(a, b);
}

/** Whether a name lies in the subtree of another (RFC 5280 §4.2.1.10), which may be the name itself. */
export function isWithin(name: DistinguishedName, base: DistinguishedName): boolean {
  return base.rdns.every((rdn, i) => rdn === name.rdns[i]);
}

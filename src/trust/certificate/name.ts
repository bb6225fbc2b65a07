/** X.501 names: read for what FORMAT §6 wants to know, compared by their DER. */
import { Buffer } from 'node:buffer';
import { printable } from '../../format/text.js';
import { childrenOf, type Der, expectTag, Fields } from '../der/read.js';
import { TAG } from '../der/tags.js';
import { oid, text } from '../der/values.js';
import { OID } from '../oids.js';
import type { DistinguishedName } from '../types.js';

const LABELS: Readonly<Record<string, string>> = {
  [OID.commonName]: 'CN',
  [OID.serialNumber]: 'serialNumber',
  '2.5.4.6': 'C',
  [OID.organizationName]: 'O',
  '2.5.4.11': 'OU',
};

/** Reads an RDNSequence. A value of a type that is not read as text here counts as an empty one. */
export function readName(element: Der, what: string): DistinguishedName {
  const attributes = childrenOf(expectTag(element, TAG.sequence, what), what).flatMap((set) =>
    childrenOf(expectTag(set, TAG.set, what), what).map((pair) => {
      const fields = new Fields(expectTag(pair, TAG.sequence, what), what);
      const type = oid(fields.take(TAG.oid, 'type'), what);
      const value = text(fields.takeAny('value')) ?? '';
      fields.end();
      return { type, value };
    }),
  );
  const values = (type: string) => attributes.flatMap((attribute) => (attribute.type === type ? [attribute.value] : []));
  const shown = attributes.map(({ type, value }) => `${LABELS[type] ?? type}=${value}`);
  return {
    der: element.raw,
    cn: values(OID.commonName),
    o: values(OID.organizationName),
    serialNumber: values(OID.serialNumber),
    text: printable(shown.join(', '), 200),
  };
}

/** Whether two names are the same name: byte for byte, so far (RFC 5280 §7.1 allows more). */
export function sameName(a: DistinguishedName, b: DistinguishedName): boolean {
  return Buffer.compare(a.der, b.der) === 0;
}

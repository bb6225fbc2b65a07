/** The extensions by which an authority narrows what may come below it: policies and names. */
import { childrenOf, expectTag, Fields, readElement } from '../der/read.js';
import { contextPrimitive, TAG } from '../der/tags.js';
import { oid, smallInteger } from '../der/values.js';
import { element } from '../der/write.js';
import { OID } from '../oids.js';
import { refuse } from '../refusal.js';
import type { Certificate } from '../types.js';
import { ANY_POLICY, type Mappings } from './policies.js';
import { type NameConstraints, readNameConstraints } from './subtrees.js';

/** What a certificate says; absent where it says nothing. */
export interface Narrowing {
  /** Dotted OIDs of certificatePolicies (RFC 5280 §4.2.1.4), each once. */
  readonly policies?: readonly string[];
  /** policyMappings (§4.2.1.5). */
  readonly mappings?: Mappings;
  /** policyConstraints (§4.2.1.11): certificates that may follow before a policy is required, or mapping ends. */
  readonly requireExplicitPolicy?: number;
  readonly inhibitPolicyMapping?: number;
  /** inhibitAnyPolicy (§4.2.1.14): certificates that may follow before anyPolicy counts no more. */
  readonly inhibitAnyPolicy?: number;
  readonly names?: NameConstraints;
}

/** Most policies or mappings of one certificate. */
const MOST_POLICIES = 256;
/** Qualifiers that RFC 5280 defines: a pointer to a statement, and a notice. Both are for people. */
const QUALIFIERS: readonly string[] = ['1.3.6.1.5.5.7.2.1', '1.3.6.1.5.5.7.2.2'];

/** Reads them, critical or not: what narrows is never passed over. Throws a Refusal. */
export function readNarrowing({ extensions }: Certificate): Narrowing {
  const of = <T>(id: string, reader: (value: Uint8Array, critical: boolean) => T): T | undefined => {
    const found = extensions.find(({ oid: name }) => name === id);
    return found === undefined ? undefined : reader(found.value, found.critical);
  };
  const policies = of(OID.certificatePolicies, readPolicies);
  const mappings = of(OID.policyMappings, readMappings);
  const inhibitAnyPolicy = of(OID.inhibitAnyPolicy, (value) =>
    smallInteger(readElement(value, 'inhibitAnyPolicy', TAG.integer), 'inhibitAnyPolicy'),
  );
  const names = of(OID.nameConstraints, readNameConstraints);
  return {
    ...(policies === undefined ? {} : { policies }),
    ...(mappings === undefined ? {} : { mappings }),
    ...of(OID.policyConstraints, readPolicyConstraints),
    ...(inhibitAnyPolicy === undefined ? {} : { inhibitAnyPolicy }),
    ...(names === undefined ? {} : { names }),
  };
}

function readPolicies(value: Uint8Array, critical: boolean): string[] {
  const what = 'certificatePolicies';
  const policies = childrenOf(readElement(value, what, TAG.sequence), what).map((information) => {
    const fields = new Fields(expectTag(information, TAG.sequence, what), what);
    const policy = oid(fields.take(TAG.oid, 'policyIdentifier'), what);
    const qualifiers = fields.takeIf(TAG.sequence);
    fields.end();
    for (const qualifier of qualifiers === undefined ? [] : childrenOf(qualifiers, what)) {
      const id = oid(new Fields(expectTag(qualifier, TAG.sequence, what), what).take(TAG.oid, 'policyQualifierId'), what);
      if (critical && !QUALIFIERS.includes(id)) refuse(`${what}: the qualifier ${id} is not understood`);
    }
    return policy;
  });
  if (policies.length === 0 || policies.length > MOST_POLICIES)
    refuse(`${what}: ${policies.length} policies, expected 1 to ${MOST_POLICIES}`);
  return new Set(policies).size === policies.length ? policies : refuse(`${what}: a policy stands twice`);
}

function readMappings(value: Uint8Array): Mappings {
  const what = 'policyMappings';
  const pairs = childrenOf(readElement(value, what, TAG.sequence), what);
  if (pairs.length === 0 || pairs.length > MOST_POLICIES) refuse(`${what}: ${pairs.length} mappings, expected 1 to ${MOST_POLICIES}`);
  const mappings = new Map<string, Set<string>>();
  for (const pair of pairs) {
    const fields = new Fields(expectTag(pair, TAG.sequence, what), what);
    const [from, to] = [oid(fields.take(TAG.oid, 'issuerDomainPolicy'), what), oid(fields.take(TAG.oid, 'subjectDomainPolicy'), what)];
    fields.end();
    if (from === ANY_POLICY || to === ANY_POLICY) refuse(`${what}: maps anyPolicy`);
    mappings.set(from, (mappings.get(from) ?? new Set()).add(to));
  }
  return mappings;
}

function readPolicyConstraints(value: Uint8Array): Pick<Narrowing, 'requireExplicitPolicy' | 'inhibitPolicyMapping'> {
  const what = 'policyConstraints';
  const fields = new Fields(readElement(value, what, TAG.sequence), what);
  const number = (tag: number): number | undefined => {
    const found = fields.takeIf(contextPrimitive(tag));
    return found === undefined ? undefined : smallInteger(readElement(element(TAG.integer, found.content), what), what);
  };
  const requireExplicitPolicy = number(0);
  const inhibitPolicyMapping = number(1);
  fields.end();
  if (requireExplicitPolicy === undefined && inhibitPolicyMapping === undefined) return refuse(`${what}: says nothing`);
  return {
    ...(requireExplicitPolicy === undefined ? {} : { requireExplicitPolicy }),
    ...(inhibitPolicyMapping === undefined ? {} : { inhibitPolicyMapping }),
  };
}

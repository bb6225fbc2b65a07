/** Name constraints along a path (RFC 5280 §4.2.1.10, §6.1.3 (b) and (c)). */
import { lowerAscii } from '../certificate/fold.js';
import { type GeneralName, readGeneralNames } from '../certificate/general-name.js';
import { isWithin } from '../certificate/name.js';
import { readElement } from '../der/read.js';
import { OID } from '../oids.js';
import { refuse } from '../refusal.js';
import type { Certificate } from '../types.js';
import type { NameConstraints } from './subtrees.js';

/** Most names of one certificate that are compared with constraints. */
const MOST_NAMES = 512;

/**
 * Why a certificate's names break what authorities above it allow; undefined
 * where they don't. Each authority that permits names of a form must permit
 * every name of that form, and none may exclude it.
 */
export function constraintFault(certificate: Certificate, above: readonly NameConstraints[]): string | undefined {
  if (above.length === 0) return undefined;
  const names = namesOf(certificate);
  if (names.length > MOST_NAMES) return `has ${names.length} names, and more than ${MOST_NAMES} are not compared with name constraints`;
  for (const name of names) {
    for (const constraints of above) {
      const fault = nameFault(name, constraints);
      if (fault !== undefined) return fault;
    }
  }
  return undefined;
}

/** Subject and alternative names; e-mail addresses in the subject count as such. Throws a Refusal. */
function namesOf({ subject, extensions }: Certificate): GeneralName[] {
  const own: GeneralName[] = subject.rdns.length === 0 ? [] : [{ kind: 'directoryName', value: subject }];
  for (const value of subject.emails) own.push({ kind: 'rfc822Name', value });
  const alternative = extensions.find(({ oid }) => oid === OID.subjectAltName);
  return alternative === undefined
    ? own
    : [...own, ...readGeneralNames(readElement(alternative.value, 'subjectAltName'), 'subjectAltName')];
}

function nameFault(name: GeneralName, { permitted, excluded }: NameConstraints): string | undefined {
  const ofForm = (bases: readonly GeneralName[]) => bases.filter((base) => isOfForm(base, name));
  const [may, mayNot] = [ofForm(permitted), ofForm(excluded)];
  if (may.length === 0 && mayNot.length === 0) return undefined;
  const shown = name.kind === 'other' ? 'a form of name' : `a ${name.kind}`;
  // RFC 5280 §4.2.1.10: what can't be compared with a constraint on its form is refused.
  if (!isComparable(name)) return `has ${shown} that an authority above it constrains, and that cannot be compared`;
  if (mayNot.some((base) => matches(name, base))) return `has ${shown} that an authority above it excludes`;
  if (may.length > 0 && !may.some((base) => matches(name, base))) return `has ${shown} that an authority above it does not permit`;
  return undefined;
}

function isOfForm(base: GeneralName, name: GeneralName): boolean {
  return base.kind === name.kind && (base.kind !== 'other' || base.tag === (name as typeof base).tag);
}

/** Forms that aren't known, e-mail addresses that are none, URIs without a host's name. */
function isComparable(name: GeneralName): boolean {
  if (name.kind === 'other') return false;
  if (name.kind === 'rfc822Name') return /^[^@]+@[^@]+$/.test(name.value);
  if (name.kind === 'uniformResourceIdentifier') return hostOf(name.value) !== undefined;
  if (name.kind === 'iPAddress') return name.value.length === 4 || name.value.length === 16;
  return name.kind !== 'dNSName' || name.value !== '';
}

function matches(name: GeneralName, base: GeneralName): boolean {
  if (name.kind === 'directoryName' && base.kind === 'directoryName') return isWithin(name.value, base.value);
  if (name.kind === 'iPAddress' && base.kind === 'iPAddress') return isInNetwork(name.value, base.value);
  if (typeof name.value !== 'string' || typeof base.value !== 'string') return refuse('names of different forms');
  const within = hostName(base.value);
  if (within === '') return true;
  switch (name.kind) {
    case 'dNSName':
      return isBelow(hostName(name.value), within) || hostName(name.value) === within;
    case 'rfc822Name':
      return isMailboxOf(name.value, base.value);
    default:
      return isHostOf(hostOf(name.value) ?? '', within);
  }
}

/** A DNS name as they are compared: without regard to case, and to a dot that ends it. */
function hostName(text: string): string {
  return lowerAscii(text).replace(/\.$/, '');
}

/** `.example.org`: any host below that domain. Otherwise that host itself. */
function isHostOf(host: string, base: string): boolean {
  return base.startsWith('.') ? host.length > base.length && host.endsWith(base) : host === base;
}

/** A DNS name with at least one more label on the left. */
function isBelow(name: string, base: string): boolean {
  return name.endsWith(base.startsWith('.') ? base : `.${base}`);
}

/** One mailbox (`jane@example.org`, local part as it is written), or all at a host or below a domain. */
function isMailboxOf(address: string, base: string): boolean {
  const at = address.lastIndexOf('@');
  const host = hostName(address.slice(at + 1));
  const baseAt = base.lastIndexOf('@');
  if (baseAt === -1) return isHostOf(host, hostName(base));
  return address.slice(0, at) === base.slice(0, baseAt) && host === hostName(base.slice(baseAt + 1));
}

/** The host's name in a URI's authority component, in lower case; undefined where it has none, or an address. */
function hostOf(uri: string): string | undefined {
  const [, authority = ''] = /^[A-Za-z][A-Za-z0-9+.-]*:\/\/([^/?#]*)/.exec(uri) ?? [];
  const host = hostName(authority.slice(authority.lastIndexOf('@') + 1).replace(/:[0-9]*$/, ''));
  return /^[a-z0-9_.-]+$/.test(host) && !/^[0-9.]+$/.test(host) ? host : undefined;
}

function isInNetwork(address: Uint8Array, network: Uint8Array): boolean {
  const size = address.length;
  if (network.length !== 2 * size) return false;
  return address.every((octet, i) => {
    const mask = network[size + i] as number;
    return (octet & mask) === ((network[i] as number) & mask);
  });
}

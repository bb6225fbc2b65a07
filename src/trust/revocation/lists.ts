/** What can be said of a host's revocation lists before any commit is looked at. */
import { sameName } from '../certificate/name.js';
import { linkFault } from '../path/link.js';
import type { Certificate, RevocationList, Trust } from '../types.js';

/** A sentence where the host's policy leaves revocation unchecked, for those who look at a history. */
export function revocationNotChecked({ revocation, crls }: Trust): string | undefined {
  if (revocation !== 'off') return undefined;
  const what =
    crls.length === 0 ? 'whether certificates were revoked' : 'whether certificates were revoked that no revocation list is about';
  return `${what}: the host's policy says revocation: off`;
}

/** The host's own certificates that could have issued others. */
export function issuersOf({ roots, intermediates }: Trust): Certificate[] {
  return [...roots.map(({ certificate }) => certificate), ...intermediates].filter(({ isCa }) => isCa);
}

/** What the host's own certificates say of who signed a list: `signed` by one, by none of that name, or none has that name. */
export function signatureOf(list: RevocationList, { roots, intermediates }: Trust): 'signed' | 'foreign' | 'unknown issuer' {
  const all = [...roots.map(({ certificate }) => certificate), ...intermediates];
  const named = all.filter(({ subject }) => sameName(subject, list.issuer));
  if (named.length === 0) return 'unknown issuer';
  const signed = named.some(
    (one) => (one.keyUsage === undefined || one.keyUsage.includes('cRLSign')) && linkFault(list, one) === undefined,
  );
  return signed ? 'signed' : 'foreign';
}

/** The lists that no newer one of the same issuer and scope stands beside: older ones are kept for what expired since. */
export function newestLists(crls: readonly RevocationList[]): RevocationList[] {
  const newest = new Map<string, RevocationList>();
  for (const list of crls) {
    const key = JSON.stringify([list.issuer.rdns, list.scope]);
    const other = newest.get(key);
    if (other === undefined || other.thisUpdate < list.thisUpdate) newest.set(key, list);
  }
  return [...newest.values()];
}

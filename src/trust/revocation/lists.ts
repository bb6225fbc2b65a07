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

/** What the host's own certificates say of who signed a list: one of them did, none has that name, or why none counts for it. */
export function signatureOf(
  list: RevocationList,
  { roots, intermediates }: Trust,
): 'signed' | 'unknown issuer' | { readonly fault: string } {
  const all = [...roots.map(({ certificate }) => certificate), ...intermediates];
  const named = all.filter(({ subject }) => sameName(subject, list.issuer));
  if (named.length === 0) return 'unknown issuer';
  const faults = named.map((one) => linkFault(list, one) ?? (maySignLists(one) ? undefined : LACKS_CRL_SIGN));
  if (faults.includes(undefined)) return 'signed';
  // Of several of one name the right one may be another: what they all say is said.
  return { fault: [...new Set(faults)].join('; ') };
}

/** What is wrong with a list whose signer may not sign any. */
export const LACKS_CRL_SIGN = 'is signed by a certificate whose keyUsage lacks cRLSign';

/** RFC 5280 §6.3.3 (f). */
export function maySignLists({ keyUsage }: Certificate): boolean {
  return keyUsage === undefined || keyUsage.includes('cRLSign');
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

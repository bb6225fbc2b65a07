import type { HostPolicy } from '../hooks/receive-policy.js';
import { type Finding, fault, note } from '../hosts/finding.js';
import { sameName } from '../trust/certificate/name.js';
import { trustAsOf } from '../trust/revocation/early.js';
import { issuersOf, newestLists, signatureOf } from '../trust/revocation/lists.js';
import type { RevocationList } from '../trust/types.js';

const DAY = 24 * 3600 * 1000;
/** A list is about to end when a quarter of its time is left, and at most so long, in milliseconds. */
const SOON = 7 * DAY;

/** What is wrong with how a host checks revocation, for `vpr doctor`. */
export function* examineRevocation({ trust: held, policy }: HostPolicy, path: string, now: Date): Generator<Finding> {
  const trust = trustAsOf(held, now, policy.skewMs);
  const { crls, early, revocation } = trust;
  if (revocation === 'off') {
    const rest = held.crls.length === 0 ? '' : ', but for what the lists at hand name';
    yield note('revocation-off', `whether certificates are revoked is not checked${rest}: revocation is off`, [
      `list the authorities' revocation lists as crls in ${path}, and set revocation: warn or require (docs/trust.md)`,
    ]);
  }
  for (const list of newestLists(crls)) yield* examineList(list, now);
  for (const list of early)
    yield note(
      'crl-future',
      `${nameOf(list)} is of ${list.thisUpdate.toISOString()}, which has not come yet: until then it counts for no more than the revocations that it names`,
      ["look at this machine's clock, and use the list that the authority has made last"],
    );
  for (const list of held.crls) {
    const signature = signatureOf(list, trust);
    const help = [`get the list again, or remove it from crls in ${path}`];
    if (typeof signature === 'object') yield fault('crl-foreign', `${nameOf(list)} ${signature.fault}: it counts for nothing`, help);
    if (signature === 'unknown issuer')
      yield note(
        'crl-issuer',
        `${nameOf(list)} is of an issuer that no certificate in ${path} has: it counts where signatures carry that one`,
        [`to have the list checked here as well, name its issuer's certificate as one of intermediates in ${path}`],
      );
  }
  if (revocation === 'off') return;
  for (const { subject } of issuersOf(trust)) {
    if (crls.some(({ issuer }) => sameName(issuer, subject))) continue;
    const refused = revocation === 'require' ? ': every push with one of its certificates is refused' : '';
    yield fault('crl-missing', `no revocation list of ${subject.text} is at hand${refused}`, [`list it as one of crls in ${path}`]);
  }
}

function* examineList(list: RevocationList, now: Date): Generator<Finding> {
  const { thisUpdate, nextUpdate } = list;
  const help = ["get the authority's newest list, put it beside the old one, and move it into its place (docs/trust.md)"];
  const left = nextUpdate.getTime() - now.getTime();
  const soon = Math.min(SOON, (nextUpdate.getTime() - thisUpdate.getTime()) / 4);
  if (left < 0) yield fault('crl-stale', `${nameOf(list)} is out of date since ${nextUpdate.toISOString()}`, help);
  else if (left < soon) yield note('crl-expires', `${nameOf(list)} is out of date from ${nextUpdate.toISOString()} on`, help);
}

function nameOf({ issuer, thisUpdate }: RevocationList): string {
  return `the revocation list of ${issuer.text} of ${thisUpdate.toISOString().slice(0, 10)}`;
}

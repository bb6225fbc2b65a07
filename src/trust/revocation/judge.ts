/** What a path's standings mean for a commit that counts from a time (FORMAT §6 "When a certificate counts"). */
import type { Fault } from '../../format/fault.js';
import { howToRenew } from '../help.js';
import { labelOf } from '../path/build.js';
import type { ReceiptKnown, Revocation, RevocationReason } from '../types.js';
import type { Standing } from './standing.js';

/** What was found; all empty where nothing is revoked and that is known. */
export interface RevocationVerdict {
  /** Revocations that void the commit. */
  readonly revoked: readonly Fault[];
  /** Keys in other hands, where nothing shows that the commit is older. */
  readonly notShown: readonly Fault[];
  /** Certificates of which it isn't known. */
  readonly unknown: readonly Fault[];
}

/** The reasons that mean: somebody else may have the key. */
const COMPROMISED: readonly RevocationReason[] = ['keyCompromise', 'cACompromise', 'aACompromise'];

/** Whether somebody else may have the key. */
export function isCompromise({ reason }: Revocation): boolean {
  return COMPROMISED.includes(reason);
}

/** Judges the standings of a path at a time. */
export function judgeRevocation(standings: readonly Standing[], at: Date, known: ReceiptKnown): RevocationVerdict {
  const revoked: Fault[] = [];
  const notShown: Fault[] = [];
  const unknown: Fault[] = [];
  for (const { certificate, sameKey, revocations, knownUntil, why } of standings) {
    for (const revocation of revocations) {
      const label = `${labelOf(certificate)}${sameKey ? ', which has the same key,' : ''} was revoked on ${iso(revocation.date)} (${wordsOf(revocation)})`;
      if (at >= voidFrom(revocation)) revoked.push({ message: `${label}, and the commit counts from ${iso(at)}`, help: howToRenew });
      if (!isCompromise(revocation)) continue;
      if (known === 'signer')
        notShown.push({
          message: `${label}: that the commit is older cannot be shown by its signer's word alone`,
          help: WITH_JOURNAL,
        });
      else if (revocation.invalidity === undefined && at < voidFrom(revocation))
        notShown.push({
          message: `${label}: that the commit is older than the key's compromise cannot be shown, since the list does not say when that was`,
          help: WITH_DATE,
        });
    }
    // The last instant of nextUpdate counts, as that of notAfter does.
    if (knownUntil === undefined || at.getTime() >= knownUntil.getTime() + 1000)
      unknown.push({ message: `whether ${labelOf(certificate)} is revoked is not known: ${why}`, help: FRESH });
  }
  return { revoked, notShown, unknown };
}

function wordsOf({ reason, invalidity }: Revocation): string {
  return COMPROMISED.includes(reason) && invalidity !== undefined ? `${reason}, since ${iso(invalidity)}` : reason;
}

/** From when on nothing counts: the revocation, or, for a key in other hands, the day it may have been in them. */
function voidFrom({ date, reason, invalidity }: Revocation): Date {
  return COMPROMISED.includes(reason) && invalidity !== undefined && invalidity < date ? invalidity : date;
}

const WITH_JOURNAL = ["vpr verify --journal FILE  # the host's journal says when it received the commit"];
const WITH_DATE = ['ask the authority for a list whose entry has an invalidityDate: since when the key may have been in other hands'];
const FRESH = ["ask the host's administrator for a fresh revocation list: crls in its vpr.yaml (docs/trust.md)"];

function iso(date: Date): string {
  return `${date.toISOString().slice(0, 19)}Z`;
}

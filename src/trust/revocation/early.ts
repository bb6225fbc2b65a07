import type { Trust } from '../types.js';

/**
 * A trust store as of a moment: revocation lists made after it, by more than clocks may differ, are set apart as
 * `early`. Authorities make lists beforehand, and clocks go wrong. Of what has not happened yet such a list says
 * nothing, so that nobody is shown by it not to be revoked, and no hold ends by it; whom it names is revoked all the same.
 */
export function trustAsOf(trust: Trust, now: Date, skewMs: number): Trust {
  const latest = now.getTime() + skewMs;
  const early = trust.crls.filter(({ thisUpdate }) => thisUpdate.getTime() > latest);
  return early.length === 0 ? trust : { ...trust, crls: trust.crls.filter((list) => !early.includes(list)), early };
}

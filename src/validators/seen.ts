/** What the commits of one push or history have shown, for those that come after them. */
import { type CertificateMark, markOf } from '../trust/twins.js';
import type { Certificate, Signer } from '../trust/types.js';
import type { Context, Known } from './step.js';

/** Starts from what the context knows; `add` takes what a good commit was signed with. */
export function seenSoFar(
  context: Pick<Context, 'knownRegistrations' | 'knownCertificates'>,
): Known & { readonly add: (signer: Signer, path: readonly Certificate[]) => void } {
  const registrations = new Map<string, ReadonlySet<string>>();
  const certificates = new Map<string, readonly CertificateMark[]>();
  const knownRegistrations: Known['knownRegistrations'] = (id) => registrations.get(id) ?? context.knownRegistrations(id);
  const knownCertificates: Known['knownCertificates'] = (place) => {
    const found = certificates.get(place) ?? context.knownCertificates?.(place) ?? [];
    certificates.set(place, found);
    return found;
  };
  return {
    knownRegistrations,
    knownCertificates,
    add({ participantId, registrations: own }, path) {
      for (const certificate of path) {
        const mark = markOf(certificate);
        const known = knownCertificates(mark.place);
        if (!known.some(({ fingerprint }) => fingerprint === mark.fingerprint)) certificates.set(mark.place, [...known, mark]);
      }
      if (participantId === undefined) return;
      const known = knownRegistrations(participantId);
      const names = own.map(({ authority, number }) => `${authority} ${number}`);
      if (known === undefined || names.some((name) => !known.has(name)))
        registrations.set(participantId, new Set([...(known ?? []), ...names]));
    },
  };
}

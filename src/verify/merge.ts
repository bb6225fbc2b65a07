/** What an earlier run has verified, together with what this one has. */
import type { Context } from '../validators/step.js';
import type { Cached } from './cache.js';
import type { HistoryReport, SignerSummary } from './types.js';

export const withCached = { history, registrations, certificates };

/** The report of all of it: commits and signers of both. */
function history(cached: Cached, fresh: HistoryReport): HistoryReport {
  const { commits } = fresh.verdict;
  const expires = [cached.expires === undefined ? undefined : new Date(cached.expires), fresh.expires].filter((date) => date !== undefined);
  return {
    ...fresh,
    first: cached.first,
    whole: true,
    verdict: { ...fresh.verdict, commits: { judged: cached.commits + commits.judged, pushed: cached.commits + commits.pushed } },
    signers: addSigners(cached.signers, fresh.signers),
    marks: [...new Map([...cached.marks, ...fresh.marks].map((mark) => [mark.fingerprint, mark])).values()],
    counts: Object.fromEntries(
      Object.entries(fresh.counts).map(([name, count]) => [name, count + cached.counts[name as keyof HistoryReport['counts']]]),
    ) as HistoryReport['counts'],
    ...(expires.length === 0 ? {} : { expires: new Date(Math.min(...expires.map(Number))) }),
  };
}

function addSigners(former: readonly SignerSummary[], fresh: readonly SignerSummary[]): readonly SignerSummary[] {
  const all = new Map<string, SignerSummary>();
  for (const signer of [...former, ...fresh]) {
    const key = signer.certificate ?? signer.key ?? '';
    const known = all.get(key);
    all.set(
      key,
      known === undefined
        ? signer
        : { ...known, commits: known.commits + signer.commits, trusted: known.trusted + signer.trusted, last: signer.last },
    );
  }
  return [...all.values()];
}

/** Registrations that participant ids were seen with in what was verified before. */
function registrations(cached: Cached | undefined, others: Context['knownRegistrations'] | undefined): Context['knownRegistrations'] {
  const seen = new Map<string, Set<string>>();
  for (const { participantId, registrations: own } of cached?.signers ?? []) {
    if (participantId === undefined) continue;
    const all = seen.get(participantId) ?? new Set();
    for (const registration of own) all.add(registration);
    seen.set(participantId, all);
  }
  return (participant) => {
    const known = seen.get(participant);
    const elsewhere = others?.(participant);
    return known === undefined ? elsewhere : new Set([...known, ...(elsewhere ?? [])]);
  };
}

/** Certificates that were seen in what was verified before. */
function certificates(cached: Cached | undefined, others: Context['knownCertificates']): NonNullable<Context['knownCertificates']> {
  return (place) => [...(cached?.marks ?? []).filter((mark) => mark.place === place), ...(others?.(place) ?? [])];
}

import { VprError } from '../errors.js';
import type { Uuid } from '../format/identifiers.js';
import { MAIN, moves, type ObjectId, type RefUpdate } from '../format/push.js';
import type { ObjectReader } from '../git/cat-file.js';
import { readPush } from '../git/push.js';
import { certificatesAt, rememberCertificates, type SeenCertificate } from '../hosts/certificates.js';
import { appendJournal } from '../hosts/journal.js';
import { type Registrations, registrationsOf, rememberRegistrations } from '../hosts/participants.js';
import { type RegisteredRecord, recordOf } from '../hosts/registry.js';
import { trustAsOf } from '../trust/revocation/early.js';
import { markOf } from '../trust/twins.js';
import { judge } from '../validators/judge.js';
import { FORMAT_VERSION, type Verdict } from '../validators/verdict.js';
import type { HostPolicy } from './receive-policy.js';
import { shallowProblem } from './receive-shallow.js';
import { leaveTurn, takeTurn } from './receive-turn.js';

/** A push as a host has received it. */
export interface Received {
  /** The host's directory. */
  readonly host: string;
  /** The repository's real path. */
  readonly repository: string;
  /** Its objects and those of the push; closed here. */
  readonly objects: ObjectReader;
  readonly updates: readonly RefUpdate[];
  readonly policy: HostPolicy;
  readonly at: Date;
  /** SHA-256 of the program that judges, in hex. */
  readonly program: string;
  /** Asked before anything of an accepted push is written down; throws where nobody waits for the verdict any more. */
  readonly confirm?: () => Promise<void>;
}

/**
 * Judges a push and, where it is accepted, remembers the participants and
 * writes the journal, on the disk, before it returns. Throws where anything of
 * this fails; the caller refuses.
 */
export async function receive(received: Received): Promise<Verdict> {
  const { host, repository, objects, updates, policy, at } = received;
  const record = recordOf(host, repository);
  const knownRegistrations = once((participant: Uuid) => registrationsOf(host, participant));
  const knownCertificates = once((place: string) => certificatesAt(host, place));

  let verdict: Verdict;
  let pushed: readonly ObjectId[];
  const close = (): void => void objects.close().catch(() => {}); // git ends while rules judge; how, is asked below
  try {
    const push = await readPush(objects, updates, policy.policy.limits, close);
    pushed = push.main?.ids ?? [];
    const times = () => ({ received: at, latest: at, known: 'host' }) as const;
    const trust = trustAsOf(policy.trust, at, policy.policy.skewMs);
    verdict = await judge(push, { record, policy: policy.policy, trust, times, knownRegistrations, knownCertificates });
  } finally {
    close();
  }
  if (verdict.accepted) {
    if (record === undefined) throw new VprError('receive/unregistered', 'the host does not know whose record this is');
    await received.confirm?.();
    const main = updates.find(({ ref }) => ref === MAIN);
    const problem = shallowProblem(repository, pushed, at) ?? (main && (await takeTurn(repository, main)));
    if (problem !== undefined) return { ...verdict, accepted: false, problems: [...verdict.problems, problem] };
    try {
      remember(received, verdict, knownRegistrations);
      rememberPaths(received, verdict, knownCertificates);
      journal(received, verdict, record);
    } catch (error) {
      if (main !== undefined) leaveTurn(repository, main);
      throw error;
    }
  }
  await objects.close();
  return verdict;
}

function remember({ host, at }: Received, { signers }: Verdict, judged: (participant: Uuid) => Registrations | undefined): void {
  const seen = new Map<Uuid, Set<string>>();
  for (const { signer } of signers) {
    if (signer.participantId === undefined) continue;
    const all = seen.get(signer.participantId) ?? new Set();
    for (const { authority, number } of signer.registrations) all.add(`${authority} ${number}`);
    seen.set(signer.participantId, all);
  }
  for (const [participant, registrations] of seen) {
    rememberRegistrations(host, participant, [...registrations], judged(participant), at.toISOString());
  }
}

function rememberPaths(
  { host, at }: Received,
  { signers }: Verdict,
  judged: (place: string) => readonly SeenCertificate[] | undefined,
): void {
  const places = new Map<string, Map<string, SeenCertificate>>();
  for (const mark of signers.flatMap(({ path }) => path.map(markOf))) {
    places.set(mark.place, (places.get(mark.place) ?? new Map()).set(mark.fingerprint, mark));
  }
  for (const [place, seen] of places) rememberCertificates(host, place, [...seen.values()], judged(place), at.toISOString());
}

/** Asks once for each key: what was judged by is what the push is compared with when it is remembered. */
function once<T>(ask: (key: string) => T): (key: string) => T {
  const known = new Map<string, T>();
  return (key) => {
    if (!known.has(key)) known.set(key, ask(key));
    return known.get(key) as T;
  };
}

function journal({ host, updates, policy, at, program }: Received, verdict: Verdict, record: RegisteredRecord): void {
  for (const update of updates.filter(moves)) {
    appendJournal(host, {
      time: at.toISOString(),
      kind: record.kind,
      record: record.id,
      old: update.old,
      new: update.new,
      format: FORMAT_VERSION,
      digests: { rules: program, policy: policy.digest, trust: policy.trust.digest },
      verdict: 'accepted',
      commits: verdict.commits.judged,
      signers: [...new Set(verdict.signers.map(({ signer }) => signer.certificate.fingerprint))],
    });
  }
}

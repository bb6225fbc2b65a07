import { VprError } from '../errors.js';
import type { Uuid } from '../format/identifiers.js';
import { appendLine, createWhole, readIfThere } from './files.js';
import { hostPaths, shardedPath } from './paths.js';

const PLACE = 'participants/, in the directory of the host';

/** Registrations a participant id was seen with: `GMC 1234567`. */
export type Registrations = ReadonlySet<string>;

/**
 * The registrations that a participant id has been seen with on this host
 * (FORMAT.md §6: one participant id is one person); undefined for an id never seen.
 * A line that a crash left unfinished is passed over: that its push was
 * accepted had not been said, and knowing less refuses more. Throws
 * `participants/damaged` where nothing of what is there reads.
 */
export function registrationsOf(root: string, participant: Uuid): Registrations | undefined {
  const text = readIfThere(participantPath(root, participant));
  if (text === undefined) return undefined;
  const seen = new Set<string>();
  for (const line of text.split('\n')) {
    for (const registration of parseLine(line)) seen.add(registration);
  }
  if (seen.size > 0) return seen;
  throw new VprError('participants/damaged', `what this host knows of the participant id ${participant} is damaged`, {
    help: [`the host's administrator restores it from a backup: it is in ${PLACE}`],
  });
}

/**
 * Remembers registrations of a participant id, on the disk before it returns.
 * `judged` is what `registrationsOf` had said when the push was judged: where the id was new then and another
 * push has claimed it since, with none of these registrations, it throws
 * `participants/claimed`, and the push must be judged again.
 */
export function rememberRegistrations(
  root: string,
  participant: Uuid,
  registrations: readonly string[],
  judged: Registrations | undefined,
  time: string,
): void {
  const path = participantPath(root, participant);
  const line = (fresh: readonly string[]) => JSON.stringify({ time, registrations: fresh });
  if (judged === undefined && createWhole(path, `${line(registrations)}\n`)) return;
  const known = registrationsOf(root, participant) ?? new Set();
  if (judged === undefined && !registrations.some((registration) => known.has(registration))) {
    throw new VprError('participants/claimed', `the participant id ${participant} was claimed by another push a moment ago`, {
      help: ['push again'],
    });
  }
  const fresh = registrations.filter((registration) => !known.has(registration));
  if (fresh.length > 0) appendLine(path, line(fresh));
}

function participantPath(root: string, participant: Uuid): string {
  return shardedPath(hostPaths(root).participants, participant, '.jsonl');
}

function parseLine(line: string): readonly string[] {
  try {
    const { registrations } = JSON.parse(line) as { registrations?: unknown };
    if (Array.isArray(registrations) && registrations.every((value) => typeof value === 'string')) return registrations;
  } catch {
    // not a whole line
  }
  return [];
}

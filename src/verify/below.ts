/** What the history below a range has shown, which the hook had known when the range came. */
import { VprError } from '../errors.js';
import type { ObjectId, ObjectSource } from '../format/push.js';
import type { Trust } from '../trust/types.js';
import { gatherEarlier } from './earlier.js';
import { given } from './given.js';
import type { Measure } from './measure.js';
import type { Gap } from './types.js';

type Knowledge = Pick<Measure, 'knownRegistrations' | 'knownCertificates'>;

/** What is known to a range, and why that may not be all of it. */
export interface Below {
  readonly known: Knowledge;
  readonly gaps: readonly Gap[];
}

/**
 * Adds to what a look knows already which registrations and certificates people
 * were seen with below `from` (FORMAT.md §6 "Signer"). A store that can't be
 * read that far down is a gap: somebody may have been another person there.
 */
export async function knownBelow(
  objects: ObjectSource,
  from: ObjectId | undefined,
  trust: Trust | undefined,
  commitBytes: number,
  { knownRegistrations, knownCertificates }: Knowledge,
): Promise<Below> {
  const already: Knowledge = given({ knownRegistrations, knownCertificates });
  if (from === undefined || trust === undefined) return { known: already, gaps: [] };
  try {
    const below = await gatherEarlier(objects, from, trust, commitBytes);
    const known: Knowledge = {
      knownRegistrations(participant) {
        const [here, elsewhere] = [below.knownRegistrations(participant), knownRegistrations?.(participant)];
        return here === undefined ? elsewhere : new Set([...here, ...(elsewhere ?? [])]);
      },
      knownCertificates: (place) => [...(below.knownCertificates?.(place) ?? []), ...(knownCertificates?.(place) ?? [])],
    };
    return { known, gaps: below.whole ? [] : [UNREAD] };
  } catch (error) {
    if (error instanceof VprError && error.code.startsWith('git/')) return { known: already, gaps: [UNREAD] };
    throw error;
  }
}

const UNREAD: Gap = {
  code: 'unread-below',
  message: 'the history below the range cannot be read to its root: which registrations and certificates its people had is not known',
};

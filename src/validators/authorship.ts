import type { Message, Role } from '../format/thread.js';
import type { Signer, SignerClass } from '../trust/types.js';

/** The roles a class of certificate may write in (FORMAT.md §3 "Who may write what"). */
export const ALLOWED_ROLES: Readonly<Record<SignerClass, readonly Role[]>> = {
  clinician: ['clinician', 'careteam'],
  administrator: ['careadministrator'],
  patient: ['patient'],
  associate: ['patientassociate'],
  system: ['system'],
};

/**
 * How a message stands to the signer of the commit that appends it: their own,
 * recorded for somebody else, the system's, or `unknown` where the signer has
 * no participant id to compare with.
 */
export type Authorship = 'own' | 'recorded' | 'system' | 'unknown';

/** Which of FORMAT.md §3's ways of writing a message this one is. */
export function authorshipOf(message: Message, signer: Signer | undefined): Authorship {
  if (signer?.participantId === undefined) return 'unknown';
  if (message.authorId !== signer.participantId) return 'recorded';
  return message.role === 'system' ? 'system' : 'own';
}

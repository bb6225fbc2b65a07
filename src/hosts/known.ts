/** What a host has seen in accepted pushes, as rules ask for it. */
import type { Uuid } from '../format/identifiers.js';
import { certificatesAt } from './certificates.js';
import { registrationsOf } from './participants.js';

/** Registrations by participant id, and certificates by the place that a mark names. Either throws where what the host kept is damaged. */
export function knownTo(root: string) {
  return {
    knownRegistrations: (participant: Uuid) => registrationsOf(root, participant),
    knownCertificates: (place: string) => certificatesAt(root, place),
  };
}

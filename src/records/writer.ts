/** Who writes in a clone, checked before anything is written. */
import { VprError } from '../errors.js';
import { parseUuid, renderCommitMessage, type Uuid } from '../format/index.js';
import type { Identity } from '../trust/index.js';
import { type Clone, identsNow, openClone } from './clone.js';
import { glanceAtCredentials, signingFaults } from './credentials.js';

/** A clone in which commits can be signed, and who signs them. */
export interface Writer {
  readonly clone: Clone;
  readonly identity: Identity;
  /** The writer's id in ledgers; absent for who writes no messages. */
  readonly participantId?: Uuid;
  readonly role: string;
  readonly careLocation: string;
}

/** Opens a clone for writing. Throws where it is not set up, or the certificate may not sign now. */
export function openWriter(directory: string, now: Date = new Date()): Writer {
  const clone = openClone(directory);
  const { certificate, key, role, careLocation, participantId } = clone.settings;
  if (certificate === undefined || key === undefined)
    throw notSetUp('has no certificate and key to sign with', '--certificate FILE --key FILE');
  if (role === undefined) throw notSetUp('does not say in which role you write', '--role Clinician');
  if (careLocation === undefined) throw notSetUp('does not say where care is given', '--care-location "Oxford University Hospitals"');
  const { chain, identity } = glanceAtCredentials(certificate, key);
  const faults = signingFaults(chain[0], identity, identsNow(clone.directory), now);
  if (faults.length > 0) {
    throw new VprError('writer/refused', faults.map(({ message }) => message).join('; '), {
      help: faults.flatMap(({ help }) => help ?? []),
    });
  }
  const id = identity.participantId ?? (participantId === undefined ? undefined : parseUuid(participantId));
  return { clone, identity, ...(id === undefined ? {} : { participantId: id }), role, careLocation };
}

/** The writer's participant id. Throws `writer/no-id` where there is none. */
export function participantOf({ participantId, identity }: Writer): Uuid {
  if (participantId !== undefined) return participantId;
  throw new VprError('writer/no-id', `the certificate of ${identity.name} has no participant id, without which no message can be signed`, {
    help: [
      'get a certificate with one: vpr cert issue … --participant new',
      "or let the host's vpr.yaml give it one, then: vpr setup --trust FILE",
    ],
  });
}

/** What a commit says of itself, besides who wrote it. */
export interface CommitWords {
  readonly action: 'create' | 'update';
  /** One line, without anything clinical or about the patient. */
  readonly summary: string;
  readonly onBehalfOf?: Uuid;
}

/** A commit message in the words of FORMAT §6, with the writer's trailers. */
export function messageOf(writer: Writer, { action, summary, onBehalfOf }: CommitWords): string {
  const { identity, role, careLocation } = writer;
  const registrations = identity.registrations.map(({ authority, number }) => `${authority} ${number}`).sort();
  return renderCommitMessage({
    domain: 'coordination',
    action,
    summary,
    trailers: [
      { key: 'Author-Name', value: identity.name },
      { key: 'Author-Role', value: role },
      ...registrations.map((value) => ({ key: 'Author-Registration', value })),
      { key: 'Care-Location', value: careLocation },
      ...(onBehalfOf === undefined ? [] : [{ key: 'On-Behalf-Of', value: onBehalfOf }]),
    ],
  });
}

function notSetUp(what: string, flags: string): VprError {
  return new VprError('writer/not-set-up', `this clone ${what}`, { help: [`vpr setup ${flags}`] });
}

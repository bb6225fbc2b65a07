/** Whom a certificate is for, checked (FORMAT §6 "Signer"). */
import { VprError } from '../errors.js';
import { newUuid, parseTypedUuid } from '../format/index.js';
import type { Registration } from '../trust/index.js';
import { checkAuthority, checkEmail, checkName, checkNumber } from './certificate-names.js';

/** A holder as given by flags. */
export interface HolderInput {
  readonly name: string;
  /** The holder's own registration: O and serialNumber of the subject. */
  readonly registration: Registration;
  readonly further: readonly Registration[];
  readonly email?: string;
  /** A UUID, `new` for a fresh one, absent for a holder who writes no messages. */
  readonly participant?: string;
}

/** A holder whose names may stand in a certificate. */
export interface Holder {
  readonly name: string;
  /** The subject's own first, each once. */
  readonly registrations: readonly [Registration, ...Registration[]];
  readonly email?: string;
  readonly participantId?: string;
}

/** Checks every name. Throws `cert/…`. */
export function checkHolder(input: HolderInput): Holder {
  const name = checkName(input.name);
  const own = checkedRegistration(input.registration);
  const others = new Map(input.further.map(checkedRegistration).map((one) => [`${one.authority} ${one.number}`, one]));
  others.delete(`${own.authority} ${own.number}`);
  const participantId = participantOf(input.participant);
  return {
    name,
    registrations: [own, ...others.values()],
    ...(input.email === undefined ? {} : { email: checkEmail(input.email) }),
    ...(participantId === undefined ? {} : { participantId }),
  };
}

function checkedRegistration({ authority, number }: Registration): Registration {
  return { authority: checkAuthority(authority), number: checkNumber(number) };
}

function participantOf(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  if (text === 'new') return newUuid();
  const id = parseTypedUuid(text);
  if (id !== undefined) return id;
  throw new VprError('cert/participant', `--participant: ${JSON.stringify(text)} is neither a UUID nor the word new`);
}

/** `GMC 1234567`. */
export function registrationText({ authority, number }: Registration): string {
  return `${authority} ${number}`;
}

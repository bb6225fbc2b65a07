/** Who a certificate says its holder is (FORMAT §6 "Signer"). */
import type { Fault, Read } from '../format/fault.js';
import { read, unread } from '../format/fault.js';
import { parseUuid } from '../format/identifiers.js';
import { remember } from '../format/remember.js';
import { forbiddenCharacter, isTrimmedLine } from '../format/text.js';
import type { Certificate, Identity, Registration } from './types.js';

const AUTHORITY = /^[A-Za-z0-9.-]+$/;
const REGISTRATION_URI = /^vpr:\/\/([A-Za-z0-9.-]+)\/([^/]+)$/;
const UUID_URI = /^urn:uuid:(.+)$/;
/** What Git takes for crud at both ends of a name: C0 controls, blanks and these. */
const CRUD_AT_ENDS = /^[\0- .,:;<>"\\']+|(?<![\0- .,:;<>"\\'])[\0- .,:;<>"\\']+$/g;

/**
 * A name as names are compared (FORMAT §6): in NFC, without what Git itself
 * removes from the names it writes into commits.
 */
export function comparableName(name: string): string {
  return comparableNames(name, (own) => withoutCrud(withoutCrud(own).normalize('NFC')));
}

/** Every commit names its author three times. Names are at most as long as a commit. */
const comparableNames = remember<string>(100);

function withoutCrud(name: string): string {
  return name.replace(CRUD_AT_ENDS, '').replace(/[<>\n]/g, '');
}

/** Whether two e-mail addresses are the same: the domain without regard to case. */
export function sameEmail(a: string, b: string): boolean {
  return withLowerDomain(a) === withLowerDomain(b);
}

function withLowerDomain(email: string): string {
  const at = email.lastIndexOf('@') + 1;
  return email.slice(0, at) + email.slice(at).toLowerCase();
}

/**
 * Name, registrations, e-mails and participant id of a certificate, whoever
 * issued it. Faults where FORMAT §6 wants another subject or other alternative names.
 */
export function certificateIdentity(certificate: Certificate): Read<Identity> {
  return identities(certificate.fingerprint, () => readIdentity(certificate));
}

const identities = remember<Read<Identity>>(1000);

function readIdentity(certificate: Certificate): Read<Identity> {
  const faults: Fault[] = [];
  const fault = (message: string) => faults.push({ message: `the certificate's ${message}` });
  const { subject } = certificate;
  const name = single(subject.cn, 'CN', fault);
  const organisation = single(subject.o, 'O', fault);
  const number = single(subject.serialNumber, 'serialNumber', fault);
  if (name !== '' && (!isOneLine(name) || comparableName(name) === ''))
    fault('CN is not a name on one line, without blanks around it or control characters');
  if (organisation !== '' && !AUTHORITY.test(organisation)) fault("O is not an authority's name of letters, digits, dots and hyphens");
  if (number !== '' && (/[/\s]/u.test(number) || !isOneLine(number)))
    fault('serialNumber is not a registration number: it has a blank, a slash or a control character');
  const registrations = registrationsOf(certificate, fault);
  const own = registrations.find((registration) => registration.authority === organisation && registration.number === number);
  if (own === undefined) fault('subjectAltName has no URI vpr://<O>/<serialNumber> for the registration in its subject');
  const participantId = participantIdOf(certificate, fault);
  if (faults.length > 0 || own === undefined) return unread(...faults);
  const further = registrations.filter((registration) => registration !== own);
  const identity = { name, organisation, registrations: [own, ...further], emails: certificate.emails };
  return read(participantId === undefined ? identity : { ...identity, participantId });
}

/** The only value, or '' with a fault. */
function single(values: readonly string[], what: string, fault: (message: string) => void): string {
  const [value, ...more] = values;
  if (value === undefined) fault(`subject has no ${what}, expected one`);
  else if (more.length > 0) fault(`subject has ${values.length} ${what}, expected one`);
  else if (value === '') fault(`subject has a ${what} that is empty, or no UTF8String or PrintableString`);
  return more.length > 0 ? '' : (value ?? '');
}

function isOneLine(text: string): boolean {
  return text.length <= 256 && isTrimmedLine(text) && !text.includes('\t') && forbiddenCharacter(text) === undefined;
}

/** Registrations of `vpr://` URIs, each once, in order. */
function registrationsOf({ uris }: Certificate, fault: (message: string) => void): Registration[] {
  const found = new Map<string, Registration>();
  for (const uri of uris.filter((uri) => /^vpr:/i.test(uri))) {
    const [, authority, number] = REGISTRATION_URI.exec(uri) ?? [];
    if (authority === undefined || number === undefined) fault('subjectAltName has a vpr: URI that is not vpr://<authority>/<number>');
    else found.set(uri, { authority, number });
  }
  return [...found.values()];
}

function participantIdOf({ uris }: Certificate, fault: (message: string) => void): string | undefined {
  const [uri, ...more] = uris.filter((uri) => /^urn:uuid:/i.test(uri));
  if (uri === undefined) return undefined;
  if (more.length > 0) fault(`subjectAltName has ${more.length + 1} urn:uuid: URIs, expected at most one participant id`);
  const id = parseUuid(UUID_URI.exec(uri)?.[1] ?? '');
  if (id === undefined) fault('subjectAltName has a urn:uuid: URI that is no UUID in lowercase');
  return id;
}

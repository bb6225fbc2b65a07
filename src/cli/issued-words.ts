/** What is said of a certificate that was issued or renewed. */
import { commandLine } from '../format/shell.js';
import { printable } from '../format/text.js';
import type { Issued } from '../records/issue.js';

/** Files, holder and what differs from the request; a line an element. */
export function issuedWords(issued: Issued, encrypted: boolean): string[] {
  return [
    `issued ${issued.certificate}  for ${issued.registrations.join(', ')} (valid until ${issued.notAfter.toISOString()})`,
    `serial ${issued.serial}`,
    ...(issued.key === '' ? [] : [`made   ${issued.key}  (for its holder alone${encrypted ? '' : ', and under no passphrase'})`]),
    issued.participantId === undefined
      ? 'without a participant id: its holder can change records, but sign no message'
      : `participant id ${issued.participantId}`,
    ...(issued.differences.length > 0 ? ['', 'the request and the certificate differ; the certificate says what you said:'] : []),
    ...issued.differences.map((line) => `  ${printable(line)}`),
  ];
}

/** What its holder types next. An address that the certificate doesn't have, and git may not have either, is asked for. */
export function setUpLine({ certificate, key, email }: Issued): string {
  const address = email === undefined ? ' --email ADDRESS' : '';
  return `${commandLine('vpr', 'setup', '--certificate', certificate)} --key ${key === '' ? 'KEY' : commandLine(key)} --role Clinician --care-location PLACE${address}`;
}

/** Finding a certificate that an authority issued, by its file or its serial number. */
import { existsSync } from 'node:fs';
import { VprError } from '../errors.js';
import { type Certificate, readCertificate } from '../trust/index.js';
import { type Authority, openAuthority, openIssuing } from './authority.js';
import { certificateBlocks } from './credentials.js';
import { readFile } from './files.js';
import { issuedBy } from './register.js';

/** A certificate, and which authority of a directory issued it. */
export interface FoundIssued {
  readonly authority: Authority;
  readonly certificate: Certificate;
}

/** `what` is a certificate's file or a serial number in hex. Throws `cert/not-issued`, `certificate/unreadable`. */
export function findIssued(directory: string, what: string): FoundIssued {
  const issuing = openIssuing(directory);
  const authorities = issuing.directory === directory ? [issuing] : [issuing, openAuthority(directory)];
  const isWanted = wanted(what);
  for (const authority of authorities) {
    const certificate = issuedBy(authority.directory).find(isWanted);
    if (certificate !== undefined) return { authority, certificate };
  }
  throw new VprError('cert/not-issued', `the authority in ${directory} has not issued the certificate ${what}`, {
    help: ['name its file, or its serial number as vpr cert show prints it'],
  });
}

function wanted(what: string): (certificate: Certificate) => boolean {
  const serial = what.toLowerCase().replaceAll(':', '');
  if (!existsSync(what) && /^[0-9a-f]+$/.test(serial)) return (certificate) => certificate.serial === serial;
  const certificate = readCertificate(certificateBlocks(readFile(what, 'the certificate'))[0]);
  if (certificate.ok) return ({ fingerprint }) => fingerprint === certificate.value.fingerprint;
  throw new VprError('certificate/unreadable', `the certificate in ${what}: ${certificate.faults[0]?.message ?? 'unreadable'}`);
}

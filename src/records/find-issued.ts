/** Finding a certificate that an authority issued, by its file or its serial number. */
import { existsSync } from 'node:fs';
import { VprError } from '../errors.js';
import { commandLine } from '../format/shell.js';
import { type Certificate, readCertificate } from '../trust/index.js';
import { type Authority, openAuthority, openIssuing } from './authority.js';
import { certificateBlocks } from './credentials.js';
import { familyOf } from './family.js';
import { readFile } from './files.js';
import { issuedBy } from './register.js';

/** A certificate, and which authority of a directory issued it. */
export interface FoundIssued {
  readonly authority: Authority;
  readonly certificate: Certificate;
}

/**
 * `what` is a certificate's file or a serial number in hex. Another authority
 * under the same root has issued it: that is said, or with `anywhere` found.
 * Throws `cert/not-issued`, `certificate/unreadable`.
 */
export function findIssued(directory: string, what: string, anywhere = false): FoundIssued {
  const issuing = openIssuing(directory);
  const authorities = issuing.directory === directory ? [issuing] : [issuing, openAuthority(directory)];
  const isWanted = wanted(what);
  const among = (some: readonly Authority[]) =>
    some.flatMap((authority) =>
      issuedBy(authority.directory)
        .filter(isWanted)
        .map((certificate) => ({ authority, certificate })),
    )[0];
  const own = among(authorities);
  if (own !== undefined) return own;
  const elsewhere = among(familyOf(issuing));
  if (elsewhere !== undefined && anywhere) return elsewhere;
  throw new VprError('cert/not-issued', `the authority in ${directory} has not issued the certificate ${what}`, {
    help: [
      elsewhere === undefined
        ? 'name its file, or its serial number as vpr cert show prints it'
        : `another of the same root has: ${commandLine('--ca', elsewhere.authority.directory)}`,
    ],
  });
}

function wanted(what: string): (certificate: Certificate) => boolean {
  // Also as `openssl x509 -serial` and `-text` print it.
  const serial = what
    .toLowerCase()
    .replace(/^serial=/, '')
    .replaceAll(':', '');
  if (!existsSync(what) && /^[0-9a-f]+$/.test(serial)) return (certificate) => certificate.serial === serial;
  const certificate = readCertificate(certificateBlocks(readFile(what, 'the certificate'))[0]);
  if (certificate.ok) return ({ fingerprint }) => fingerprint === certificate.value.fingerprint;
  throw new VprError('certificate/unreadable', `the certificate in ${what}: ${certificate.faults[0]?.message ?? 'unreadable'}`);
}

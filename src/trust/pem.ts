/** PEM (RFC 7468): reading a certificate's file, and writing the strict form. */
import { Buffer } from 'node:buffer';
import { fromBase64, toBase64Lines } from './base64.js';
import { refuse } from './refusal.js';

/** Largest certificate, or file with one, that is read, in bytes. */
export const CERTIFICATE_LIMIT = 64 * 1024;

/** DER in strict PEM: lines of 64, LF ends, one LF after the last line. */
export function toPem(der: Uint8Array, label = 'CERTIFICATE'): string {
  return `-----BEGIN ${label}-----\n${toBase64Lines(der)}\n-----END ${label}-----\n`;
}

/** What else people hand in where a certificate is wanted, by PEM label. */
function misplaced(label: string): string {
  if (label.endsWith('PRIVATE KEY')) return 'a private key, which belongs to its holder alone';
  if (label.endsWith('CERTIFICATE REQUEST')) return 'a certificate request, which its authority has not signed yet';
  if (label === 'PUBLIC KEY') return 'a bare public key';
  if (label === 'X509 CRL') return 'a revocation list';
  return 'PEM of another kind';
}

/** What else people hand in, by the shape of its DER. */
function misplacedDer(bytes: Uint8Array): string | undefined {
  if (bytes[0] !== 0x30) return 'neither PEM nor DER';
  const [, length = 0] = bytes;
  const at = length < 0x80 ? 2 : 2 + (length & 0x7f);
  if (bytes[at] !== 0x02) return undefined;
  return bytes[at + 2] === 3 ? 'a PKCS #12 store' : 'a private key, which belongs to its holder alone';
}

/**
 * The DER of the one certificate in a file, PEM or DER. Text around the PEM
 * block, as openssl writes it, is passed over; a second block is not.
 */
export function certificateDer(file: Uint8Array): Uint8Array {
  if (file.length > CERTIFICATE_LIMIT) return refuse(`${file.length} bytes, expected at most ${CERTIFICATE_LIMIT}`);
  if (file.length === 0) return refuse('empty, expected a certificate in PEM or DER');
  const text = Buffer.from(file).toString('latin1');
  const labels = [...text.matchAll(/^-----BEGIN ([A-Z0-9 ]{1,40})-----\r?$/gm)].map((match) => match[1] as string);
  const other = labels.find((label) => label !== 'CERTIFICATE');
  if (other !== undefined) return refuse(`holds ${misplaced(other)}, expected one certificate`);
  if (labels.length > 1) return refuse(`holds ${labels.length} certificates, expected one a file`);
  if (labels.length === 0) {
    const found = misplacedDer(file);
    return found === undefined ? file : refuse(`is ${found}, expected a certificate in PEM or DER`);
  }
  const [, body] = text.split(/^-----(?:BEGIN|END) CERTIFICATE-----\r?$/m, 3);
  const ended = /^-----END CERTIFICATE-----\r?$/m.test(text);
  const der = ended ? fromBase64((body ?? '').replace(/[\r\n]/g, '')) : undefined;
  return der ?? refuse('PEM is damaged: expected base64 between its BEGIN and END lines');
}

/** Largest file of revocation lists that is read, in bytes: a list of a hundred thousand entries has four million. */
export const LISTS_LIMIT = 8 * 1024 * 1024;
/** Most lists of one file. */
const MOST_LISTS = 64;

/** The DER of each revocation list in a file: one in DER, or one or several in PEM. Text around the PEM blocks is passed over. */
export function revocationListDers(file: Uint8Array): Uint8Array[] {
  if (file.length > LISTS_LIMIT) return refuse(`${file.length} bytes, expected at most ${LISTS_LIMIT}`);
  if (file.length === 0) return refuse('empty, expected a revocation list in PEM or DER');
  if (file[0] === 0x30) return [file];
  const text = Buffer.from(file).toString('latin1');
  const labels = [...text.matchAll(/^-----BEGIN ([A-Z0-9 ]{1,40})-----\r?$/gm)].map((match) => match[1] as string);
  const other = labels.find((label) => label !== LIST_LABEL);
  if (other !== undefined)
    return refuse(`holds ${other === 'CERTIFICATE' ? 'a certificate' : misplaced(other)}, expected revocation lists`);
  if (labels.length === 0) return refuse('is neither PEM nor DER, expected a revocation list');
  if (labels.length > MOST_LISTS) return refuse(`holds ${labels.length} revocation lists, expected at most ${MOST_LISTS}`);
  const parts = text.split(/^-----(?:BEGIN|END) X509 CRL-----\r?$/m);
  const ends = [...text.matchAll(/^-----END X509 CRL-----\r?$/gm)].length;
  const ders = labels.map((_, i) => fromBase64((parts[2 * i + 1] ?? '').replace(/[\r\n]/g, '')));
  if (ends !== labels.length || ders.some((der) => der === undefined || der.length === 0))
    return refuse('PEM is damaged: expected base64 between its BEGIN and END lines');
  return ders as Uint8Array[];
}

const LIST_LABEL = 'X509 CRL';

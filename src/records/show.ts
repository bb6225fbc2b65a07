/** What a certificate, a request or a revocation list says, as data for people and programs. */
import { createPublicKey, hash } from 'node:crypto';
import type { Pkcs10CertificateRequest, X509Crl } from '@peculiar/x509';
import { VprError } from '../errors.js';
import { printable } from '../format/text.js';
import { type Certificate, certificateIdentity, readCertificate } from '../trust/index.js';
import { leafFaults } from '../trust/leaf.js';
import { certificates } from './certificate-parts.js';
import { certificateBlocks } from './credentials.js';
import { readFile } from './files.js';
import { namesOf, parseRequest } from './request.js';

/** One thing of a file. Every text is safe for a terminal. */
export interface Shown {
  readonly kind: 'certificate' | 'request' | 'crl';
  /** Label and values, in order. */
  readonly fields: readonly (readonly [label: string, ...values: string[]])[];
  /** Why it would not do: as a signer's certificate (FORMAT §6), or because its own signature is bad. */
  readonly faults: readonly string[];
}

/** Largest file that is read, in bytes. */
const LARGEST = 8 * 1024 * 1024;

/** Reads a file in PEM or DER: certificates (all of them), a request, or a revocation list. Throws `cert/unreadable`. */
export async function showFile(path: string): Promise<readonly Shown[]> {
  try {
    return await show(path);
  } catch (cause) {
    // The library reads the parts of a request or list as they are asked for, and throws where they are damaged.
    throw cause instanceof VprError ? cause : new VprError('cert/unreadable', `${path} is damaged`, { cause });
  }
}

async function show(path: string): Promise<readonly Shown[]> {
  const bytes = readFile(path, 'what is to be shown');
  if (bytes.length > LARGEST) throw new VprError('cert/unreadable', `${path} has ${bytes.length} bytes, at most ${LARGEST} are read`);
  const label = /^-----BEGIN ([A-Z0-9 ]{1,40})-----/m.exec(bytes.toString('latin1'))?.[1];
  if (label?.endsWith('CERTIFICATE REQUEST')) return [await showRequest(await parseRequest(bytes, path))];
  if (label === 'X509 CRL') return [showCrl(await parseCrl(bytes, path))];
  const found = certificateBlocks(bytes).map(readCertificate);
  const good = found.flatMap((one) => (one.ok ? [showCertificate(one.value)] : []));
  if (good.length === found.length) return good;
  if (label === undefined) {
    const other =
      (await optional(async () => showRequest(await parseRequest(bytes, path)))) ??
      (await optional(async () => showCrl(await parseCrl(bytes, path))));
    if (other !== undefined) return [other];
  }
  const why = found.flatMap((one) => (one.ok ? [] : one.faults.map(({ message }) => message)));
  throw new VprError('cert/unreadable', `${path} is no certificate, request or revocation list that reads: ${why[0] ?? 'unreadable'}`);
}

async function optional<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch {
    return undefined;
  }
}

function showCertificate(certificate: Certificate): Shown {
  const identity = certificateIdentity(certificate);
  const { keyUsage = [], isCa, pathLength, uris, emails } = certificate;
  return shown(
    'certificate',
    [
      ['subject', certificate.subject.text],
      ['issuer', certificate.issuer.text],
      ['serial', certificate.serial],
      ['valid from', iso(certificate.notBefore)],
      ['valid until', iso(certificate.notAfter)],
      ['key', certificate.keyKind],
      ['authority', isCa ? `yes${pathLength === undefined ? '' : `, with at most ${pathLength} below it`}` : 'no'],
      ['key usage', keyUsage.join(', ') || 'none'],
      ['names', ...uris.map((uri) => `URI ${uri}`), ...emails.map((email) => `email ${email}`)],
      ['key id', hex(certificate.subjectKeyId)],
      ['issuer key id', hex(certificate.authorityKeyId)],
      ['SHA-256', certificate.fingerprint],
    ],
    isCa ? [] : [...leafFaults(certificate), ...(identity.ok ? [] : identity.faults)].map(({ message }) => message),
  );
}

async function showRequest(request: Pkcs10CertificateRequest): Promise<Shown> {
  const spki = Buffer.from(request.publicKey.rawData);
  const key = await optional(async () => createPublicKey({ key: spki, format: 'der', type: 'spki' }));
  const curve = key?.asymmetricKeyDetails?.namedCurve;
  const signed = await request.verify().catch(() => false);
  const kind = curve === 'prime256v1' ? 'P-256' : (curve ?? key?.asymmetricKeyType ?? 'unknown');
  return shown(
    'request',
    [
      ['asks for', ...namesOf(request)],
      ['key', kind],
      ['SHA-256 of the key', hash('sha256', spki, 'hex')],
    ],
    [...(signed ? [] : ["its signature is not its key's"]), ...(kind === 'P-256' ? [] : [`its key is ${kind}, expected P-256`])],
  );
}

function showCrl(crl: X509Crl): Shown {
  const number = crl.extensions.find(({ type }) => type === '2.5.29.20');
  return shown(
    'crl',
    [
      ['issuer', crl.issuer],
      ['number', number === undefined ? 'none' : numberOf(number.value)],
      ['this update', iso(crl.thisUpdate)],
      ['next update', crl.nextUpdate === undefined ? 'none' : iso(crl.nextUpdate)],
      ['revoked', ...crl.entries.map(entryText)],
      ['SHA-256', hash('sha256', Buffer.from(crl.rawData), 'hex')],
    ],
    [],
  );
}

/** CRLReason of RFC 5280 §5.3.1, by number. */
const REASON_NAMES =
  'unspecified keyCompromise cACompromise affiliationChanged superseded cessationOfOperation certificateHold 7 removeFromCRL privilegeWithdrawn aACompromise'.split(
    ' ',
  );

function entryText({ serialNumber, revocationDate, reason, invalidity }: X509Crl['entries'][number]): string {
  const why = reason === undefined ? '' : ` ${REASON_NAMES[reason] ?? reason}`;
  return `${serialNumber} on ${iso(revocationDate)}${why}${invalidity === undefined ? '' : `, invalid since ${iso(invalidity)}`}`;
}

/** The value of an INTEGER in DER. */
function numberOf(der: ArrayBuffer): string {
  const octets = Buffer.from(der).subarray(2);
  return octets.length === 0 ? 'damaged' : BigInt(`0x${octets.toString('hex')}`).toString();
}

async function parseCrl(bytes: Buffer, path: string): Promise<X509Crl> {
  const x509 = await certificates();
  try {
    return new x509.X509Crl(bytes.includes('-----BEGIN ') ? bytes.toString('latin1') : bytes);
  } catch (cause) {
    throw new VprError('cert/unreadable', `${path} is no revocation list in PEM or DER`, { cause });
  }
}

function shown(kind: Shown['kind'], fields: Shown['fields'], faults: readonly string[]): Shown {
  return {
    kind,
    fields: fields.map(([label, ...values]) => [label, ...values.map((value) => printable(value, 500))]),
    faults: faults.map((fault) => printable(fault, 500)),
  };
}

function iso(time: Date): string {
  return Number.isNaN(time.getTime()) ? 'damaged' : time.toISOString().replace('.000Z', 'Z');
}

function hex(octets: Uint8Array | undefined): string {
  return octets === undefined ? 'none' : Buffer.from(octets).toString('hex');
}

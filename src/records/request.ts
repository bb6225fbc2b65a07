/** Certificate requests (PKCS #10, RFC 2986): made by the holder, whose private key goes nowhere, and read by the authority. */
import { createPublicKey, type webcrypto } from 'node:crypto';
import { join } from 'node:path';
import type { Name, Pkcs10CertificateRequest } from '@peculiar/x509';
import { VprError } from '../errors.js';
import { printable } from '../format/text.js';
import { toPem } from '../trust/index.js';
import { fileNameOf } from './certificate-names.js';
import { ALGORITHM, certificates, holderExtensions, newKey, publicKey, signingKey, subjectOf } from './certificate-parts.js';
import { readFile, writeAllNew } from './files.js';
import { checkHolder, type Holder, type HolderInput, registrationText } from './holder.js';
import { lockedPem, openPem } from './locked-key.js';

/** What `vpr cert request` takes. */
export interface RequestInput extends HolderInput {
  /** The directory that key and request go to. */
  readonly out: string;
  /** What the key is encrypted with; absent: it is not. */
  readonly passphrase?: Uint8Array;
}

/** A request and its key, as written. */
export interface RequestFiles {
  readonly request: string;
  readonly key: string;
}

/** What a request asks for, in words; none of it counts before the authority says it. */
export interface Request {
  /** SubjectPublicKeyInfo in DER, on P-256. */
  readonly spki: Uint8Array;
  readonly names: readonly string[];
}

/** Largest request that is read, in bytes. */
const LARGEST = 64 * 1024;

/** Makes a key and a request for a certificate of it. Throws `VprError` where a name won't do or a file is there already. */
export async function createRequest(input: RequestInput): Promise<RequestFiles> {
  const holder = checkHolder(input);
  const x509 = await certificates();
  const key = newKey();
  const request = await x509.Pkcs10CertificateRequestGenerator.create({
    name: subjectOf(x509, holder),
    keys: { privateKey: await signingKey(key), publicKey: await publicKey(key) } as webcrypto.CryptoKeyPair,
    signingAlgorithm: ALGORITHM,
    extensions: holderExtensions(x509, holder),
  });
  const stem = join(input.out, fileNameOf(holder.name));
  const files = { request: `${stem}.csr`, key: `${stem}.key` };
  writeAllNew([
    { path: files.key, content: input.passphrase === undefined ? openPem(key) : lockedPem(key, input.passphrase), mode: 0o600 },
    { path: files.request, content: toPem(new Uint8Array(request.rawData), 'CERTIFICATE REQUEST') },
  ]);
  return files;
}

/**
 * Reads a request, of whatever program: its own signature must be its key's,
 * which shows that who made it has the key, and the key on P-256. Throws `cert/request`.
 */
export async function readRequest(path: string): Promise<Request> {
  const request = await parseRequest(readFile(path, 'the request'), path);
  try {
    return await judgeRequest(request, path);
  } catch (cause) {
    // The library reads the parts of a request as they are asked for, and throws where they are damaged.
    throw cause instanceof VprError ? cause : refusal(path, 'it is damaged', [], cause);
  }
}

async function judgeRequest(request: Pkcs10CertificateRequest, path: string): Promise<Request> {
  const asked = Buffer.from(request.publicKey.rawData);
  const publicKey = createPublicKey({ key: asked, format: 'der', type: 'spki' });
  const { asymmetricKeyType, asymmetricKeyDetails } = publicKey;
  if (asymmetricKeyType !== 'ec' || asymmetricKeyDetails?.namedCurve !== 'prime256v1') {
    throw refusal(path, `its key is ${asymmetricKeyType} ${asymmetricKeyDetails?.namedCurve ?? ''}`.trim(), [
      'signing needs an elliptic curve key on P-256: vpr cert request, or openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256',
    ]);
  }
  // Keys are told apart by their octets, and a point has several: this is how it stands in certificates.
  const spki = createPublicKey({ key: publicKey.export({ format: 'jwk' }), format: 'jwk' }).export({ type: 'spki', format: 'der' });
  if (asked.length > spki.length) {
    throw refusal(path, 'its key spells its curve out, and has to name it', [
      'of the same key: openssl ec -in KEY -param_enc named_curve -out new.key, then openssl req -new -key new.key',
    ]);
  }
  const verified = await request.verify().catch(() => false);
  if (!verified) throw refusal(path, "its signature is not its key's: it was changed, or made without the key");
  return { spki, names: namesOf(request) };
}

/** Parses PEM or DER of a request. Throws `cert/request`. */
export async function parseRequest(bytes: Buffer, path: string): Promise<Pkcs10CertificateRequest> {
  if (bytes.length > LARGEST) throw refusal(path, `it has ${bytes.length} bytes, at most ${LARGEST} are read`);
  const x509 = await certificates();
  try {
    return new x509.Pkcs10CertificateRequest(bytes.includes('-----BEGIN ') ? bytes.toString('latin1') : bytes);
  } catch (cause) {
    throw refusal(path, 'it is no certificate request in PEM or DER', [], cause);
  }
}

/** Subject and alternative names, a line each: `CN Dr Jane Smith`, `URI vpr://GMC/1234567`. */
export function namesOf(request: Pkcs10CertificateRequest): readonly string[] {
  const alternative = request.extensions.find(({ type }) => type === '2.5.29.17');
  const names =
    alternative !== undefined && 'names' in alternative
      ? (alternative.names as { toJSON(): { type: string; value: string }[] }).toJSON()
      : [];
  return [...subjectNames(request.subjectName), ...names.map(({ type, value }) => `${type === 'url' ? 'URI' : type} ${printable(value)}`)];
}

function subjectNames(subject: Name): string[] {
  return subject
    .toJSON()
    .flatMap((set) =>
      Object.entries(set).flatMap(([type, values]) => values.map((value) => `${LABELS[type] ?? type} ${printable(textOf(value))}`)),
    );
}

const LABELS: Readonly<Record<string, string>> = { '2.5.4.5': 'serialNumber' };

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : String(Object.values(value as object)[0]);
}

/** What a request asks for that the certificate will not say, and what the certificate says unasked; but for the participant id, which the authority gives. */
export function differences({ names }: Request, { participantId, ...holder }: Holder): readonly string[] {
  const asksForId = names.some((name) => name.startsWith('URI urn:uuid:'));
  const certified = holderNames({ ...holder, ...(asksForId && participantId !== undefined ? { participantId } : {}) });
  return [
    ...names.filter((name) => !certified.includes(name)).map((name) => `asked for, not certified: ${name}`),
    ...certified.filter((name) => !names.includes(name)).map((name) => `certified, not asked for: ${name}`),
  ];
}

function holderNames({ name, registrations, email, participantId }: Holder): string[] {
  const [own] = registrations;
  return [
    `CN ${printable(name)}`,
    `O ${own.authority}`,
    `serialNumber ${own.number}`,
    ...registrations.map((registration) => `URI vpr://${registrationText(registration).replace(' ', '/')}`),
    ...(email === undefined ? [] : [`email ${email}`]),
    ...(participantId === undefined ? [] : [`URI urn:uuid:${participantId}`]),
  ];
}

function refusal(path: string, why: string, help: readonly string[] = [], cause?: unknown): VprError {
  return new VprError('cert/request', `the request in ${path} is refused: ${why}`, { help, cause });
}

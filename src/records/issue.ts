/** Certificates for people and systems, as FORMAT §6 "Signer" wants them. */
import { createPublicKey, type KeyObject } from 'node:crypto';
import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { VprError } from '../errors.js';
import { commandLine } from '../format/shell.js';
import { certificateIdentity, toPem } from '../trust/index.js';
import { type Authority, authorityKey, openIssuing, refuseLonger } from './authority.js';
import { fileNameOf } from './certificate-names.js';
import {
  ALGORITHM,
  certificates,
  holderExtensions,
  newKey,
  newSerial,
  publicKey,
  signingKey,
  subjectOf,
  validity,
} from './certificate-parts.js';
import { familyOf, issuedByAny } from './family.js';
import { refuseExisting, writeAllNew } from './files.js';
import { checkHolder, type Holder, type HolderInput, registrationText } from './holder.js';
import { lockedPem, openPem } from './locked-key.js';
import type { PassphraseFrom } from './passphrase.js';
import { readRegister, recordIssued, registerPaths } from './register.js';
import { differences, readRequest } from './request.js';

/** What `vpr cert issue` takes. */
export interface IssueInput extends HolderInput {
  /** The directory `vpr cert authority` made. */
  readonly authority: string;
  readonly days: number;
  /** The directory that key and certificate go to. */
  readonly out: string;
  /** The holder's request, whose key is certified; absent: a key is made. */
  readonly csr?: string;
  /** What a key made here is encrypted with; absent: it is not. */
  readonly passphrase?: Uint8Array;
  /** Where the passphrase of the authority's key comes from. */
  readonly authorityPassphrase?: PassphraseFrom;
}

/** A certificate as issued. */
export interface Issued {
  readonly certificate: string;
  /** The file of the key that was made with it; '' where the holder has it. */
  readonly key: string;
  readonly serial: string;
  readonly registrations: readonly string[];
  readonly participantId?: string;
  readonly email?: string;
  readonly notAfter: Date;
  /** What the request asked for and the certificate does not say, or says otherwise; a line each. */
  readonly differences: readonly string[];
}

/**
 * Issues a certificate: CN, O and serialNumber, a `vpr://` URI for each
 * registration, e-mail and `urn:uuid:`, digitalSignature and nonRepudiation.
 * What it says comes from the authority, only the key from a request. Throws
 * `VprError` where something given won't do.
 */
export async function issueCertificate(input: IssueInput): Promise<Issued> {
  const holder = checkHolder(input);
  const authority = openIssuing(input.authority);
  refuseForeign(holder, authority);
  const request = input.csr === undefined ? undefined : await readRequest(input.csr);
  const made = request === undefined ? newKey() : undefined;
  const key = made ?? createPublicKey({ key: Buffer.from(request?.spki ?? []), format: 'der', type: 'spki' });
  if (request !== undefined) refuseKnownKey(request.spki, authority);
  if (input.participant === 'new') refuseSecondId(holder, input.authority, authority);
  const certificate = await certify({ ...input, authority, holder, key, made });
  return { ...certificate, differences: request === undefined ? [] : differences(request, holder) };
}

/** What is certified, and where it goes. */
export interface Certified {
  readonly authority: Authority;
  readonly holder: Holder;
  readonly days: number;
  readonly out: string;
  /** The holder's key; its public half is enough. */
  readonly key: KeyObject;
  /** The private key, where it was made here and is handed out with the certificate. */
  readonly made?: KeyObject;
  readonly passphrase?: Uint8Array;
  readonly authorityPassphrase?: PassphraseFrom;
}

/** Makes the certificate, remembers it, and writes it with the intermediate below it. */
export async function certify(input: Certified): Promise<Omit<Issued, 'differences'>> {
  const { authority, holder, made } = input;
  // Where it is lost or damaged nobody is certified: whom it certified then an authority could not revoke.
  readRegister(authority.directory);
  refuseRevokedIssuer(authority);
  const { notBefore, notAfter } = validity(input.days);
  refuseLonger(authority.certificate, notAfter);
  const stem = join(input.out, fileNameOf(holder.name));
  const files = { certificate: `${stem}.crt`, key: made === undefined ? '' : `${stem}.key` };
  refuseExisting([files.certificate, files.key].filter(Boolean));
  const issuerKey = authorityKey(authority, input.authorityPassphrase ?? {});
  const x509 = await certificates();
  const serial = newSerial();
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: serial,
    subject: subjectOf(x509, holder),
    issuer: new x509.X509Certificate(authority.certificate.der).subjectName,
    notBefore,
    notAfter,
    publicKey: await publicKey(input.key),
    signingKey: await signingKey(issuerKey),
    signingAlgorithm: ALGORITHM,
    extensions: [
      ...holderExtensions(x509, holder),
      await x509.SubjectKeyIdentifierExtension.create(await publicKey(input.key)),
      await x509.AuthorityKeyIdentifierExtension.create(await publicKey(issuerKey)),
    ],
  });
  const pem = toPem(new Uint8Array(certificate.rawData));
  recordIssued(authority.directory, serial, pem);
  const chain = authority.isRoot ? '' : toPem(authority.certificate.der);
  const keyPem = made === undefined ? '' : input.passphrase === undefined ? openPem(made) : lockedPem(made, input.passphrase);
  writeAllNew([
    ...(made === undefined ? [] : [{ path: files.key, content: keyPem, mode: 0o600 }]),
    { path: files.certificate, content: pem + chain },
  ]);
  return {
    ...files,
    serial,
    registrations: holder.registrations.map(registrationText),
    ...(holder.participantId === undefined ? {} : { participantId: holder.participantId }),
    ...(holder.email === undefined ? {} : { email: holder.email }),
    notAfter,
  };
}

/** Refuses a registration that the authority was not made for. */
export function refuseForeign({ registrations }: Holder, { authorities }: Authority): void {
  const foreign = registrations.find(({ authority }) => authorities.length > 0 && !authorities.includes(authority));
  if (foreign === undefined) return;
  throw new VprError(
    'cert/foreign-authority',
    `this certificate authority was made for ${authorities.join(', ')}, not for ${foreign.authority}`,
    {
      help: [`make one for it: vpr cert authority DIR --name NAME --authority ${foreign.authority}`],
    },
  );
}

/** Somebody with two participant ids is two people to every thread: who has one keeps it. Throws `cert/participant-known`. */
function refuseSecondId({ registrations }: Holder, directory: string, issuing: Authority): void {
  const texts = new Set(registrations.map(registrationText));
  for (const certificate of issuedByAny(familyOf(issuing))) {
    const identity = certificateIdentity(certificate);
    if (!identity.ok || identity.value.participantId === undefined) continue;
    const { participantId } = identity.value;
    const same = identity.value.registrations.map(registrationText).find((text) => texts.has(text));
    if (same === undefined) continue;
    throw new VprError(
      'cert/participant-known',
      `${same} has a participant id already, ${participantId}, in the certificate with serial ${certificate.serial}`,
      {
        help: [
          `keep it: --participant ${participantId}`,
          `or renew that certificate: ${commandLine('vpr', 'cert', 'renew', certificate.serial, '--ca', directory)} --out DIR`,
        ],
      },
    );
  }
}

/** An intermediate that its root has revoked certifies nobody any more, as far as the root's register is here. Throws `cert/revoked`. */
function refuseRevokedIssuer({ directory, certificate, under = '..' }: Authority): void {
  const places = [...new Set([resolve(directory, under), dirname(resolve(directory))])];
  const found = places
    .filter((place) => existsSync(registerPaths(place).register))
    .flatMap((place) => readRegister(place).revoked.map((revocation) => ({ place, revocation })))
    .find(({ revocation }) => revocation.serial === certificate.serial);
  if (found === undefined) return;
  const { place: above, revocation } = found;
  throw new VprError('cert/revoked', `the intermediate in ${directory} was revoked on ${revocation.revokedAt} (${revocation.reason})`, {
    help: [
      `make another, with the root's key at hand: ${commandLine('vpr', 'cert', 'authority')} DIR ${commandLine('--under', above)} --name NAME`,
    ],
  });
}

/** A key that two certificates have is either one person's, to be renewed, or somebody else's request handed in again. */
export function refuseKnownKey(spki: Uint8Array, authority: Authority): void {
  const known = issuedByAny(familyOf(authority)).find((certificate) => Buffer.compare(certificate.spki, spki) === 0);
  if (known === undefined) return;
  throw new VprError('cert/key-known', `the request's key is certified already, with serial ${known.serial}`, {
    help: [
      `to renew that certificate: ${commandLine('vpr', 'cert', 'renew', known.serial, '--ca', authority.directory)} --same-key --out DIR`,
      'another person needs a key of their own: vpr cert request',
    ],
  });
}

/** Certificates for people and systems, as FORMAT §6 "Signer" wants them. */
import { webcrypto } from 'node:crypto';
import { join } from 'node:path';
import { VprError } from '../errors.js';
import { newUuid, parseUuid } from '../format/index.js';
import type { Registration } from '../trust/index.js';
import { ALGORITHM, authoritiesOf, authorityPaths, certificatePem, certificates, newSerial, privateKeyPem, validity } from './authority.js';
import { checkAuthority, checkEmail, checkName, checkNumber, fileNameOf } from './certificate-names.js';
import { readFile, writeAllNew } from './files.js';

/** What `vpr cert issue` takes. */
export interface IssueInput {
  /** The directory `vpr cert authority` made. */
  readonly authority: string;
  readonly name: string;
  /** The holder's own registration: O and serialNumber of the subject. */
  readonly registration: Registration;
  readonly further: readonly Registration[];
  readonly email?: string;
  /** A UUID, `new` for a fresh one, absent for a holder who writes no messages. */
  readonly participant?: string;
  readonly days: number;
  /** The directory that key and certificate go to. */
  readonly out: string;
}

/** A certificate as issued. */
export interface Issued {
  readonly certificate: string;
  readonly key: string;
  readonly registrations: readonly string[];
  readonly participantId?: string;
  readonly notAfter: Date;
}

/**
 * Issues a certificate with a fresh P-256 key: CN, O and serialNumber, a
 * `vpr://` URI for each registration, e-mail and `urn:uuid:`, digitalSignature
 * and nonRepudiation. Throws `VprError` where something given won't do.
 */
export async function issueCertificate(input: IssueInput): Promise<Issued> {
  const name = checkName(input.name);
  const registrations = distinct([input.registration, ...input.further]);
  refuseForeign(registrations, input.authority);
  const email = input.email === undefined ? undefined : checkEmail(input.email);
  const participantId = participantOf(input.participant);
  const { notBefore, notAfter } = validity(input.days);
  const x509 = await certificates();
  const issuer = await loadIssuer(input.authority, x509);
  if (issuer.certificate.notAfter < notAfter) {
    const left = Math.max(0, Math.floor((issuer.certificate.notAfter.getTime() - Date.now()) / 86_400_000));
    throw new VprError('cert/days', `the authority's own certificate ends first, on ${issuer.certificate.notAfter.toISOString()}`, {
      help: left > 0 ? [`give at most --days ${left}`] : ['make a new authority: vpr cert authority'],
    });
  }
  const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: newSerial(),
    subject: new x509.Name([
      { CN: [{ utf8String: name }] },
      { O: [{ utf8String: input.registration.authority }] },
      { '2.5.4.5': [{ printableString: input.registration.number }] },
    ]),
    issuer: issuer.certificate.subjectName,
    notBefore,
    notAfter,
    publicKey: keys.publicKey,
    signingKey: issuer.key,
    signingAlgorithm: ALGORITHM,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature | x509.KeyUsageFlags.nonRepudiation, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      await x509.AuthorityKeyIdentifierExtension.create(issuer.certificate.publicKey),
      new x509.SubjectAlternativeNameExtension([
        ...registrations.map(({ authority, number }) => ({ type: 'url' as const, value: `vpr://${authority}/${number}` })),
        ...(email === undefined ? [] : [{ type: 'email' as const, value: email }]),
        ...(participantId === undefined ? [] : [{ type: 'url' as const, value: `urn:uuid:${participantId}` }]),
      ]),
    ],
  });
  const stem = join(input.out, fileNameOf(name));
  writeAllNew([
    { path: `${stem}.key`, content: await privateKeyPem(keys.privateKey), mode: 0o600 },
    { path: `${stem}.crt`, content: certificatePem(certificate.toString('pem')) },
  ]);
  return {
    certificate: `${stem}.crt`,
    key: `${stem}.key`,
    registrations: registrations.map(({ authority, number }) => `${authority} ${number}`),
    ...(participantId === undefined ? {} : { participantId }),
    notAfter,
  };
}

function distinct(registrations: readonly Registration[]): readonly Registration[] {
  const seen = new Map<string, Registration>();
  for (const { authority, number } of registrations) {
    seen.set(`${authority} ${number}`, { authority: checkAuthority(authority), number: checkNumber(number) });
  }
  return [...seen.values()];
}

function refuseForeign(registrations: readonly Registration[], directory: string): void {
  const allowed = authoritiesOf(directory);
  const foreign = registrations.find(({ authority }) => allowed.length > 0 && !allowed.includes(authority));
  if (foreign === undefined) return;
  throw new VprError(
    'cert/foreign-authority',
    `this certificate authority was made for ${allowed.join(', ')}, not for ${foreign.authority}`,
    {
      help: [`make one for it: vpr cert authority DIR --name NAME --authority ${foreign.authority}`],
    },
  );
}

function participantOf(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  if (text === 'new') return newUuid();
  const id = parseUuid(text);
  if (id !== undefined) return id;
  throw new VprError('cert/participant', `--participant: ${JSON.stringify(text)} is neither a UUID in lowercase nor the word new`);
}

async function loadIssuer(directory: string, x509: typeof import('@peculiar/x509')) {
  const paths = authorityPaths(directory);
  const pem = readFile(paths.certificate, 'the certificate authority').toString('utf8');
  const key = readFile(paths.key, "the certificate authority's key").toString('utf8');
  try {
    return {
      certificate: new x509.X509Certificate(pem),
      key: await webcrypto.subtle.importKey('pkcs8', x509.PemConverter.decodeFirst(key), ALGORITHM, false, ['sign']),
    };
  } catch (cause) {
    throw new VprError('cert/authority-unreadable', `the certificate authority in ${directory} cannot be read`, { cause });
  }
}

/** A registration certificate that its holder signs itself, as `create-certificate` of VPR's documents makes one. */
import { toPem } from '../trust/index.js';
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
import { refuseExisting, writeNew } from './files.js';
import { checkHolder, type HolderInput } from './holder.js';
import { lockedPem, openPem } from './locked-key.js';

/** What `vpr create-certificate` takes. */
export interface SelfSignedInput extends HolderInput {
  readonly days: number;
  /** Files; what has none is handed back alone. */
  readonly certificateOut?: string;
  readonly keyOut?: string;
  readonly passphrase?: Uint8Array;
}

/** Certificate and key in PEM. */
export interface SelfSigned {
  readonly certificate: string;
  readonly key: string;
  readonly fingerprint: string;
  readonly notAfter: Date;
}

/**
 * Makes a key and a certificate signed with it: CN, O, serialNumber and
 * `vpr://<authority>/<number>`, with a serial number of its own (VPR's program
 * gave all of them the same). It vouches for nothing: a host lists it by itself.
 */
export async function selfSigned(input: SelfSignedInput): Promise<SelfSigned> {
  const holder = checkHolder(input);
  const { notBefore, notAfter } = validity(input.days);
  refuseExisting([input.certificateOut, input.keyOut].filter((path) => path !== undefined));
  const x509 = await certificates();
  const key = newKey();
  const name = subjectOf(x509, holder);
  const made = await x509.X509CertificateGenerator.create({
    serialNumber: newSerial(),
    subject: name,
    issuer: name,
    notBefore,
    notAfter,
    publicKey: await publicKey(key),
    signingKey: await signingKey(key),
    signingAlgorithm: ALGORITHM,
    extensions: [...holderExtensions(x509, holder), await x509.SubjectKeyIdentifierExtension.create(await publicKey(key))],
  });
  const certificate = toPem(new Uint8Array(made.rawData));
  const pem = input.passphrase === undefined ? openPem(key) : lockedPem(key, input.passphrase);
  if (input.keyOut !== undefined) writeNew(input.keyOut, pem, 0o600);
  if (input.certificateOut !== undefined) writeNew(input.certificateOut, certificate);
  const fingerprint = Buffer.from(await made.getThumbprint('SHA-256')).toString('hex');
  return { certificate, key: pem, fingerprint, notAfter };
}

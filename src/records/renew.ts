/** Renewing a certificate: the same person, names and participant id under a new serial number. */
import { createPublicKey, type KeyObject } from 'node:crypto';
import { VprError } from '../errors.js';
import { type Certificate, certificateIdentity, type Identity } from '../trust/index.js';
import { type Authority, openIssuing } from './authority.js';
import { newKey } from './certificate-parts.js';
import { familyOf, issuedByAny, revokedByAny } from './family.js';
import { findIssued } from './find-issued.js';
import type { Holder } from './holder.js';
import { certify, type Issued, refuseForeign, refuseKnownKey } from './issue.js';
import type { PassphraseFrom } from './passphrase.js';
import { isCompromise } from './register.js';
import { differences, readRequest } from './request.js';

/** What `vpr cert renew` takes. */
export interface RenewInput {
  readonly authority: string;
  /** The certificate to renew: its file, or its serial number. */
  readonly certificate: string;
  /** Whose key the new certificate has: a request's, the former one's, or one made here. */
  readonly key: { readonly csr: string } | 'same' | 'new';
  readonly days: number;
  readonly out: string;
  readonly passphrase?: Uint8Array;
  readonly authorityPassphrase?: PassphraseFrom;
}

/**
 * Issues a certificate that says what a former one of this authority says, or
 * of another under the same root, whose place this one has taken. A
 * revoked certificate is renewed with another key alone, and not at all where
 * its holder was shut out. Throws `cert/…`, `passphrase/…`, `file/…`.
 */
export async function renewCertificate(input: RenewInput): Promise<Issued> {
  const { authority: former, certificate } = findIssued(input.authority, input.certificate, true);
  const identity = certificateIdentity(certificate);
  if (!identity.ok)
    throw new VprError('cert/not-a-holder', `the certificate ${certificate.serial} is no person's or system's, and is not renewed here`);
  const request = typeof input.key === 'object' ? await readRequest(input.key.csr) : undefined;
  // A request made with the key that the holder has already asks for the same key.
  const sameKey = input.key === 'same' || (request !== undefined && Buffer.compare(request.spki, certificate.spki) === 0);
  refuseRevoked(former, certificate, sameKey);
  const authority = issuerInstead(former, input.authority);
  const holder = holderOf(identity.value);
  refuseForeign(holder, authority);
  if (request !== undefined && !sameKey) refuseKnownKey(request.spki, authority);
  const made = input.key === 'new' ? newKey() : undefined;
  const key = made ?? keyOf(request?.spki ?? certificate.spki);
  const certified = await certify({ ...input, authority, holder, key, made });
  return { ...certified, differences: request === undefined ? [] : differences(request, holder) };
}

/** Who issues now: the authority that issued it where the directory has that, else the directory's own. */
function issuerInstead(former: Authority, directory: string): Authority {
  const issuing = openIssuing(directory);
  return [issuing.directory, directory].includes(former.directory) ? former : issuing;
}

function keyOf(spki: Uint8Array): KeyObject {
  return createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' });
}

function holderOf({ name, registrations, emails: [email], participantId }: Identity): Holder {
  return {
    name,
    registrations: registrations as Holder['registrations'],
    ...(email === undefined ? {} : { email }),
    ...(participantId === undefined ? {} : { participantId }),
  };
}

/** Reasons under which the holder goes on, with another key. */
const GOES_ON = ['keyCompromise', 'superseded'];

function refuseRevoked(former: Authority, { serial, spki }: Certificate, sameKey: boolean): void {
  const family = familyOf(former);
  const revoked = revokedByAny(family);
  // A key in other hands is so under each of its certificates.
  const ofKey = new Set(sameKey ? issuedByAny(family).flatMap((one) => (Buffer.compare(one.spki, spki) === 0 ? [one.serial] : [])) : []);
  const revocation =
    revoked.find((one) => one.serial === serial) ?? revoked.find((one) => ofKey.has(one.serial) && isCompromise(one.reason));
  if (revocation === undefined || (!sameKey && GOES_ON.includes(revocation.reason))) return;
  throw new VprError(
    'cert/revoked',
    `the certificate ${revocation.serial}${revocation.serial === serial ? '' : ', which has the same key,'} was revoked on ${revocation.revokedAt} (${revocation.reason})`,
    {
      help: [
        GOES_ON.includes(revocation.reason)
          ? 'renew it with a new key: vpr cert renew without --same-key'
          : 'where its holder may sign again, issue a new certificate: vpr cert issue',
      ],
    },
  );
}

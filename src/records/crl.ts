/** Revoking certificates, and the lists that tell the world of it (RFC 5280 §5). */
import { VprError } from '../errors.js';
import { parseInstant } from '../format/index.js';
import { TAG } from '../trust/der/tags.js';
import { element, unsignedInteger } from '../trust/der/write.js';
import { type Certificate, toPem } from '../trust/index.js';
import { type Authority, authorityKey, authorityPaths } from './authority.js';
import { ALGORITHM, certificates, publicKey, signingKey, validity, wholeSecond } from './certificate-parts.js';
import { familyOf, revokedByAny } from './family.js';
import { writeAtomic } from './files.js';
import type { PassphraseFrom } from './passphrase.js';
import { changeRegister, isCompromise, issuedBy, type Reason, type Revocation } from './register.js';

/** Extension identifiers (RFC 5280 §5.2.3). */
const CRL_NUMBER = '2.5.29.20';
/** X.509 §9.5.2.8: certificates that expired since then stay on the list, so that what it doesn't name was never revoked. */
const EXPIRED_CERTS_ON_CRL = '2.5.29.60';

function generalizedTime(time: Date): Uint8Array {
  return element(
    TAG.generalizedTime,
    Buffer.from(
      wholeSecond(time)
        .toISOString()
        .replace(/[-:T]|\.000/g, ''),
    ),
  );
}

/** What `vpr cert revoke` takes. */
export interface RevokeInput {
  readonly authority: Authority;
  readonly certificate: Certificate;
  readonly reason: Reason;
  /** RFC 3339: from when on the key may have been in other hands. */
  readonly invalidSince?: string;
}

/** A revocation, and the serial numbers of other certificates that were revoked with it: those of the same key. */
export interface Revoked extends Revocation {
  readonly sameKey: readonly string[];
  /** Certificates of the same key that another authority under the same root has issued, and not revoked yet. */
  readonly elsewhere: readonly { readonly directory: string; readonly serial: string }[];
}

/**
 * Remembers that a certificate counts no more; the next list says so. A key
 * compromise without a time counts from the beginning of the certificate:
 * nothing it signed can be shown to be its holder's. It is the key that is in
 * other hands, and lists name certificates: each that this authority has issued
 * for that key is revoked with it. Revoking again only makes it worse. Throws
 * `cert/revoked`, `cert/invalid-since`.
 */
export function revoke({ authority, certificate, reason, invalidSince }: RevokeInput, now: Date): Revoked {
  const { serial, spki } = certificate;
  const others = isCompromise(reason)
    ? issuedBy(authority.directory).filter((one) => one.serial !== serial && Buffer.compare(one.spki, spki) === 0)
    : [];
  const elsewhere = isCompromise(reason) ? ofKeyElsewhere(authority, spki) : [];
  const { revoked } = changeRegister(authority.directory, (former) => {
    const entries = [certificate, ...others].flatMap((one): Revocation[] => {
      const since = sinceOf(one, reason, invalidSince, now);
      const known = former.revoked.find((entry) => entry.serial === one.serial);
      if (known !== undefined && !isWorse(known, reason, since)) return [];
      const times = { revokedAt: known?.revokedAt ?? written(now), ...(since === undefined ? {} : { invalidSince: since }) };
      return [{ serial: one.serial, reason, ...times }];
    });
    const known = former.revoked.find((entry) => entry.serial === serial);
    if (entries.length === 0 && known !== undefined) throw milder(known);
    const changed = new Set(entries.map((entry) => entry.serial));
    return { ...former, revoked: [...former.revoked.filter((entry) => !changed.has(entry.serial)), ...entries] };
  });
  return { ...(revoked.find((one) => one.serial === serial) as Revocation), sameKey: others.map((one) => one.serial), elsewhere };
}

/** Who took an authority's place may have certified a key once more; its list is its own, and so is its register. */
function ofKeyElsewhere(authority: Authority, spki: Uint8Array): Revoked['elsewhere'] {
  const family = familyOf(authority);
  const gone = new Set(revokedByAny(family).flatMap((one) => (isCompromise(one.reason) ? [one.serial] : [])));
  return family
    .slice(1)
    .flatMap(({ directory }) =>
      issuedBy(directory).flatMap((one) =>
        Buffer.compare(one.spki, spki) === 0 && !gone.has(one.serial) ? [{ directory, serial: one.serial }] : [],
      ),
    );
}

/** Whole seconds, UTC: all that a list can hold. */
function written(time: Date): string {
  return wholeSecond(time).toISOString().replace('.000Z', 'Z');
}

function sinceOf(certificate: Certificate, reason: Reason, text: string | undefined, now: Date): string | undefined {
  const compromised = isCompromise(reason);
  if (text === undefined) return compromised ? written(certificate.notBefore) : undefined;
  const instant = parseInstant(text);
  if (instant === undefined) {
    throw new VprError('cert/invalid-since', `--invalid-since: ${JSON.stringify(text)} is not a time of RFC 3339`, {
      help: ['for example --invalid-since 2026-01-11T14:00:00Z'],
    });
  }
  const time = new Date(Number(instant / 1_000_000n));
  if (time > now) throw new VprError('cert/invalid-since', `--invalid-since: ${text} lies in the future`);
  return written(time);
}

function isWorse(known: Revocation, reason: Reason, since: string | undefined): boolean {
  return isCompromise(reason) && (!isCompromise(known.reason) || Date.parse(since ?? '') < Date.parse(known.invalidSince ?? ''));
}

function milder(known: Revocation): VprError {
  return new VprError('cert/revoked', `the certificate with serial ${known.serial} was revoked on ${known.revokedAt} (${known.reason})`, {
    help: ['only a compromise, or an earlier time of one, may still be added: --reason keyCompromise --invalid-since TIME'],
  });
}

/** A list as written. */
export interface Crl {
  readonly file: string;
  readonly number: number;
  readonly entries: number;
  readonly thisUpdate: Date;
  readonly nextUpdate: Date;
}

/**
 * Writes `authority.crl`: every revocation there ever was, those of expired
 * certificates too, because records are read for longer than certificates last.
 * Throws `cert/days`, `passphrase/…`, `cert/key-away`.
 */
export async function writeCrl(authority: Authority, days: number, from: PassphraseFrom = {}): Promise<Crl> {
  const nextUpdate = validity(days).notAfter;
  const key = authorityKey(authority, from);
  const x509 = await certificates();
  // The number is used up before the list exists: two lists never share one.
  const { crlNumber, revoked } = changeRegister(authority.directory, (former) => ({ ...former, crlNumber: former.crlNumber + 1 }));
  const thisUpdate = wholeSecond(new Date());
  const number = Buffer.alloc(8);
  number.writeBigUInt64BE(BigInt(crlNumber));
  const crl = await x509.X509CrlGenerator.create({
    issuer: new x509.X509Certificate(authority.certificate.der).subjectName,
    thisUpdate,
    nextUpdate,
    signingAlgorithm: ALGORITHM,
    signingKey: await signingKey(key),
    entries: revoked.map(({ serial, revokedAt, reason, invalidSince }) => ({
      serialNumber: serial,
      revocationDate: new Date(revokedAt),
      reason: x509.X509CrlReason[reason],
      ...(invalidSince === undefined ? {} : { invalidity: new Date(invalidSince) }),
    })),
    extensions: [
      await x509.AuthorityKeyIdentifierExtension.create(await publicKey(key)),
      new x509.Extension(CRL_NUMBER, false, unsignedInteger(number)),
      new x509.Extension(EXPIRED_CERTS_ON_CRL, false, generalizedTime(authority.certificate.notBefore)),
    ],
  });
  const file = authorityPaths(authority.directory).crl;
  writeAtomic(file, toPem(new Uint8Array(crl.rawData), 'X509 CRL'));
  return { file, number: crlNumber, entries: revoked.length, thisUpdate, nextUpdate };
}

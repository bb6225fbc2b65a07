/** Revocation lists for tests, written in DER by hand: also such as no library would write. */
import { sign } from 'node:crypto';
import { element, objectId, octetString, sequence, unsignedInteger } from '../../../src/trust/der/write.js';
import type { Holder } from './authorities.js';

export interface ListedEntry {
  readonly holder?: Holder;
  /** In place of the holder's: content octets in hex. */
  readonly serial?: string;
  /** RFC 3339. */
  readonly date: string;
  /** reasonCode (RFC 5280 §5.3.1). */
  readonly reason?: number;
  readonly invalidity?: string;
  readonly extensions?: readonly Uint8Array[];
}

export interface Listing {
  readonly issuer: Holder;
  /** Whose key signs; the issuer's unless said otherwise. */
  readonly signer?: Holder;
  readonly from?: string;
  /** Empty: no nextUpdate. */
  readonly to?: string;
  readonly number?: number | undefined;
  readonly entries?: readonly ListedEntry[];
  readonly extensions?: readonly Uint8Array[];
  readonly version?: Uint8Array;
  /** What it says that it is signed with; ECDSA with SHA-256 unless said otherwise. */
  readonly algorithm?: string;
}

const BOOLEAN_TRUE = Uint8Array.of(1, 1, 0xff);

/** One extension in DER. */
export function extension(oid: string, critical: boolean, value: Uint8Array): Uint8Array {
  return sequence(objectId(oid), ...(critical ? [BOOLEAN_TRUE] : []), octetString(value));
}

/** GeneralizedTime, or UTCTime up to 2049 as RFC 5280 wants. */
export function asn1Time(iso: string, generalized = false): Uint8Array {
  const digits = new Date(iso).toISOString().replace(/[-:T]|\.\d+/g, '');
  return generalized || Number(iso.slice(0, 4)) >= 2050 ? element(0x18, Buffer.from(digits)) : element(0x17, Buffer.from(digits.slice(2)));
}

/** The DER of a list. */
export function makeList(listing: Listing): Uint8Array {
  const { issuer, signer = issuer, entries = [], extensions = [], version = unsignedInteger(Uint8Array.of(1)) } = listing;
  const algorithm = sequence(objectId(listing.algorithm ?? '1.2.840.10045.4.3.2'));
  const number = 'number' in listing ? listing.number : 1;
  const all = [
    ...(number === undefined ? [] : [extension('2.5.29.20', false, unsignedInteger(Uint8Array.of(number >> 8, number & 0xff)))]),
    ...extensions,
  ];
  const { to = '2027-01-01T00:00:00Z', from = '2026-05-01T00:00:00Z' } = listing;
  const tbs = sequence(
    version,
    algorithm,
    issuer.certificate.subject.der,
    asn1Time(from),
    ...(to === '' ? [] : [asn1Time(to)]),
    ...(entries.length === 0 ? [] : [sequence(Buffer.concat(entries.map(entryOf)))]),
    ...(all.length === 0 ? [] : [element(0xa0, sequence(...all))]),
  );
  return sequence(tbs, algorithm, element(3, Uint8Array.of(0), sign('sha256', tbs, signer.key)));
}

function entryOf({ holder, serial, date, reason, invalidity, extensions = [] }: ListedEntry): Uint8Array {
  const said = [
    ...(reason === undefined ? [] : [extension('2.5.29.21', false, element(0x0a, Uint8Array.of(reason)))]),
    ...(invalidity === undefined ? [] : [extension('2.5.29.24', false, asn1Time(invalidity, true))]),
    ...extensions,
  ];
  const octets = Buffer.from(serial ?? holder?.certificate.serial ?? '', 'hex');
  return sequence(element(2, octets), asn1Time(date), ...(said.length === 0 ? [] : [sequence(...said)]));
}

/** A file with lists in PEM. */
export function pemOf(...lists: readonly Uint8Array[]): Uint8Array {
  return Buffer.from(
    lists
      .map(
        (der) =>
          `-----BEGIN X509 CRL-----\n${Buffer.from(der)
            .toString('base64')
            .replace(/(.{64})(?=.)/g, '$1\n')}\n-----END X509 CRL-----\n`,
      )
      .join(''),
  );
}

/** What FORMAT §6 wants of a signer's certificate itself, beside path and identity. */
import type { Fault } from '../format/fault.js';
import type { Certificate, KeyUsage } from './types.js';

const REQUIRED: readonly KeyUsage[] = ['digitalSignature', 'nonRepudiation'];

/** Faults of a certificate as a signer's: its key, its key usage, being a CA. */
export function leafFaults(certificate: Certificate): Fault[] {
  const faults: Fault[] = [];
  if (certificate.keyKind !== 'P-256') faults.push({ message: `the certificate's key is ${keyName(certificate)}, expected P-256` });
  if (certificate.isCa) faults.push({ message: "the certificate is an authority's (CA), expected a person's or a system's" });
  const missing = REQUIRED.filter((usage) => !certificate.keyUsage?.includes(usage));
  if (missing.length > 0) faults.push({ message: `the certificate's keyUsage lacks ${missing.join(' and ')}` });
  return faults;
}

function keyName({ keyKind }: Certificate): string {
  return keyKind === 'other' ? 'of a kind not known here' : keyKind;
}

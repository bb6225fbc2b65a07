/**
 * CMS without signed attributes, the toolkit's default (FORMAT §6): strict DER,
 * and one spelling of it. The signature is over the payload itself.
 */
import { Buffer } from 'node:buffer';
import { refuse } from '../refusal.js';
import type { Certificate } from '../types.js';
import { toArmour } from './armour.js';
import { type SignedData, STRICT, writeSignedData } from './signed-data.js';
import { names } from './signer-id.js';
import type { CmsSignature } from './types.js';

/** Takes SignedData without signed attributes as `bytes` spelt it. Throws a Refusal. */
export function cmsFrom(data: SignedData, certificates: readonly Certificate[], bytes: Uint8Array): CmsSignature {
  const signer = { issuer: data.issuer, serial: Buffer.from(data.serial).toString('hex') };
  const [leaf, ...twins] = certificates.filter((certificate) => names(signer, certificate));
  if (leaf === undefined) {
    return refuse(
      `the signature carries ${certificates.length} certificates and not its signer's, expected the signer's and all intermediates`,
      ['vpr setup  # so that Git signs with the certificate', 'git commit --amend --no-edit -S'],
    );
  }
  if (twins.length > 0) return refuse('the signature carries two certificates with the issuer and serial number of its signer');
  const others = certificates.filter((certificate) => certificate !== leaf);
  const found: CmsSignature = { encoding: 'cms', signature: data.signature, certificates: [leaf, ...others] };
  if (Buffer.compare(writeCms(found), bytes) !== 0) return refuse(notCanonical(data));
  return found;
}

/** Writes the armoured text; certificates go in DER's order, whatever the array's. */
export function renderCms(signature: Omit<CmsSignature, 'encoding'>): string {
  return toArmour(writeCms(signature));
}

function writeCms({ signature, certificates }: Omit<CmsSignature, 'encoding'>): Uint8Array {
  const [leaf] = certificates;
  return writeSignedData({
    form: STRICT,
    certificates: certificates.map(({ der }) => der).sort(Buffer.compare),
    issuer: leaf.issuer.der,
    serial: Buffer.from(leaf.serial, 'hex'),
    signature,
  });
}

function notCanonical({ form }: SignedData): string {
  const why = Object.values(form).includes(true)
    ? 'indefinite lengths or algorithm parameters, which only signed attributes allow'
    : 'its certificates are not in the order of DER';
  return `the signature is not in canonical form: ${why}`;
}

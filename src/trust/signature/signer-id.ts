/** Finding the certificate that a CMS signer is named by. */
import { Buffer } from 'node:buffer';
import type { Certificate } from '../types.js';
import type { SignerId } from './types.js';

/** Whether issuer and serial number are this certificate's. */
export function names(signer: SignerId, certificate: Certificate): boolean {
  return certificate.serial === signer.serial && Buffer.compare(certificate.issuer.der, signer.issuer) === 0;
}

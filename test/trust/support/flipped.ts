/** What anybody can make of a certificate without a key: one that says the same, and is another. */
import { readCertificateDer } from '../../../src/trust/certificate/read.js';
import { childrenOf, readElement } from '../../../src/trust/der/read.js';
import { element, sequence, unsignedInteger } from '../../../src/trust/der/write.js';
import type { Certificate } from '../../../src/trust/types.js';

const ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;

/** The same certificate with s → n − s in the signature of its issuer, whose key is on P-256. */
export function flipped(certificate: Certificate): Certificate {
  const [tbs, algorithm] = childrenOf(readElement(certificate.der, 'certificate'), 'certificate');
  const [r, s] = childrenOf(readElement(certificate.signature, 'signature'), 'signature');
  const other = (ORDER - BigInt(`0x${Buffer.from(s?.content ?? []).toString('hex')}`)).toString(16).padStart(64, '0');
  const signature = sequence(r?.raw ?? new Uint8Array(), unsignedInteger(Buffer.from(other, 'hex')));
  const reading = readCertificateDer(
    sequence(tbs?.raw ?? new Uint8Array(), algorithm?.raw ?? new Uint8Array(), element(3, Uint8Array.of(0), signature)),
  );
  if (!reading.ok) throw new Error(reading.faults[0]?.message);
  return reading.value;
}

/** Whether a certificate's key signed another certificate, or a revocation list. */
import { verify } from 'node:crypto';
import { remember } from '../../format/remember.js';
import { publicKeyOf } from '../certificate/key.js';
import { OID } from '../oids.js';
import type { Certificate } from '../types.js';

/** What issuers may sign with. SHA-1, DSA and RSA-PSS are not among it. */
const ALGORITHMS: Readonly<Record<string, { readonly digest: string; readonly rsa: boolean }>> = {
  [OID.ecdsaWithSha256]: { digest: 'sha256', rsa: false },
  [OID.ecdsaWithSha384]: { digest: 'sha384', rsa: false },
  [OID.ecdsaWithSha512]: { digest: 'sha512', rsa: false },
  [OID.sha256WithRsa]: { digest: 'sha256', rsa: true },
  [OID.sha384WithRsa]: { digest: 'sha384', rsa: true },
  [OID.sha512WithRsa]: { digest: 'sha512', rsa: true },
};

/** Bits of an issuer's RSA modulus: weak below, and costly to check above (the issuer may be a stranger). */
const RSA_BITS = { least: 2048, most: 8192 };

const links = remember<string | undefined>(10_000);

/** What an issuer signs: a certificate, or a revocation list. */
export type Issued = Pick<Certificate, 'fingerprint' | 'tbs' | 'signatureAlgorithm' | 'signature'>;

/**
 * What is wrong with an issuer's signature on a certificate or a list; undefined where it
 * is good. Names, dates and extensions are not looked at. Remembered, because
 * every commit of a signer asks for the same links.
 */
export function linkFault(issued: Issued, issuer: Certificate): string | undefined {
  return links(`${issued.fingerprint} ${issuer.fingerprint}`, () => check(issued, issuer));
}

/** Whether a signature is of an algorithm that can be checked here. */
export function isCheckable({ signatureAlgorithm }: Issued): boolean {
  return ALGORITHMS[signatureAlgorithm] !== undefined;
}

function check(issued: Issued, issuer: Certificate): string | undefined {
  const algorithm = ALGORITHMS[issued.signatureAlgorithm];
  if (algorithm === undefined) return `is signed with ${issued.signatureAlgorithm}, expected ECDSA or RSA with SHA-256, SHA-384 or SHA-512`;
  const key = publicKeyOf(issuer);
  if (key === undefined) return 'has an issuer whose public key is damaged or of a kind not known here';
  if (algorithm.rsa !== (issuer.keyKind === 'RSA')) return 'is signed with an algorithm that its issuer has no key for';
  const bits = key.asymmetricKeyDetails?.modulusLength ?? RSA_BITS.least;
  if (bits < RSA_BITS.least || bits > RSA_BITS.most)
    return `has an issuer with an RSA key of ${bits} bits, expected ${RSA_BITS.least} to ${RSA_BITS.most}`;
  if (!verify(algorithm.digest, issued.tbs, key, issued.signature)) return "is not signed with its issuer's key";
  return undefined;
}

/**
 * The container of VPR's program (FORMAT §6): one line of base64 around JSON
 * with its members in order and no white space, so that there is one spelling.
 */
import { Buffer } from 'node:buffer';
import type { Read } from '../../format/fault.js';
import { remember } from '../../format/remember.js';
import { fromBase64, toBase64 } from '../base64.js';
import { readCertificate, readCertificateDer } from '../certificate/read.js';
import { SIGNATURE_LENGTH } from '../ecdsa.js';
import { toPem } from '../pem.js';
import { attempt, need, refuse } from '../refusal.js';
import type { ContainerSignature } from './types.js';

const SHAPE = /^\{"signature":"([A-Za-z0-9+/=]*)","public_key":"([A-Za-z0-9+/=]*)"(?:,"certificate":"([A-Za-z0-9+/=]*)")?\}$/;
const EXPECTED = '{"signature":"…","public_key":"…"} or {"signature":"…","public_key":"…","certificate":"…"}';

/** Reads the JSON inside the base64. Throws a Refusal. */
export function containerFrom(octets: Uint8Array): ContainerSignature {
  const match = SHAPE.exec(Buffer.from(octets).toString('latin1'));
  if (match === null) return refuse(`the signature's JSON is not exactly ${EXPECTED}, without white space`);
  const signature = member(match[1], 'signature', SIGNATURE_LENGTH);
  const publicKey = member(match[2], 'public_key', 65);
  if (publicKey[0] !== 4) refuse("the container's public_key is not an uncompressed point");
  const text = match[3];
  if (text === undefined) return { encoding: 'container', signature, publicKey };
  return { encoding: 'container', signature, publicKey, ...need(carried(text, (own) => attempt(() => readCarried(own)))) };
}

const carried = remember<Read<Pick<ContainerSignature, 'certificate' | 'form'>>>(500);

/** The certificate from its base64; the same one comes with every commit of a signer. */
function readCarried(text: string): Pick<ContainerSignature, 'certificate' | 'form'> {
  const written = member(text, 'certificate');
  const form = written[0] === 0x30 ? 'DER' : 'PEM';
  const certificate = need(form === 'DER' ? readCertificateDer(written) : readCertificate(written));
  if (form === 'PEM' && toPem(certificate.der) !== Buffer.from(written).toString('latin1')) {
    return refuse("the container's certificate is not in canonical PEM: lines of 64, no other text, one newline at the end");
  }
  return { certificate, form };
}

/** Writes the text. */
export function renderContainer({ signature, publicKey, certificate, form }: Omit<ContainerSignature, 'encoding'>): string {
  const written = certificate === undefined ? undefined : form === 'DER' ? certificate.der : Buffer.from(toPem(certificate.der), 'latin1');
  const last = written === undefined ? '' : `,"certificate":"${toBase64(written)}"`;
  return toBase64(Buffer.from(`{"signature":"${toBase64(signature)}","public_key":"${toBase64(publicKey)}"${last}}`, 'latin1'));
}

function member(text: string | undefined, name: string, length?: number): Uint8Array {
  const octets = fromBase64(text ?? '') ?? refuse(`the container's ${name} is not canonical base64`);
  if (length !== undefined && octets.length !== length) refuse(`the container's ${name} has ${octets.length} bytes, expected ${length}`);
  return octets;
}

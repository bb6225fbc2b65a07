/** A raw signature (FORMAT §6): base64 of `r‖s` and nothing else. */
import { toBase64 } from '../base64.js';
import type { RawSignature } from './types.js';

/** Takes the octets inside the base64, which are 64. */
export function rawFrom(octets: Uint8Array): RawSignature {
  return { encoding: 'raw', signature: octets };
}

/** Writes the text. */
export function renderRaw({ signature }: Omit<RawSignature, 'encoding'>): string {
  return toBase64(signature);
}

/** The armour git knows X.509 signatures by. */
import { fromBase64, toBase64Lines } from '../base64.js';
import { howToWrite } from '../help.js';
import { refuse } from '../refusal.js';

export const BEGIN = '-----BEGIN SIGNED MESSAGE-----';
const END = '-----END SIGNED MESSAGE-----';

/** The octets in armour. Any departure from what `toArmour` writes is refused, so that octets and text are one to one. */
export function fromArmour(text: string): Uint8Array {
  if (text.includes('\r')) return refuse("the signature's lines end in CR LF, expected LF alone", howToWrite);
  if (text.endsWith(`${END}\n`)) return refuse('the signature has an empty line behind its last one, expected none', howToWrite);
  const lines = text.split('\n');
  if (lines[0] !== BEGIN) return refuse(`the signature's first line is not ${BEGIN}`, howToWrite);
  if (lines.at(-1) !== END) return refuse(`the signature's last line is not ${END}`, howToWrite);
  const body = lines.slice(1, -1);
  if (body.some((line, i) => line.length !== 64 && (i < body.length - 1 || line.length > 64 || line === ''))) {
    return refuse("the signature's base64 is not in lines of 64 characters", howToWrite);
  }
  return fromBase64(body.join('')) ?? refuse("the signature's base64 is damaged or not canonical");
}

/** Octets in armour, base64 lines of 64, without a final LF. */
export function toArmour(octets: Uint8Array): string {
  return `${BEGIN}\n${toBase64Lines(octets)}\n${END}`;
}

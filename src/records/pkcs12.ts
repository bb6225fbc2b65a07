/** PKCS #12 stores (.p12, .pfx; RFC 7292), which browsers and smart cards hand out: not read, but known when seen. */
import { VprError } from '../errors.js';
import { shellWord } from '../format/shell.js';

/** Throws `file/pkcs12`, with the commands that make PEM of it, where bytes begin as a store does: a SEQUENCE whose version is 3. */
export function refusePkcs12(bytes: Uint8Array, path: string): void {
  const [tag, length = 0] = bytes;
  const at = length < 0x80 ? 2 : 2 + (length & 0x7f);
  if (tag !== 0x30 || bytes[at] !== 0x02 || bytes[at + 1] !== 1 || bytes[at + 2] !== 3) return;
  const take = (...what: string[]) => ['openssl', 'pkcs12', '-in', shellWord(path), ...what].join(' ');
  throw new VprError(
    'file/pkcs12',
    `${path} is a PKCS #12 store (.p12, .pfx), with certificates and key in one, expected PEM, in two files`,
    {
      help: [
        `the certificates, yours first: (${take('-nokeys', '-clcerts')} && ${take('-nokeys', '-cacerts')}) > new.crt`,
        `the key, under a passphrase: ${take('-nocerts', '-out', 'new.key')}`,
        'then: vpr setup --certificate new.crt --key new.key',
        'where openssl says "unsupported", the store is an old one: add -legacy to each',
      ],
    },
  );
}

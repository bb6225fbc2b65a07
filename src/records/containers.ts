/** Files that authorities, browsers and smart cards hand out in place of PEM: not read, but known when seen. */
import { VprError } from '../errors.js';
import { shellWord } from '../format/shell.js';

/** `1.2.840.113549.1.7.2` (signedData) as the first element of a ContentInfo, in hex. */
const SIGNED_DATA = '06092a864886f70d010702';

/** Throws `file/pkcs12` and `file/pkcs7`, with the commands that make PEM of such a file. */
export function refuseContainers(bytes: Uint8Array, path: string): void {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const pem = /^-----BEGIN (?:PKCS7|CMS)-----/m.test(file.toString('latin1'));
  const content = contentOf(file);
  // A store is a SEQUENCE whose version is 3 (RFC 7292).
  if (content.startsWith('020103')) throw pkcs12(path);
  if (pem || content.startsWith(SIGNED_DATA)) throw pkcs7(path, pem ? '' : '-inform DER ');
}

/** The first octets within an outer SEQUENCE, in hex; of indefinite length as well, as some programs write it. */
function contentOf(file: Buffer): string {
  const [tag, length = 0] = file;
  const at = length < 0x80 ? 2 : 2 + (length & 0x7f);
  return tag === 0x30 ? file.toString('hex', at, at + SIGNED_DATA.length / 2) : '';
}

function pkcs12(path: string): VprError {
  const take = (...what: string[]) => ['openssl', 'pkcs12', '-in', shellWord(path), ...what].join(' ');
  return new VprError(
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

function pkcs7(path: string, form: string): VprError {
  return new VprError('file/pkcs7', `${path} is a PKCS #7 file (.p7b, .p7c), which has certificates in no order and no key, expected PEM`, {
    help: [
      `the certificates: openssl pkcs7 ${form}-in ${shellWord(path)} -print_certs -out new.crt`,
      'then move yours to the top of new.crt, and: vpr setup --certificate new.crt --key FILE',
    ],
  });
}

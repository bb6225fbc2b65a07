/** Telling a signature's encoding, and reading it. */
import type { Read } from '../../format/fault.js';
import { fromBase64 } from '../base64.js';
import { readCertificateDer } from '../certificate/read.js';
import { SIGNATURE_LENGTH } from '../ecdsa.js';
import { howToSetUp, howToSign, howToWrite } from '../help.js';
import { attempt, need, refuse } from '../refusal.js';
import { BEGIN, fromArmour } from './armour.js';
import { cmsFrom, renderCms } from './cms.js';
import { cmsAttributesFrom, renderCmsAttributes } from './cms-attributes.js';
import { containerFrom, renderContainer } from './container.js';
import { readKnownCms, rememberCms } from './known-cms.js';
import { rawFrom, renderRaw } from './raw.js';
import { readSignedData } from './signed-data.js';
import type { CommitSignature } from './types.js';

/** Largest gpgsig value that is read, in characters. */
export const SIGNATURE_LIMIT = 64 * 1024;

/**
 * Reads the value of a gpgsig header (unfolded, without a final LF). What it
 * accepts, `renderSignature` writes again byte for byte. A fault names what
 * was found where that is a signature of another kind.
 */
export function readSignature(gpgsig: string): Read<CommitSignature> {
  return attempt(() => {
    if (gpgsig.length > SIGNATURE_LIMIT)
      return refuse(`the signature has ${gpgsig.length} characters, expected at most ${SIGNATURE_LIMIT}`);
    if (gpgsig === '') return refuse('the signature is empty', howToSign);
    if (gpgsig.startsWith(BEGIN)) return readArmoured(gpgsig);
    if (gpgsig.startsWith('-----BEGIN ')) return refuseLabel(gpgsig);
    const octets = fromBase64(gpgsig);
    if (octets === undefined) return refuse(notBase64(gpgsig), howToSign);
    return octets.length === SIGNATURE_LENGTH ? rawFrom(octets) : containerFrom(octets);
  });
}

/** Writes a signature's text, as a gpgsig header holds it. */
export function renderSignature(signature: CommitSignature): string {
  switch (signature.encoding) {
    case 'cms':
      return renderCms(signature);
    case 'cms-attributes':
      return renderCmsAttributes(signature);
    case 'container':
      return renderContainer(signature);
    case 'raw':
      return renderRaw(signature);
  }
}

function readArmoured(text: string): CommitSignature {
  const bytes = fromArmour(text);
  const known = readKnownCms(bytes);
  if (known !== undefined) return known;
  const data = readSignedData(bytes);
  const certificates = data.certificates.map((der) => need(readCertificateDer(der)));
  if (data.attributes !== undefined) return cmsAttributesFrom(data, data.attributes, certificates, bytes);
  const found = cmsFrom(data, certificates, bytes);
  rememberCms(bytes, found);
  return found;
}

/** What openssl and most libraries call CMS. */
const CMS_LABELS: readonly string[] = ['CMS', 'PKCS7'];

function refuseLabel(gpgsig: string): never {
  const label = /^-----BEGIN ([A-Z0-9 ]{1,40})-----/.exec(gpgsig)?.[1] ?? 'something unknown';
  const known: Record<string, string> = {
    'SSH SIGNATURE': 'an SSH signature',
    'PGP SIGNATURE': 'a PGP signature',
    'PGP MESSAGE': 'a PGP signature',
  };
  const found = `the commit has ${known[label] ?? `a signature labelled ${label}`}`;
  if (CMS_LABELS.includes(label)) {
    const relabel = `sed 's/ ${label}-----/ SIGNED MESSAGE-----/'  # before it goes into the commit`;
    return refuse(`${found}, expected the label that git knows it by: ${BEGIN}`, [relabel, ...howToWrite]);
  }
  return refuse(`${found}, expected one with the certificate (${BEGIN})`, howToSetUp);
}

function notBase64(gpgsig: string): string {
  return gpgsig.includes('\n')
    ? 'the signature is base64 over several lines or with a newline after it, expected one line'
    : 'the signature is neither CMS nor base64 in canonical form';
}

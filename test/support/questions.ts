/** A commit's signature as a question, with the answers of what is in this process. */
import { createHash, verify } from 'node:crypto';
import { p256 } from '@noble/curves/nist.js';
import { signatureOf } from '../../src/records/export-signature.js';
import {
  type Certificate,
  type CmsAttributesSignature,
  type CommitSignature,
  payloadOf,
  publicKeyOf,
  readSignature,
  renderSignature,
  type Trust,
  withSignature,
} from '../../src/trust/index.js';
import { resolveSigner } from '../../src/trust/resolve.js';
import { fromArmour, toArmour } from '../../src/trust/signature/armour.js';
import { renderCms } from '../../src/trust/signature/cms.js';
import { names } from '../../src/trust/signature/signer-id.js';

/** How vpr says that a signature is not over the bytes, or by nobody's key. */
const NOT_OVER_IT = /changed after it was signed|verify it, expected one$/;

/** A signature, in the ways that the programs read it. */
export interface Question {
  readonly of: Signed;
  readonly certificate: Certificate;
  readonly encoding: CommitSignature['encoding'];
  /** The commit as it is stored; with the same `r‖s` in CMS where stock git reads no other. */
  readonly commit: Uint8Array;
  /** DER: what stands in that commit. */
  readonly cms: Uint8Array;
  readonly payload: Uint8Array;
  /** The signer's, where the signature leaves it out. */
  readonly supplied: readonly Certificate[];
  /** Set where it was changed so that it cannot be good. */
  readonly changed?: string;
  /** Why vpr refuses it, where that is not for the mathematics. */
  readonly stricter?: string;
  /** Who says that it is good. */
  readonly yes: Set<string>;
}

/** A commit whose signature reads. */
export interface Signed {
  readonly split: { readonly payload: Uint8Array; readonly gpgsig: string };
  readonly found: CommitSignature;
}

export function readingOf(commit: Uint8Array): Signed | undefined {
  const split = payloadOf(commit);
  const reading = 'payload' in split ? readSignature(split.gpgsig) : undefined;
  return 'payload' in split && reading?.ok === true ? { split, found: reading.value } : undefined;
}

export function carried(found: CommitSignature): readonly Certificate[] {
  if ('certificates' in found) return found.certificates;
  return 'certificate' in found && found.certificate !== undefined ? [found.certificate] : [];
}

/** What `r‖s` is over, and whether that is this payload's. */
function signedBy({ found, split: { payload } }: Signed): { readonly data: Uint8Array; readonly own: boolean } {
  if (found.encoding !== 'cms-attributes') return { data: payload, own: true };
  return { data: found.attributes, own: createHash('sha256').update(payload).digest().equals(found.messageDigest) };
}

/** The certificate that a signature names, carries or must be by, of all that were seen. */
export function signerOf(one: Signed, pool: readonly Certificate[]): Certificate | undefined {
  const { found } = one;
  const others = [...carried(found), ...pool].filter(({ keyKind }) => keyKind === 'P-256');
  switch (found.encoding) {
    case 'cms':
      return found.certificates[0].keyKind === 'P-256' ? found.certificates[0] : undefined;
    case 'cms-attributes':
      return (
        others.find((certificate) => names(found.signer, certificate) && certifies(found, certificate)) ??
        others.find((certificate) => carried(found).includes(certificate) && names(found.signer, certificate))
      );
    case 'container':
      return others.find(({ point }) => point !== undefined && Buffer.compare(point, found.publicKey) === 0);
    case 'raw':
      return others.find((certificate) => saysNode(one, certificate));
  }
}

/** Whether signingCertificateV2, where it is there, names this certificate. */
function certifies({ certificateHash }: CmsAttributesSignature, { fingerprint }: Certificate): boolean {
  return certificateHash === undefined || Buffer.from(certificateHash).toString('hex') === fingerprint;
}

function saysNode(one: Signed, certificate: Certificate): boolean {
  const { data, own } = signedBy(one);
  const key = publicKeyOf(certificate);
  return own && key !== undefined && verify('sha256', data, { key, dsaEncoding: 'ieee-p1363' }, one.found.signature);
}

function saysNoble(one: Signed, { point }: Certificate): boolean {
  const { data, own } = signedBy(one);
  return own && point !== undefined && p256.verify(one.found.signature, data, point, { lowS: false });
}

/** The question that a commit is, as what is in this process answers it. */
export function questionOf(one: Signed, certificate: Certificate | undefined, changed?: string): Question | undefined {
  if (certificate === undefined) return undefined;
  const { found, split } = one;
  const trust: Trust = {
    ...{ roots: [], intermediates: [], crls: [], early: [], revocation: 'off', digest: '' },
    listed: [{ certificate, authorities: [] }],
  };
  const yes = new Set<string>();
  const stored = withSignature(split.payload, split.gpgsig);
  const [fault] = resolveSigner(found, split.payload, trust).signatureFaults;
  if (fault === undefined) yes.add('vpr');
  if (saysNode(one, certificate)) yes.add('node:crypto');
  if (saysNoble(one, certificate)) yes.add('@noble/curves');
  const isCms = 'certificates' in found;
  const cms = isCms ? fromArmour(split.gpgsig) : yes.has('vpr') ? signatureOf(stored, trust).signature : asCms(found, certificate);
  return {
    of: one,
    certificate,
    encoding: found.encoding,
    commit: isCms ? stored : withSignature(split.payload, toArmour(cms)),
    cms,
    payload: split.payload,
    supplied: carried(found).includes(certificate) || !isCms ? [] : [certificate],
    ...(changed === undefined ? {} : { changed }),
    ...(fault === undefined || NOT_OVER_IT.test(fault.message) ? {} : { stricter: fault.message }),
    yes,
  };
}

function asCms({ signature }: CommitSignature, certificate: Certificate): Uint8Array {
  return fromArmour(renderCms({ signature, certificates: [certificate] }));
}

/** The commit with one bit of r, of s and of the payload changed. */
export function changesOf({ of: { split, found }, certificate }: Question): Question[] {
  const flipped = (bytes: Uint8Array, at: number) => bytes.map((byte, i) => (i === at ? byte ^ 1 : byte));
  const withOther = (at: number) => {
    const signature = flipped(found.signature, at);
    const other = found.encoding === 'cms-attributes' ? { ...found, data: { ...found.data, signature } } : { ...found, signature };
    return withSignature(split.payload, renderSignature(other));
  };
  const changes = {
    r: withOther(31),
    s: withOther(63),
    payload: withSignature(flipped(split.payload, split.payload.length - 2), split.gpgsig),
  };
  return Object.entries(changes).flatMap(([what, commit]) => {
    const one = readingOf(commit);
    const question = one === undefined ? undefined : questionOf(one, certificate, what);
    return question === undefined ? [] : [question];
  });
}

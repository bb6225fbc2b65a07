/** Whether a signer's certificate file has all that leads from the signer to a root of the host. */
import { shellWord } from '../format/shell.js';
import { sameName } from '../trust/certificate/name.js';
import type { Certificate, Trust } from '../trust/index.js';
import { findPaths, isSelfSigned, labelOf } from '../trust/path/build.js';
import { listedAs } from '../trust/store.js';
import type { WrittenEncoding } from './settings.js';

/** What a file lacks, in words for the signer. */
export interface Lack {
  readonly message: string;
  readonly help: readonly string[];
  /** The host has what is missing, and signatures must carry it: else its bundle may be an old one. */
  readonly certain: boolean;
}

/** What the certificates of a file lack for a signature by the first of them; undefined where that can't be told, or nothing is missing. */
export function chainLack(
  path: string,
  [leaf, ...others]: readonly [Certificate, ...Certificate[]],
  encoding: WrittenEncoding,
  trust: Trust,
): Lack | undefined {
  if (listedAs(trust, leaf)?.authorities !== undefined) return undefined;
  // A container has no place for intermediates.
  const carried = encoding === 'cms' ? others : [];
  const { paths } = findPaths(leaf, [...carried, ...trust.intermediates], trust.roots);
  const has = ({ fingerprint }: Certificate) => [leaf, ...carried].some((one) => one.fingerprint === fingerprint);
  const [missing, ...more] = paths.map(({ certificates }) => certificates.filter((one) => !has(one)));
  const append = `put the certificate of the authority that issued yours after yours in the file: cat ISSUING.crt >> ${shellWord(path)}`;
  if (missing !== undefined) {
    if (encoding !== 'cms' || [missing, ...more].some((one) => one.length === 0)) return undefined;
    const message = `${path} lacks ${missing.map(labelOf).join(' and ')}, which every signature has to carry`;
    return {
      message,
      help: [append, 'ask who issued it for that file, where you have none (vpr cert issue writes both into one)'],
      certain: true,
    };
  }
  const top = topOf([leaf, ...carried]);
  if (isSelfSigned(top) || trust.roots.some(({ certificate }) => sameName(certificate.subject, top.issuer))) return undefined;
  return {
    message: `nothing leads from ${top.issuer.text}, which issued ${top === leaf ? `the certificate in ${path}` : `the last certificate in ${path}`}, to a root of the host`,
    help:
      encoding === 'cms'
        ? [
            `if it is an intermediate authority: ${append}`,
            "if it is a root: ask the host's administrator whether it is trusted, and for a newer trust.json: vpr setup --trust FILE",
          ]
        : [
            "a container carries no intermediates: ask the host's administrator to list it (intermediates in vpr.yaml), or: vpr setup --encoding cms",
          ],
    certain: false,
  };
}

/** The last of the certificates on the way up from the signer's, which is the first. */
export function topOf([signer, ...others]: readonly [Certificate, ...Certificate[]]): Certificate {
  const next = others.find(({ subject }) => sameName(signer.issuer, subject));
  return next === undefined ? signer : topOf([next, ...others.filter((other) => other !== next)]);
}

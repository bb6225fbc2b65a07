/** Whether a signer's certificate file has all that leads from the signer to a root of the host. */
import { shellWord } from '../format/shell.js';
import { sameName } from '../trust/certificate/name.js';
import type { Certificate, Trust } from '../trust/index.js';
import { type CertificatePath, findPaths, isSelfSigned, labelOf } from '../trust/path/build.js';
import { listedAs } from '../trust/store.js';
import type { WrittenEncoding } from './settings.js';

/** What a file lacks, or has too much, in words for the signer. */
export interface Lack {
  readonly message: string;
  readonly help: readonly string[];
  /** The host has what is missing, and signatures must carry it: else its bundle may be an old one. */
  readonly certain: boolean;
}

const TRUSTED = "ask the host's administrator whether it is trusted, and for a newer trust.json: vpr setup --trust FILE";

/** What the certificates of a file lack, or have too much, for a signature by the first of them; undefined where that can't be told, or they are as they should be. */
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
  if (encoding === 'cms' && [missing, ...more].some((one) => one?.length === 0)) return surplus(path, carried, paths);
  const append = `put the certificate of the authority that issued yours after yours in the file: cat ISSUING.crt >> ${shellWord(path)}`;
  if (missing !== undefined) {
    if (encoding !== 'cms') return undefined;
    const message = `${path} lacks ${missing.map(labelOf).join(' and ')}, which every signature has to carry`;
    return {
      message,
      help: [append, 'ask who issued it for that file, where you have none (vpr cert issue writes both into one)'],
      certain: true,
    };
  }
  const top = topOf([leaf, ...carried]);
  if (trust.roots.some(({ certificate }) => sameName(certificate.subject, top.issuer))) return undefined;
  if (isSelfSigned(top)) {
    return {
      message: `${top === leaf ? `the certificate in ${path}` : labelOf(top)} has signed itself, and the host neither has it as a root nor lists it`,
      help: [TRUSTED],
      certain: false,
    };
  }
  return {
    message: `nothing leads from ${top.issuer.text}, which issued ${top === leaf ? `the certificate in ${path}` : `the last certificate in ${path}`}, to a root of the host`,
    help:
      encoding === 'cms'
        ? [`if it is an intermediate authority: ${append}`, `if it is a root: ${TRUSTED}`]
        : [
            "a container carries no intermediates: ask the host's administrator to list it (intermediates in vpr.yaml), or: vpr setup --encoding cms",
          ],
    certain: false,
  };
}

/** What stands in the file, and on none of the paths: a root of the host's among them, where it trusts an intermediate by itself. */
function surplus(path: string, carried: readonly Certificate[], paths: readonly CertificatePath[]): Lack | undefined {
  const signed = carried.filter((one) => !isSelfSigned(one)); // roots are left out of signatures
  const off = paths.map(({ certificates }) =>
    signed.filter((one) => !certificates.some(({ fingerprint }) => fingerprint === one.fingerprint)),
  );
  const [least] = off.sort((a, b) => a.length - b.length);
  if (least === undefined || least.length === 0) return undefined;
  const names = least.map(labelOf).join(' and ');
  return {
    message: `${path} has ${names}, which is not between the signer and a root of the host, and which no signature may carry`,
    help: [`take ${names} out of that file, where the host's trust.json is its newest`],
    certain: false,
  };
}

/** The last of the certificates on the way up from the signer's, which is the first. */
export function topOf([signer, ...others]: readonly [Certificate, ...Certificate[]]): Certificate {
  const next = others.find(({ subject }) => sameName(signer.issuer, subject));
  return next === undefined ? signer : topOf([next, ...others.filter((other) => other !== next)]);
}

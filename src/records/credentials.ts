/** The signer's certificate and key as files on their machine, and whether they may sign a commit now. */
import type { KeyObject } from 'node:crypto';
import { VprError } from '../errors.js';
import type { Fault } from '../format/index.js';
import { shellWord } from '../format/shell.js';
import { type Certificate, certificateIdentity, comparableName, type Identity, readCertificate, sameEmail } from '../trust/index.js';
import { leafFaults } from '../trust/leaf.js';
import { refuseContainers } from './containers.js';
import { readFile } from './files.js';
import { isLocked, publicDer } from './locked-key.js';
import { loadKey } from './passphrase.js';

/** What signs: the leaf first, then the intermediates that stand in the same file. */
export interface Credentials {
  readonly chain: readonly [Certificate, ...Certificate[]];
  readonly identity: Identity;
  readonly key: KeyObject;
}

const LEAF_FIRST = ["put the signer's own certificate first in that file, and those of authorities after it, the root's left out"];

/** What to do where a file that vpr setup was given has gone. */
const GONE = ['bring it back to that place, or name where it is now: vpr setup --certificate FILE --key FILE'];

/** All certificates of a file, whoever's they are. Throws `certificate/unreadable`, `file/…`. */
export function certificatesIn(path: string): readonly Certificate[] {
  const bytes = readFile(path, 'the certificate', GONE);
  refuseContainers(bytes, path);
  return certificateBlocks(bytes).map((block) => {
    const certificate = readCertificate(block);
    if (certificate.ok) return certificate.value;
    throw unreadable(path, certificate.faults);
  });
}

/** Reads a certificate's file (PEM, one or more; or DER). Throws `certificate/unreadable`, `file/…`. */
export function loadCertificate(path: string): { chain: readonly [Certificate, ...Certificate[]]; identity: Identity } {
  const read = certificatesIn(path);
  // Files that were put together from several have some twice, and a signature that carries one twice is refused.
  const chain = [...new Map(read.map((certificate) => [certificate.fingerprint, certificate])).values()];
  const [leaf, ...others] = chain as [Certificate, ...Certificate[]];
  const identity = certificateIdentity(leaf);
  if (!identity.ok) throw unreadable(path, identity.faults, leaf.isCa ? LEAF_FIRST : undefined);
  return { chain: [leaf, ...others], identity: identity.value };
}

/** The certificates of a PEM file, each a file of its own; anything else as it is. */
export function certificateBlocks(bytes: Buffer): readonly [Buffer, ...Buffer[]] {
  const [first, ...others] = bytes.toString('latin1').match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g) ?? [];
  const file = (block: string) => Buffer.from(`${block}\n`, 'latin1');
  return first === undefined ? [bytes] : [file(first), ...others.map(file)];
}

/**
 * Certificate and key together; the key's passphrase is asked for where it has
 * one. Throws `key/…` where the key does not read or is not the certificate's, `passphrase/…`.
 */
export function loadCredentials(certificatePath: string, keyPath: string): Credentials {
  const certificate = loadCertificate(certificatePath);
  const key = loadKey(keyPath);
  if (!publicDer(key).equals(certificate.chain[0].spki)) {
    throw new VprError('key/other', `the key in ${keyPath} is not the key of the certificate in ${certificatePath}`, {
      help: ['name the pair that belongs together: vpr setup --certificate FILE --key FILE'],
    });
  }
  return { ...certificate, key };
}

/** The same without asking anybody: a key under a passphrase is only seen to be there. */
export function glanceAtCredentials(certificatePath: string, keyPath: string): Omit<Credentials, 'key'> {
  return isLocked(readFile(keyPath, 'the private key', GONE))
    ? loadCertificate(certificatePath)
    : loadCredentials(certificatePath, keyPath);
}

/**
 * Why a certificate may not sign a commit by these people now: it is out of
 * date, is not fit for signing, or a name or an e-mail is not its holder's (FORMAT §6 "Signer").
 * Empty where it may.
 */
export function signingFaults(
  certificate: Certificate,
  identity: Identity,
  idents: readonly { readonly role: 'author' | 'committer'; readonly name: string; readonly email: string }[],
  now: Date,
): Fault[] {
  return [...dateFaults(certificate, now), ...leafFaults(certificate), ...idents.flatMap((ident) => identFaults(identity, ident))];
}

function dateFaults({ notBefore, notAfter }: Certificate, now: Date): Fault[] {
  if (now > notAfter) {
    return [
      {
        message: `the certificate expired on ${notAfter.toISOString()}`,
        help: ['get a new one, then: vpr setup --certificate FILE --key FILE'],
      },
    ];
  }
  if (now < notBefore) {
    return [
      {
        message: `the certificate is not valid before ${notBefore.toISOString()}`,
        help: [`it is ${now.toISOString()} here: set your clock right, or wait`],
      },
    ];
  }
  return [];
}

/** What of an author or committer is not the holder's. */
export function identFaults(
  identity: Identity,
  { role, name, email }: { role: 'author' | 'committer'; name: string; email: string },
): Fault[] {
  const faults: Fault[] = [];
  if (comparableName(name) !== comparableName(identity.name)) {
    faults.push({
      message: `the commit's ${role} is "${name}", the certificate's holder is "${identity.name}"`,
      help: [`git config user.name ${shellWord(identity.name)}`, againFor(role)],
    });
  }
  const [first, ...more] = identity.emails;
  if (first !== undefined && ![first, ...more].some((certified) => sameEmail(certified, email))) {
    faults.push({
      message: `the ${role}'s e-mail is "${email}", the certificate has ${identity.emails.join(', ')}`,
      help: [`git config user.email ${shellWord(first)}`, againFor(role)],
    });
  }
  return faults;
}

function againFor(role: 'author' | 'committer'): string {
  return role === 'author'
    ? 'then commit again, without --author (on an amended commit: git commit --amend --reset-author)'
    : 'then commit again; GIT_COMMITTER_NAME and GIT_COMMITTER_EMAIL must not be set';
}

function unreadable(path: string, faults: readonly Fault[], help?: readonly string[]): VprError {
  return new VprError(
    'certificate/unreadable',
    `the certificate in ${path}: ${faults.map(({ message }) => message).join('; ') || 'empty'}`,
    help === undefined ? {} : { help },
  );
}

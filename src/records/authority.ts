/**
 * A certificate authority in a directory:
 *
 *     authority.crt  authority.key   the certificate and its key
 *     authority.json                 what it is called, and whom it may certify
 *     register.json  issued/         what it issued and revoked (register.ts)
 *     authority.crl                  the latest revocation list
 *     issuing/                       in a root's directory: the intermediate for every day
 *
 * The root's key is needed for nothing but a new intermediate and the root's own
 * revocation list, so that it can be taken away; what else is there stays.
 */

import type { KeyObject } from 'node:crypto';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { VprError } from '../errors.js';
import { sameName } from '../trust/certificate/name.js';
import { type Certificate, readCertificate, toPem } from '../trust/index.js';
import { isSelfSigned } from '../trust/path/build.js';
import { checkAuthority, checkTitle } from './certificate-names.js';
import { ALGORITHM, certificates, newKey, newSerial, publicKey, signingKey, validity } from './certificate-parts.js';
import { readFile, refuseExisting, writeAllNew } from './files.js';
import { lockedPem, openPem, publicDer } from './locked-key.js';
import { loadKey, type PassphraseFrom } from './passphrase.js';
import { issuedBy, readRegister, recordIssued, registerPaths, startRegister } from './register.js';

/** What makes an authority. */
export interface AuthorityInput {
  readonly directory: string;
  readonly name: string;
  /** Authorities that `vpr cert issue` may issue for; empty: any. */
  readonly authorities: readonly string[];
  readonly days: number;
  /** What the key is encrypted with; absent: it is not. */
  readonly passphrase?: Uint8Array;
}

/** An authority as written to disk. */
export interface AuthorityFiles {
  readonly certificate: string;
  readonly key: string;
  readonly authorities: readonly string[];
  readonly notAfter: Date;
}

/** An authority as read from its directory. */
export interface Authority {
  readonly directory: string;
  readonly certificate: Certificate;
  /** Whether it is a root: it signed its own certificate. */
  readonly isRoot: boolean;
  readonly name: string;
  /** Whom it was made for; empty: any. */
  readonly authorities: readonly string[];
  /** Of an intermediate: where its root lay when it was made, from its own directory. Absent in those made before this was written down. */
  readonly under?: string;
}

/**
 * Makes a self-signed P-256 root: CA:TRUE, keyCertSign and cRLSign, room for
 * one intermediate below it, its key in a file of mode 0600. Throws `VprError`
 * where a name won't do or a file is there already.
 */
export async function createAuthority(input: AuthorityInput): Promise<AuthorityFiles> {
  return makeAuthority(input, undefined);
}

/**
 * Makes an intermediate under a root whose key is at hand. Throws as
 * `createAuthority`, and `cert/not-a-root`, `cert/register`, `cert/name-taken`, `cert/days`,
 * `passphrase/…`.
 */
export async function createIssuing(input: AuthorityInput, rootDirectory: string, from: PassphraseFrom = {}): Promise<AuthorityFiles> {
  const root = openRoot(rootDirectory);
  readRegister(root.directory);
  return makeAuthority(input, { root, key: authorityKey(root, from) });
}

async function makeAuthority(input: AuthorityInput, issuer: { root: Authority; key: KeyObject } | undefined): Promise<AuthorityFiles> {
  const name = checkTitle(input.name);
  const authorities = input.authorities.map(checkAuthority);
  const { notBefore, notAfter } = validityUnder(issuer?.root.certificate, input.days);
  const x509 = await certificates();
  const key = newKey();
  const subject = new x509.Name([{ CN: [{ utf8String: name }] }]);
  const serial = newSerial();
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: serial,
    subject,
    issuer: issuer === undefined ? subject : new x509.X509Certificate(issuer.root.certificate.der).subjectName,
    notBefore,
    notAfter,
    publicKey: await publicKey(key),
    signingKey: await signingKey(issuer?.key ?? key),
    signingAlgorithm: ALGORITHM,
    extensions: [
      new x509.BasicConstraintsExtension(true, issuer === undefined ? 1 : 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(await publicKey(key)),
      await x509.AuthorityKeyIdentifierExtension.create(await publicKey(issuer?.key ?? key)),
    ],
  });
  if (issuer !== undefined) refuseTakenName(issuer.root, new Uint8Array(certificate.rawData));
  const pem = toPem(new Uint8Array(certificate.rawData));
  const paths = authorityPaths(input.directory);
  const under = issuer === undefined ? {} : { under: relative(resolve(input.directory), resolve(issuer.root.directory)) };
  refuseExisting([paths.key, paths.certificate, paths.description, registerPaths(input.directory).register]);
  if (issuer !== undefined) recordIssued(issuer.root.directory, serial, pem);
  writeAllNew([
    { path: paths.key, content: input.passphrase === undefined ? openPem(key) : lockedPem(key, input.passphrase), mode: 0o600 },
    { path: paths.certificate, content: pem },
    { path: paths.description, content: `${JSON.stringify({ name, authorities, ...under }, undefined, 2)}\n` },
    { path: registerPaths(input.directory).register, content: startRegister() },
  ]);
  return { certificate: paths.certificate, key: paths.key, authorities, notAfter };
}

/**
 * Lists and paths tell authorities apart by their names: the list of one would
 * pass for another's, and one that is called like its root looks like a root.
 */
function refuseTakenName(root: Authority, der: Uint8Array): void {
  const made = readCertificate(der);
  const known = [root.certificate, ...issuedBy(root.directory)].filter(({ isCa }) => isCa);
  if (made.ok && !known.some(({ subject }) => sameName(subject, made.value.subject))) return;
  throw new VprError('cert/name-taken', `--name: under the root in ${root.directory} there is an authority of that name already`, {
    help: ['give it another, for example the same with a number: --name "Elm Street Practice, issuing 2"'],
  });
}

/** One made for as many days as the root just before it ends with the root, not some seconds later. */
function validityUnder(root: Certificate | undefined, days: number): { notBefore: Date; notAfter: Date } {
  const wanted = validity(days);
  if (root === undefined) return wanted;
  const over = wanted.notAfter.getTime() - root.notAfter.getTime();
  if (over > 0 && over < 60_000) return { ...wanted, notAfter: root.notAfter };
  refuseLonger(root, wanted.notAfter);
  return wanted;
}

/** Refuses what would outlive its issuer. Throws `cert/days`. */
export function refuseLonger(issuer: Certificate, notAfter: Date): void {
  if (issuer.notAfter >= notAfter) return;
  const left = Math.max(0, Math.floor((issuer.notAfter.getTime() - Date.now()) / 86_400_000));
  const another = isSelfSigned(issuer)
    ? 'make a new authority: vpr cert authority'
    : "make another intermediate, with the root's key at hand: vpr cert authority DIR --under ROOT --name NAME";
  throw new VprError('cert/days', `the authority's own certificate ends first, on ${issuer.notAfter.toISOString()}`, {
    help: left > 0 ? [`give at most --days ${left}`] : [another],
  });
}

/** Where an authority's files lie in its directory. */
export function authorityPaths(directory: string): { certificate: string; key: string; description: string; crl: string; issuing: string } {
  return {
    certificate: join(directory, 'authority.crt'),
    key: join(directory, 'authority.key'),
    description: join(directory, 'authority.json'),
    crl: join(directory, 'authority.crl'),
    issuing: join(directory, 'issuing'),
  };
}

/** Throws `cert/directory-used` where an authority would come to lie among other files: those of another one, or a host's. */
export function refuseUsed(directory: string): void {
  if (!existsSync(directory)) return;
  const [first] = statSync(directory).isDirectory() ? readdirSync(directory) : [''];
  if (first === undefined) return;
  const why = first === '' ? 'is a file' : `has ${JSON.stringify(first)} in it`;
  throw new VprError('cert/directory-used', `an authority gets a directory of its own, and ${directory} ${why}`, {
    help: ['name a new directory; what is there is not overwritten'],
  });
}

/** The authority that issues: the intermediate of a root's directory where it has one, else the directory's own. */
export function openIssuing(directory: string): Authority {
  const { issuing } = authorityPaths(directory);
  return openAuthority(existsSync(authorityPaths(issuing).certificate) ? issuing : directory);
}

/**
 * A root that can certify an intermediate. Throws `cert/not-a-root`, and `cert/key-away`: asked before
 * a passphrase is chosen for what cannot be made yet.
 */
export function openRoot(directory: string): Authority {
  const root = openAuthority(directory);
  if (!root.isRoot) {
    throw new VprError('cert/not-a-root', `the authority in ${directory} is an intermediate itself, and may not make another`, {
      help: ['name the directory of the root: --under DIR'],
    });
  }
  refuseKeyAway(root);
  return root;
}

/** Reads an authority, without its key. Throws `file/missing`, `cert/authority-unreadable`. */
export function openAuthority(directory: string): Authority {
  const paths = authorityPaths(directory);
  const certificate = readCertificate(
    readFile(paths.certificate, 'the certificate authority', ['name the directory that vpr cert authority made']),
  );
  if (!certificate.ok) throw unreadable(paths.certificate, certificate.faults[0]?.message);
  const description = describe(paths.description);
  const isRoot = isSelfSigned(certificate.value);
  return { directory, certificate: certificate.value, isRoot, ...description };
}

function describe(path: string): Pick<Authority, 'name' | 'authorities' | 'under'> {
  let value: unknown;
  try {
    value = JSON.parse(readFile(path, 'the certificate authority').toString('utf8'));
  } catch (cause) {
    if (cause instanceof VprError) throw cause;
    throw unreadable(path, 'not JSON', cause);
  }
  const { name, authorities, under } = (value ?? {}) as { name?: unknown; authorities?: unknown; under?: unknown };
  if (typeof name !== 'string' || !Array.isArray(authorities)) throw unreadable(path, 'expected "name" and a list "authorities"');
  return { name, authorities: authorities.map(String), ...(typeof under === 'string' ? { under } : {}) };
}

/** The key of an authority, its passphrase asked for where it has one. Throws `passphrase/…`, `key/…`. */
export function authorityKey(authority: Authority, from: PassphraseFrom): KeyObject {
  const { directory, certificate } = authority;
  refuseKeyAway(authority);
  const { key: path } = authorityPaths(directory);
  const key = loadKey(path, from, "the certificate authority's key");
  if (publicDer(key).equals(certificate.spki)) return key;
  throw new VprError('cert/authority-unreadable', `the key in ${path} is not the key of the authority's certificate`);
}

function refuseKeyAway({ directory }: Authority): void {
  const { key: path } = authorityPaths(directory);
  if (existsSync(path)) return;
  throw new VprError('cert/key-away', `the authority's key is not here: ${path}`, {
    help: ['bring it back from where it is kept; a root whose key is away still has its intermediate in issuing/'],
  });
}

function unreadable(path: string, why = 'unreadable', cause?: unknown): VprError {
  return new VprError('cert/authority-unreadable', `the certificate authority in ${path} cannot be read: ${why}`, { cause });
}

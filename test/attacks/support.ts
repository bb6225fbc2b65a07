/** What an attacker does to a commit, and a host, a clone and a look that it is tried on. */
import type { KeyObject } from 'node:crypto';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { hostPaths } from '../../src/hosts/paths.js';
import { openAuthority } from '../../src/records/authority.js';
import { revoke, writeCrl } from '../../src/records/crl.js';
import { payloadOf, signPayload, toPem, type WrittenEncoding, withSignature } from '../../src/trust/index.js';
import type { Certificate } from '../../src/trust/types.js';
import type { TestHost } from '../e2e/support.js';
import type { People, TestPerson } from '../support/people.js';
import { type Holder, makeAuthority, makePerson } from '../trust/support/authorities.js';

/** A commit's payload and signature, both as latin1. */
export function split(commit: string): { readonly payload: string; readonly gpgsig: string } {
  const parts = payloadOf(Buffer.from(commit, 'latin1'));
  if (!('payload' in parts)) throw new Error(parts.message);
  return { payload: Buffer.from(parts.payload).toString('latin1'), gpgsig: parts.gpgsig };
}

/** The commit with another signature over the same bytes. */
export function joined(payload: string, gpgsig: string): string {
  return Buffer.from(withSignature(Buffer.from(payload, 'latin1'), gpgsig)).toString('latin1');
}

type SigningKey = { readonly key: KeyObject; readonly certificate: Certificate };

/** Signs the commit anew. */
export function resigned(commit: string, { key, certificate }: SigningKey, encoding: WrittenEncoding = 'cms'): string {
  const { payload } = split(commit);
  return joined(payload, signPayload(Buffer.from(payload, 'latin1'), key, [certificate], encoding));
}

/** The commit with its container's JSON changed. */
export function recontained(commit: string, who: SigningKey, change: (json: string) => string): string {
  const { payload, gpgsig } = split(resigned(commit, who, 'container'));
  return joined(payload, Buffer.from(change(Buffer.from(gpgsig, 'base64').toString('utf8'))).toString('base64'));
}

/** The order of P-256 (FIPS 186-5). */
const ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;

/** The container's other signature: as valid a one, by r and n − s. */
export function highS(json: string): string {
  return json.replace(/(?<="signature":")[^"]+/, (text) => {
    const signature = Buffer.from(text, 'base64');
    const s = ORDER - BigInt(`0x${signature.subarray(32).toString('hex')}`);
    return Buffer.concat([signature.subarray(0, 32), Buffer.from(s.toString(16).padStart(64, '0'), 'hex')]).toString('base64');
  });
}

/** Everybody under other certificates: somebody else's with Jane's name, an old one, one that is revoked. */
export interface Others {
  /** Under a root that the host trusts for the GMC; it ended in 2021. */
  readonly expired: Holder;
  readonly oldRoot: Holder;
  /** Under a root with the name of the host's own, and another key. */
  readonly twin: Holder;
}

export async function makeOthers({ people: { jane } }: People, root: Certificate): Promise<Others> {
  const who = { name: jane.name, authority: jane.authority, number: jane.number, email: jane.email, id: jane.id };
  const oldRoot = await makeAuthority('Old root', { from: '2020-01-01T00:00:00Z', to: '2040-01-01T00:00:00Z' });
  const namesake = await makeAuthority(root.subject.cn[0] ?? '', { from: '2020-01-01T00:00:00Z', to: '2040-01-01T00:00:00Z' });
  return {
    oldRoot,
    expired: await makePerson(who, { issuer: oldRoot, from: '2020-01-01T00:00:00Z', to: '2021-01-01T00:00:00Z' }),
    twin: await makePerson(who, { issuer: namesake, from: '2020-01-01T00:00:00Z', to: '2040-01-01T00:00:00Z' }),
  };
}

/** Lets the host trust one more root, for the GMC. */
export function trustRoot({ directory }: TestHost, root: Certificate): void {
  writeFileSync(join(directory, 'old.crt'), toPem(root.der));
  const { policy } = hostPaths(directory);
  const entry = 'roots:\n  - file: old.crt\n    authorities: [{ name: GMC, class: clinician }]';
  writeFileSync(policy, readFileSync(policy, 'utf8').replace(/^roots:$/m, entry));
}

/** Lets the host's authority revoke a certificate as compromised, and the host look at its list. */
export async function revokeOn({ directory }: TestHost, people: People, { certificate }: TestPerson): Promise<void> {
  const own = join(directory, 'authority');
  cpSync(join(people.directory, 'gmc'), own, { recursive: true });
  const authority = openAuthority(own);
  revoke({ authority, certificate, reason: 'keyCompromise' }, new Date());
  const { file } = await writeCrl(authority, 30);
  cpSync(file, join(directory, 'gmc.crl'));
  writeFileSync(hostPaths(directory).policy, `${readFileSync(hostPaths(directory).policy, 'utf8')}crls: [gmc.crl]\n`);
}

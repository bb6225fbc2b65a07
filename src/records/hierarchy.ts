/** A root with its intermediate, each with a first revocation list, so that a host that asks for lists has them from the start. */
import { type AuthorityFiles, type AuthorityInput, authorityPaths, createAuthority, createIssuing, openAuthority } from './authority.js';
import { checkTitle } from './certificate-names.js';
import { writeCrl } from './crl.js';
import type { PassphraseFrom } from './passphrase.js';

/** Days a list lasts: an intermediate's is made every month, the key of a root comes out once a year. */
export const CRL_DAYS = { root: 366, issuing: 31 } as const;

/** What makes a root, and the intermediate in its directory where one is wanted. */
export interface HierarchyInput extends AuthorityInput {
  readonly issuing?: { readonly passphrase?: Uint8Array; readonly days: number };
}

/** Makes a root, and its intermediate in `issuing/`. Throws as `createAuthority`. */
export async function createHierarchy({ issuing, ...input }: HierarchyInput): Promise<readonly [AuthorityFiles, ...AuthorityFiles[]]> {
  const name = checkTitle(`${input.name}, issuing`);
  const root = await createAuthority(input);
  await firstList(input.directory, input.passphrase);
  if (issuing === undefined) return [root];
  const days = Math.min(issuing.days, input.days);
  const directory = authorityPaths(input.directory).issuing;
  return [root, await createUnder({ ...input, name, directory, ...issuing, days }, input.directory, knownAs(input.passphrase))];
}

/** Makes an intermediate under the root of another directory. Throws as `createIssuing`. */
export async function createUnder(input: AuthorityInput, root: string, from: PassphraseFrom): Promise<AuthorityFiles> {
  const made = await createIssuing(input, root, from);
  await firstList(input.directory, input.passphrase);
  return made;
}

async function firstList(directory: string, passphrase: Uint8Array | undefined): Promise<void> {
  const authority = openAuthority(directory);
  await writeCrl(authority, authority.isRoot ? CRL_DAYS.root : CRL_DAYS.issuing, knownAs(passphrase));
}

function knownAs(passphrase: Uint8Array | undefined): PassphraseFrom {
  return passphrase === undefined ? {} : { known: passphrase };
}

/** The authorities under one root: an intermediate's successor certifies the same people, and has to know them. */
import { existsSync, readdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { VprError } from '../errors.js';
import type { Certificate } from '../trust/index.js';
import { type Authority, authorityPaths, openAuthority } from './authority.js';
import { issuedBy, type Revocation, readRegister, registerPaths } from './register.js';

/**
 * The authority itself, its root, and every intermediate of that root that lies
 * where they are kept: in the root's directory, or side by side with it.
 */
export function familyOf(authority: Authority): readonly Authority[] {
  const own = resolve(authority.directory);
  const root = rootOf(authority);
  const beside = [...new Set([dirname(root), dirname(own)])].flatMap(directoriesIn);
  const others = [...new Set([root, authorityPaths(root).issuing, ...beside])].filter((place) => place !== own);
  return [authority, ...others.flatMap((place) => openIfThere(place) ?? []).filter((one) => rootOf(one) === root)];
}

/** Every certificate that any of them issued. */
export function issuedByAny(family: readonly Authority[]): readonly Certificate[] {
  return family.flatMap(({ directory }) => issuedBy(directory));
}

/** Every revocation that any of them remembers; of one that is only looked at, none where its register is elsewhere. */
export function revokedByAny([own, ...others]: readonly Authority[]): readonly Revocation[] {
  const there = others.filter(({ directory }) => existsSync(registerPaths(directory).register));
  return [...(own === undefined ? [] : [own]), ...there].flatMap(({ directory }) => readRegister(directory).revoked);
}

function rootOf({ directory, isRoot, under = '..' }: Authority): string {
  return isRoot ? resolve(directory) : resolve(directory, under);
}

function directoriesIn(directory: string): string[] {
  const entries = existsSync(directory) ? readdirSync(directory, { withFileTypes: true }) : [];
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(directory, name));
}

/** What is no authority, or one that does not read, is nobody's relative. */
function openIfThere(directory: string): Authority | undefined {
  try {
    return existsSync(authorityPaths(directory).description) ? openAuthority(directory) : undefined;
  } catch (error) {
    if (error instanceof VprError) return undefined;
    throw error;
  }
}

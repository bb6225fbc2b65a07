import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { VprError } from '../errors.js';
import type { Fault } from '../format/fault.js';
import { type Policy, readPolicy } from '../format/policy.js';
import { loadTrust } from '../trust/store.js';
import type { Trust } from '../trust/types.js';
import { KNOWN_RULES } from '../validators/rules.js';

/** A host's policy and trust store, as they stand at this moment. */
export interface HostPolicy {
  readonly policy: Policy;
  readonly trust: Trust;
  /** SHA-256 of `vpr.yaml` in hex. */
  readonly digest: string;
}

/** Larger than any policy or certificate, and than any file of revocation lists. */
const LARGEST = 9 * 1024 * 1024;

/**
 * Reads `vpr.yaml`, and every certificate and revocation list it names. Any fault stops everything:
 * throws `policy/missing`, `policy/faulty` or `trust/faulty`, which say all
 * faults; nothing is ever loosened by a mistake.
 */
export function loadHostPolicy(path: string): HostPolicy {
  return load(path, readSmall);
}

/**
 * As `loadHostPolicy`, again and again: every file is read each time, and what
 * they said before is used where every byte of all of them is the same.
 */
export function policyMemory(path: string): () => HostPolicy {
  let former: { readonly files: ReadonlyMap<string, Uint8Array | undefined>; readonly policy: HostPolicy } | undefined;
  return () => {
    if (former !== undefined && [...former.files].every(([file, bytes]) => sameBytes(readSmall(file), bytes))) return former.policy;
    const files = new Map<string, Uint8Array | undefined>();
    former = undefined;
    const policy = load(path, (file) => {
      const bytes = readSmall(file);
      files.set(file, bytes);
      return bytes;
    });
    former = { files, policy };
    return policy;
  };
}

function load(path: string, read: (file: string) => Uint8Array | undefined): HostPolicy {
  const bytes = read(path);
  if (bytes === undefined) throw new VprError('policy/missing', 'vpr.yaml is missing or cannot be read');
  const policy = readPolicy(bytes, KNOWN_RULES);
  if (!policy.ok) throw faulty('policy/faulty', 'vpr.yaml', policy.faults);
  const trust = loadTrust(policy.value, (file) => read(resolve(path, '..', file)));
  if (!trust.ok) throw faulty('trust/faulty', 'the trust store', trust.faults);
  return { policy: policy.value, trust: trust.value, digest: createHash('sha256').update(bytes).digest('hex') };
}

/** A file's bytes; undefined where there is none, it can't be read, or it is far too large. */
function readSmall(path: string): Uint8Array | undefined {
  try {
    const bytes = readFileSync(path);
    return bytes.length > LARGEST ? undefined : bytes;
  } catch {
    return undefined;
  }
}

function sameBytes(one: Uint8Array | undefined, other: Uint8Array | undefined): boolean {
  return one === undefined || other === undefined ? one === other : Buffer.compare(one, other) === 0;
}

function faulty(code: string, what: string, faults: readonly Fault[]): VprError {
  const lines = faults.map(({ message, line }) => (line === undefined ? message : `line ${line}: ${message}`));
  return new VprError(code, `${what}: ${lines.join('; ')}`, { help: [...new Set(faults.flatMap(({ help }) => help ?? []))] });
}

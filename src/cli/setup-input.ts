/** Flags of `vpr setup` as its function takes them. */
import type { SetupInput } from '../records/setup.js';
import { KNOWN_RULES } from '../validators/index.js';

type Flags = {
  readonly [name in 'certificate' | 'key' | 'role' | 'care-location' | 'email' | 'trust']: string | undefined;
} & { readonly encoding: SetupInput['encoding'] };

/** What is not given stays as it is. */
export function setupInput(directory: string, { 'care-location': careLocation, ...flags }: Flags): SetupInput {
  const { certificate, key, encoding, role, email, trust } = flags;
  return { directory, certificate, key, encoding, role, careLocation, email, trust, rules: KNOWN_RULES };
}

import { realpathSync } from 'node:fs';
import { join } from 'node:path';
import type { Test } from 'tap';
import { initHost } from '../../src/hosts/plain.js';
import { temporaryDirectory } from '../git/plumbing.js';

export const ID = '7f4c2e9d-4b0a-4f3a-9a2c-0e9a6b5d1c88';

/** A host as `vpr host init` makes it. */
export function newHost(test: Test, name = 'host'): string {
  const root = join(realpathSync(temporaryDirectory(test)), name);
  initHost(root);
  return root;
}

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

/** Does something as another account, which only root can be. */
export function asAccount<T>(id: number, work: () => T): T {
  const groups = process.getgroups?.() ?? [];
  const become = (who: number, list: number[]) => {
    if (who === 0) process.seteuid?.(who);
    process.setegid?.(who);
    process.setgroups?.(list);
    process.seteuid?.(who);
  };
  become(id, []);
  try {
    return work();
  } finally {
    become(0, groups);
  }
}

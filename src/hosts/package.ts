import { fileURLToPath } from 'node:url';

/** Absolute path of a file that belongs to the package; `path` is relative to its root. Not for bundled code. */
export function packageFile(path: string): string {
  return fileURLToPath(new URL(`../../../${path}`, import.meta.url));
}

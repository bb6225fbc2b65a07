import { fileURLToPath } from 'node:url';

/** The program that launchers run, as the build makes it. */
export const PROGRAM = 'dist/bundle/pre-receive.cjs';

/** Absolute path of a file that belongs to the package; `path` is relative to its root. Not for bundled code. */
export function packageFile(path: string): string {
  return fileURLToPath(new URL(`../../../${path}`, import.meta.url));
}

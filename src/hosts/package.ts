import { fileURLToPath } from 'node:url';

/** Absolute path of a file that belongs to the package; `path` is relative to its root. Not for the bundles that git runs. */
export function packageFile(path: string): string {
  const here = import.meta.url; // in dist/src, or in dist/bundle/cli
  return fileURLToPath(new URL(path, here.slice(0, here.lastIndexOf('/dist/') + 1)));
}

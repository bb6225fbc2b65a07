/** Files of the installed package. Not for the bundles that git runs, which have lost their place. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Absolute path of a file that belongs to the package; `path` is relative to its root. */
export function packageFile(path: string): string {
  const here = import.meta.url; // in dist/src, or in dist/bundle/cli
  return fileURLToPath(new URL(path, here.slice(0, here.lastIndexOf('/dist/') + 1)));
}

/** A program that git calls: bundled where the package has been built whole, else as compiled. */
export function programFile(name: 'vpr-sign' | 'vpr-merge'): string {
  const bundled = packageFile(`dist/bundle/${name}.cjs`);
  return existsSync(bundled) ? bundled : packageFile(`dist/src/hooks/${name === 'vpr-sign' ? 'sign' : 'merge'}.js`);
}

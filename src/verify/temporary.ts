/** Private directories that are gone when verification is, also where it is interrupted. */
import { rmSync } from 'node:fs';
import { makeTemporary } from '../records/files.js';

const directories = new Set<string>();
/** Signals that end a process, and what a shell calls that end. */
const SIGNALS = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;

/** A new directory of mode 0700. Throws `file/temporary`. */
export function temporaryDirectory(name: string): { readonly path: string; remove(): void } {
  if (directories.size === 0) watch();
  const path = makeTemporary(name);
  directories.add(path);
  return {
    path,
    remove() {
      rmSync(path, { recursive: true, force: true });
      directories.delete(path);
    },
  };
}

let watching = false;

function watch(): void {
  if (watching) return;
  watching = true;
  const removeAll = () => {
    for (const path of directories) rmSync(path, { recursive: true, force: true });
  };
  process.once('exit', removeAll);
  for (const [signal, status] of Object.entries(SIGNALS)) {
    process.once(signal, () => {
      removeAll();
      process.exit(status);
    });
  }
}

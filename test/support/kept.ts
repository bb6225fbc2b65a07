/** Keys and certificates that are made once a build and a day, and copied into every test that wants some. */
import { cpSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** dist/kept, which a new build removes. */
const KEPT = fileURLToPath(new URL('../../kept', import.meta.url));

/**
 * Fills a directory, new or empty, with a copy of what `make` puts into the one
 * that it is given: a copy of a test's own, to be changed at will. Several
 * processes may ask at once; what the first to be done has made stays.
 */
export async function copyOfKept(name: string, directory: string, make: (directory: string) => Promise<unknown>): Promise<void> {
  const place = join(KEPT, `${name}-${new Date().toISOString().slice(0, 10)}`);
  if (!existsSync(place)) {
    mkdirSync(dirname(place), { recursive: true });
    const part = mkdtempSync(`${place}.part-`);
    await make(part);
    try {
      renameSync(part, place);
    } catch (error) {
      if (!existsSync(place)) throw error;
      rmSync(part, { recursive: true }); // another was faster
    }
  }
  cpSync(place, directory, { recursive: true });
}

/** The gpgsm programs that are here: the machine's own, and 2.4 where scripts/newer-gpgsm.sh has brought it. */
import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';

/** A program that ran, and what it says it is. */
export interface Gpgsm {
  readonly program: string;
  readonly version: string;
}

const BROUGHT = resolve('.cache/gnupg/bin/gpgsm');

/** The programs that run here, each once; the machine's own first. */
export const GPGSM: readonly Gpgsm[] = ['gpgsm', BROUGHT]
  .map((program) => ({
    program,
    version: /^gpgsm \(GnuPG\) (\S+)/.exec(spawnSync(program, ['--version'], { encoding: 'utf8' }).stdout)?.[1],
  }))
  .filter((found): found is Gpgsm => found.version !== undefined)
  .filter(({ version }, i, all) => all.findIndex((other) => other.version === version) === i);

/** One that can hold a key on P-256. */
export const P256_GPGSM = GPGSM.find(({ version }) => {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > 2 || (major === 2 && minor >= 4);
});

/** For tap: runs where there is one that holds keys on P-256, else says how to get it. */
export function needsP256Gpgsm(): { skip: false | string } {
  const here = GPGSM.map(({ version }) => version).join(', ') || 'none';
  return {
    skip:
      P256_GPGSM === undefined
        ? `needs gpgsm 2.4 (here: ${here}): apt-get install gpgsm gpg-agent on Debian 13, or sh scripts/newer-gpgsm.sh`
        : false,
  };
}

/** Files that `vpr verify` writes. */
import { closeSync, openSync, realpathSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve, sep } from 'node:path';
import { VprError } from '../errors.js';
import type { CommitReport } from '../verify/types.js';

/**
 * Throws `verify/report` where a report would go into a file that is read, by whatever path, or into a directory of such, or
 * into a file that another one goes into. Devices are written into as often as one likes.
 */
export function refuseOverwriting(read: readonly (string | undefined)[], written: readonly (string | undefined)[]): void {
  const taken = read.flatMap((path) => (path === undefined ? [] : [realPathOf(path)]));
  for (const path of written) {
    if (path === undefined || path.startsWith('/dev/')) continue;
    const real = realPathOf(path);
    const other = taken.find((one) => real === one || real.startsWith(`${one}${sep}`));
    if (other !== undefined)
      throw new VprError(
        'verify/report',
        other === real
          ? `${path} is named twice: what is written there would overwrite the other`
          : `${path} would be among what is read, in ${other}`,
        { help: ['name a file of its own for each report'] },
      );
    taken.push(real);
  }
}

/** Where a path leads to; of a file that is not there yet, where it will be. */
function realPathOf(path: string): string {
  const whole = resolve(path);
  try {
    return realpathSync(whole);
  } catch {
    const above = dirname(whole);
    return above === whole ? whole : join(realPathOf(above), basename(whole));
  }
}

/** Writes commits as lines of JSON, while they come. */
export function lineWriter(path: string) {
  const file = attempt(path, () => openSync(path, 'w'));
  let lines = '';
  const flush = () => {
    attempt(path, () => writeFileSync(file, lines));
    lines = '';
  };
  return {
    write(commit: CommitReport): void {
      lines += `${JSON.stringify(commit)}\n`;
      if (lines.length > PIECE) flush();
    },
    end(): void {
      flush();
      closeSync(file);
    },
  };
}

/** So many characters are written at a time. */
const PIECE = 64 * 1024;

function attempt<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    throw new VprError('file/unwritable', `${path} cannot be written: ${cause instanceof Error ? cause.message : cause}`, {
      cause,
      help: ['name a file in a directory that is there, and that you may write to'],
    });
  }
}

/** Writes a report. Throws `file/unwritable`. */
export function writeReport(path: string, text: string): void {
  attempt(path, () => writeFileSync(path, `${text}\n`));
}

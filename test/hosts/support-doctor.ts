/** A host with one record, and what `vpr doctor` finds in it. */
import { execFileSync } from 'node:child_process';
import { realpathSync } from 'node:fs';
import { join } from 'node:path';
import type { Test } from 'tap';
import { runGit } from '../../src/git/run.js';
import { examine } from '../../src/hosts/doctor.js';
import { hostPaths } from '../../src/hosts/paths.js';
import { addRecord, initHost } from '../../src/hosts/plain.js';
import { temporaryDirectory } from '../git/plumbing.js';

export const ID = '7f4c2e9d-4b0a-4f3a-9a2c-0e9a6b5d1c88';

export function hostWithRecord(test: Test): { root: string; repo: string } {
  const root = join(realpathSync(temporaryDirectory(test)), `a host's`);
  initHost(root);
  return { root, repo: addRecord(root, { kind: 'coordination', id: ID }, runGit).path };
}

export function faults(root: string) {
  return examine(hostPaths(root), [], runGit).findings.filter(({ level }) => level === 'fault');
}

/** Codes of what is found. */
export function codes(root: string): string[] {
  return faults(root).map(({ code }) => code);
}

/** Follows the first line of the help of every finding, as a person would, where it is a shell command. */
export function followHelp(root: string): void {
  for (const { help } of faults(root)) for (const line of help) if (/^(?:git|chmod|printf) /.test(line)) execFileSync('sh', ['-c', line]);
}

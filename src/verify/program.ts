/** Which program judges: part of what a verdict depends on. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { tryGit } from '../records/git.js';
import { packageFile } from '../records/package.js';
import { FORMAT_VERSION } from '../validators/verdict.js';

/** Versions of all that takes part. */
export interface Versions {
  readonly vpr: string;
  /** Of FORMAT.md, whose rules these are. */
  readonly format: number;
  readonly node: string;
  readonly git: string;
  /** SHA-256 over the compiled program, in hex. */
  readonly program: string;
}

export function versions(): Versions {
  const { version } = JSON.parse(readFileSync(packageFile('package.json'), 'utf8')) as { version: string };
  const git = /[\d.]+/.exec(tryGit('.', ['--version']).stdout.toString('utf8'))?.[0] ?? 'unknown';
  return { vpr: version, format: FORMAT_VERSION, node: process.versions.node, git, program: programDigest() };
}

/** Over every compiled file, by name, those that `vpr` runs and those of the library, and the list of packages that it runs with. */
export function programDigest(): string {
  const digest = createHash('sha256');
  digest.update(readFileSync(packageFile('package.json')));
  for (const folder of ['dist/bundle', 'dist/src']) {
    const root = packageFile(folder);
    const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((name) => /\.c?js$/.test(name));
    for (const name of files.sort()) digest.update(`\0${folder}/${name}\0`).update(readFileSync(join(root, name)));
  }
  return digest.digest('hex');
}

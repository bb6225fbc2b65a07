import { join } from 'node:path';
import { VprError } from '../errors.js';
import type { RunGit } from './install.js';
import { namesIn, registeredRecords } from './registry.js';
import { statOf } from './writable.js';

/** With more packs than this a repository is slower to read than it need be. */
export const MANY_PACKS = 50;

/** A repository that was to be repacked. */
export interface Repacked {
  readonly path: string;
  /** Packs before, and after. */
  readonly before: number;
  readonly after: number;
  /** Whether git could do it. Where it could not, nothing is lost. */
  readonly done: boolean;
}

/** How many packs a repository has. Every push brings one, and nothing repacks by itself (`receive.autogc`). */
export function packsOf(repo: string): number {
  return namesIn(join(repo, 'objects/pack'), /^pack-[0-9a-f]+\.pack$/).length;
}

/**
 * Repacks every registered repository that has more than `most` packs, one
 * after the other: small packs are put together until each is at least twice as
 * large as all smaller ones (git-repack `--geometric`), so that large ones are seldom
 * written again. Pushes may go on: a pack is removed when all that was in it
 * lies in a new one, a push's quarantine is not touched, and whoever finds a pack gone looks again.
 *
 * Throws `host/not-the-owner` for any other account than the repositories' own: what it writes would be that account's.
 */
export function* repackHost(root: string, most: number, git: RunGit): Generator<Repacked> {
  for (const { path } of registeredRecords(root)) {
    const before = packsOf(path);
    if (before <= most) continue;
    const owner = statOf(path)?.uid;
    if (owner !== process.getuid?.()) {
      throw new VprError('host/not-the-owner', `${path} belongs to another account (uid ${owner}) than the one that runs this`, {
        help: ['run it as the account that owns the repositories'],
      });
    }
    const done = git(path, 'repack', '--quiet', '-d', '--geometric=2') !== undefined;
    yield { path, before, after: packsOf(path), done };
  }
}

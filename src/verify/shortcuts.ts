/** What git keeps beside the objects of a store to find them faster, and reads in their place: it has to say the same. */
import { spawnSync } from 'node:child_process';
import { existsSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { printable } from '../format/text.js';
import { borrowedFrom } from '../git/alternates.js';
import { gitEnvironment } from '../git/env.js';
import { openParts } from '../git/file-part.js';
import { temporaryDirectory } from './temporary.js';
import type { Gap } from './types.js';
import { makeEmptyRepository, namesIn } from './view.js';

/** A kind of such files: where they lie in a store, and how git compares them with what they are about. */
const SHORTCUTS = [
  {
    code: 'commit-graph',
    files: ['info/commit-graph', 'info/commit-graphs/commit-graph-chain'],
    verify: (store: string) => ['commit-graph', 'verify', `--object-dir=${store}`],
    odd: () => undefined,
    mend: 'git commit-graph write --reachable',
  },
  {
    code: 'multi-pack-index',
    files: ['pack/multi-pack-index', 'pack/multi-pack-index.d/multi-pack-index-chain'],
    verify: (store: string) => ['multi-pack-index', `--object-dir=${store}`, 'verify'],
    odd: packsOutside,
    mend: 'git multi-pack-index write',
  },
] as const;

/**
 * Lets git compare what a repository, and those that it borrows from, have of a commit graph (parents and trees of commits)
 * and of a multi-pack index (where objects lie) with the objects and the packs' own indexes. Stock git shows what those
 * files say, so that what differs would be shown in place of what is verified.
 */
export function shortcutGaps(gitDirectory: string, objectFormat: string): readonly Gap[] {
  const objects = realpathSync(join(gitDirectory, 'objects'));
  const present = [objects, ...borrowedFrom(objects)].flatMap((store) =>
    SHORTCUTS.filter(({ files }) => files.some((file) => existsSync(join(store, file)))).map((shortcut) => ({ ...shortcut, store })),
  );
  if (present.length === 0) return [];
  const place = temporaryDirectory('shortcuts');
  try {
    makeEmptyRepository(place.path, objectFormat);
    const complaint = (args: readonly string[]) => complaintOf([`--git-dir=${place.path}`, ...args], objects);
    return present.flatMap(({ code, verify, odd, mend, store }): Gap[] => {
      const said = complaint(verify(store)) ?? odd(store);
      const message = `git's ${code} in ${printable(store, 500)} does not say what the objects are, and git shows what it says`;
      return said === undefined ? [] : [{ code, message: `${message}: ${printable(said, 300)} (mend it: ${mend})` }];
    });
  } finally {
    place.remove();
  }
}

/** The first line of what git says is wrong; undefined where it is content. */
function complaintOf(args: readonly string[], objects: string): string | undefined {
  const { status, stderr } = spawnSync('git', args, {
    env: gitEnvironment({ GIT_OBJECT_DIRECTORY: objects }),
    stdio: ['ignore', 'ignore', 'pipe'],
    encoding: 'utf8',
    maxBuffer: MOST_OUTPUT,
  });
  return status === 0 ? undefined : (stderr ?? '').trim().split('\n', 1)[0];
}

/** What git's own check lets pass: packs that lie elsewhere than in the store, and that nobody has read there. */
function packsOutside(store: string): string | undefined {
  const layers = join(store, 'pack/multi-pack-index.d');
  const files = [join(store, 'pack/multi-pack-index'), ...namesIn(layers).map((name) => join(layers, name))];
  const name = files.flatMap(packNames).find((name) => /[/\\]/.test(name));
  return name === undefined ? undefined : `it has objects in ${name}`;
}

/** The names of packs in a multi-pack index (gitformat-pack), as git reads them: from chunk PNAM on, as many as its head says. */
function packNames(path: string): readonly string[] {
  const file = openParts(path);
  if (file === undefined) return [];
  const head = file.part(0, HEAD + 255 * ENTRY);
  const entry = head.indexOf('PNAM', HEAD, 'latin1');
  const names =
    entry < 0 || entry + ENTRY > head.length ? '' : file.part(Number(head.readBigUInt64BE(entry + 4)), LONGEST_NAMES).toString('latin1');
  file.close();
  return names.split('\0').slice(0, head.length < HEAD ? 0 : head.readUInt32BE(8));
}

/** Of a multi-pack index: its head, and an entry of the table of chunks after it, in bytes. */
const [HEAD, ENTRY] = [12, 12];
/** More than all names of packs have, in bytes. */
const LONGEST_NAMES = 16 * 1024 * 1024;

/** Of what git says of a file that is wrong throughout, in bytes. */
const MOST_OUTPUT = 64 * 1024 * 1024;

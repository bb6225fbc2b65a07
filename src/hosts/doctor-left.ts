/** What a git that was ended leaves in a repository: locks, and objects that are nobody's. */
import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import { MAIN } from '../format/push.js';
import { commandLine } from '../format/shell.js';
import { type Finding, fault, note } from './finding.js';
import { namesIn } from './registry.js';

/** A lock that is older, in milliseconds, is nobody's any more: git holds one for a moment. */
const LONG_HELD = 60_000;
/** Objects that nobody has written to for so long are of no push, however slow its line is. */
const LONG_LEFT = 24 * 60 * 60 * 1000;
/** With any of them every push is refused. */
const OF_PUSHES = ['HEAD.lock', `${MAIN}.lock`, 'packed-refs.lock'];
/** With these, other commands of git are. */
const OF_OTHERS = ['config.lock', 'shallow.lock', 'objects/maintenance.lock', 'objects/pack/multi-pack-index.lock'];
/** A push's own objects, until it is accepted; what repacking writes, until it is whole. */
const UNFINISHED = [
  ['objects', /^tmp_objdir-/],
  ['objects/pack', /^(?:tmp_|\.tmp-)/],
] as const;
/** Names in one command. */
const MOST = 50;

/** Each with the command that takes it away. A `gc.pid` is passed over: git itself knows when nobody is at it. */
export function* examineLeft(repo: string): Generator<Finding> {
  for (const lock of OF_PUSHES.map((name) => join(repo, name)))
    if (isOlder(lock, LONG_HELD))
      yield fault('lock-left', `${lock} was left by a git that was ended: pushes are refused until it is gone`, removing(lock), repo);
  for (const lock of OF_OTHERS.map((name) => join(repo, name)))
    if (isOlder(lock, LONG_HELD))
      yield note('lock-left', `${lock} was left by a git that was ended: git cannot change what it is for`, removing(lock), repo);
  const left = UNFINISHED.flatMap(([place, shape]) => namesIn(join(repo, place), shape).map((name) => join(repo, place, name)));
  const stale = left.filter((path) => isOlder(path, LONG_LEFT));
  if (stale.length === 0) return;
  const what = `${stale.length} of its objects' files and directories were left by pushes or by a repack that was ended: they take room, and nobody reads them`;
  yield note('objects-left', what, removing(...stale.slice(0, MOST)), repo);
}

function removing(...paths: readonly string[]): string[] {
  return ['make sure that no git is at work in it, then:', commandLine('rm', '-r', ...paths)];
}

/** Nobody has written to it, or to what is in it, for so long. */
function isOlder(path: string, milliseconds: number): boolean {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (stats === undefined || Date.now() - stats.mtimeMs < milliseconds) return false;
  return !stats.isDirectory() || namesIn(path, /./).every((name) => isOlder(join(path, name), milliseconds));
}

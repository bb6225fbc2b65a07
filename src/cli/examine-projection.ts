import { VprError } from '../errors.js';
import { commandLine } from '../format/shell.js';
import { type Finding, fault, note } from '../hosts/finding.js';
import type { HostPaths } from '../hosts/paths.js';
import { keptPlaces, statOf } from '../hosts/writable.js';
import { projectionSettings } from '../watch/settings.js';

/** A URL with a password in it. */
const PASSWORD = /^[a-z]+:\/\/[^/@]*:[^/@]+@|[?&]password=/i;

/** What is wrong with how a host's projection is kept, for `vpr doctor`. It keeps no push from being judged. */
export function* examineProjection(paths: HostPaths): Generator<Finding> {
  const { root, settings, database, access } = paths;
  try {
    if (PASSWORD.test(projectionSettings(paths).database))
      yield* readable(settings, 'has a password in it, and can be read by other accounts');
  } catch (error) {
    if (!(error instanceof VprError)) throw error;
    yield fault('projections-settings', `${error.message}: no watcher runs, and nothing is answered`, [
      ...error.help,
      `correct ${settings}`,
    ]);
  }
  const owner = statOf(root);
  if (owner !== undefined) yield* keptPlaces([database, `${database}-wal`, `${database}-shm`], owner);
  for (const path of [database, access])
    for (const { what, help } of readable(path, 'says what the records say, and can be read by other accounts'))
      yield note('readable', what, help);
}

function* readable(path: string, what: string): Generator<Finding> {
  if (((statOf(path)?.mode ?? 0) & 0o044) !== 0) yield fault('readable', `${path} ${what}`, [commandLine('chmod', 'go-r', path)]);
}

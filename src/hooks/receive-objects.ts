import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { VprError } from '../errors.js';
import { parseAlternates, quarantineEnvironment } from '../git/alternates.js';
import { gitEnvironment } from '../git/env.js';
import { realPath } from '../hosts/registry.js';

/** Where a push's objects lie, and how git gets to see them. */
export interface PushObjects {
  /** The repository's real path. */
  readonly repository: string;
  readonly environment: Readonly<Record<string, string>>;
}

/** Files that change what a history is, or where its objects come from. */
const BORROWED = ['shallow', 'info/grafts', 'objects/info/alternates'];

/**
 * The repository and the quarantine of a push, from what git hands to a receive hook (githooks,
 * git-receive-pack "Quarantine environment"). Objects may come from
 * these two and nowhere else. Paths may be relative to `directory`, the hook's. Throws `receive/borrowed`, `receive/alternates`,
 * `receive/quarantine`, or `receive/no-repository`.
 */
export function pushObjects(given: Readonly<Record<string, string | undefined>>, directory: string): PushObjects {
  const real = (path: string) => realPath(resolve(directory, path));
  const repository = real(given['GIT_DIR'] ?? '.');
  const objects = repository === undefined ? undefined : real(join(repository, 'objects'));
  if (repository === undefined || objects === undefined)
    throw new VprError('receive/no-repository', 'the hook was not started in a repository');
  const borrowed = BORROWED.find((path) => existsSync(join(repository, path)));
  if (borrowed !== undefined)
    throw new VprError('receive/borrowed', `the host's repository has a file ${borrowed}, and is not whole by itself`);

  const alternates = parseAlternates(given['GIT_ALTERNATE_OBJECT_DIRECTORIES'] ?? '');
  if (alternates === undefined || alternates.some((path) => real(path) !== objects)) {
    throw new VprError('receive/alternates', 'objects would come from another repository than this one');
  }
  const own = given['GIT_OBJECT_DIRECTORY'];
  const quarantine = given['GIT_QUARANTINE_PATH'];
  if (quarantine === undefined) {
    if (own !== undefined && real(own) !== objects) throw unknownQuarantine();
    return { repository, environment: gitEnvironment() };
  }
  const place = real(quarantine);
  if (place === undefined || dirname(place) !== objects || own === undefined || real(own) !== place) throw unknownQuarantine();
  if (existsSync(join(place, 'info/alternates')))
    throw new VprError('receive/alternates', 'objects of the push would come from another repository');
  return { repository, environment: gitEnvironment(quarantineEnvironment(place, objects)) };
}

function unknownQuarantine(): VprError {
  return new VprError('receive/quarantine', "the objects of the push do not lie in the repository's own quarantine");
}

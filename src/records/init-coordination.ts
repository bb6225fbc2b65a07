/** Beginning a coordination record: its one root commit. */
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { VprError } from '../errors.js';
import { MAIN, newUuid, type ObjectId, parseTypedUuid, parseUuid, renderStatus, type Uuid } from '../format/index.js';
import { mainOf, openRepository, type Repository, remoteOf } from './clone.js';
import { commitFiles } from './commit.js';
import { git, tryGit } from './git.js';
import { STATUS_PATH } from './threads.js';
import { messageOf, type Writer } from './writer.js';

/** A record as begun. */
export interface BegunRecord {
  readonly coordinationId: Uuid;
  readonly clinicalId: Uuid;
  readonly commit: ObjectId;
}

/**
 * A directory with an empty repository whose one branch is to be main: made
 * where there is none, taken as it is where it was cloned empty. Throws
 * `record/begun`, `record/not-empty`.
 */
export function prepareDirectory(directory: string): Repository {
  return madeIn(directory).repository;
}

/**
 * Does the work that begins a record in such a directory. Where that fails,
 * what was made for it is taken away again. Throws as `prepareDirectory` and the work do.
 */
export async function inPreparedDirectory<T>(directory: string, work: (repository: Repository) => Promise<T>): Promise<T> {
  const { repository, made } = madeIn(directory);
  try {
    return await work(repository);
  } catch (error) {
    for (const path of made) rmSync(path, { recursive: true, force: true });
    throw error;
  }
}

/** The repository, and the paths that were made for it: none of a repository that was there. */
function madeIn(directory: string): { readonly repository: Repository; readonly made: readonly string[] } {
  const made: string[] = [];
  const top = mkdirSync(directory, { recursive: true });
  if (top !== undefined) made.push(top);
  const inside = tryGit(directory, ['rev-parse', '--show-prefix']);
  if (inside.status !== 0 || inside.stdout.toString('utf8').trim() !== '') {
    if (readdirSync(directory).length > 0) {
      throw new VprError('record/not-empty', `${directory} is not empty and is no repository of its own`, {
        help: ['name a new directory'],
      });
    }
    git(directory, ['init', '--quiet', '--object-format=sha1', '--initial-branch=main']);
    made.push(join(directory, '.git'));
  }
  const repository = openRepository(directory);
  if (repository.bare) throw new VprError('clone/bare', `${directory} is a bare repository: clone it, and begin the record in the clone`);
  if (tryGit(directory, ['rev-parse', '--quiet', '--verify', 'HEAD']).status !== 0) git(directory, ['symbolic-ref', 'HEAD', MAIN]);
  if (mainOf(repository) !== undefined) {
    throw new VprError('record/begun', `${directory} has a record already`, { help: ['see it: vpr thread list'] });
  }
  return { repository, made };
}

/** Makes the root commit: status file and .gitignore, signed, and nothing else (FORMAT §1, §3). Ids that are absent are made. */
export function beginCoordination(writer: Writer, ids: { readonly id?: string; readonly clinicalId?: string }): BegunRecord {
  const coordinationId = idOf('--id', ids.id ?? registeredId(writer.clone));
  const clinicalId = idOf('--clinical-id', ids.clinicalId);
  const status = { lifecycle_state: 'active', record_open: true, record_queryable: true, record_modifiable: true } as const;
  const commit = commitFiles(writer.clone, {
    message: messageOf(writer, { action: 'create', summary: 'Created coordination record' }),
    files: [
      { path: '.gitignore', content: Buffer.from('files/\n') },
      { path: STATUS_PATH, content: renderStatus({ coordination_id: coordinationId, clinical_id: clinicalId, status }) },
    ],
  });
  return { coordinationId, clinicalId, commit };
}

/** The id in the path of the repository this was cloned from, where it has a host's own layout (FORMAT §1). */
export function registeredId({ directory }: Repository): Uuid | undefined {
  const url = tryGit(directory, ['config', '--get', `remote.${remoteOf(directory)}.url`])
    .stdout.toString('utf8')
    .trim();
  const [, one, two, id = ''] = /(?:^|[/:])coordination\/([0-9a-f]{2})\/([0-9a-f]{2})\/([0-9a-f]{32})(?:\.git)?\/?$/.exec(url) ?? [];
  return one !== undefined && id.startsWith(`${one}${two}`) ? parseUuid(id) : undefined;
}

function idOf(flag: string, text: string | undefined): Uuid {
  if (text === undefined) return newUuid();
  const id = parseTypedUuid(text);
  if (id !== undefined) return id;
  throw new VprError('record/id', `${flag}: ${JSON.stringify(text)} is not a UUID`, {
    help: [`for example ${flag} 7f4c2e9d-4b0a-4f3a-9a2c-0e9a6b5d1c88`],
  });
}

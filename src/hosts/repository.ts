import { randomBytes } from 'node:crypto';
import { mkdirSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { codeOf, VprError } from '../errors.js';
import type { Uuid } from '../format/identifiers.js';
import { renderConfig } from './config.js';
import { makeDirectory, replaceFile } from './files.js';
import { RECORD_FILE, recordFileContent } from './registry.js';

const DIRECTORIES = ['hooks', 'info', 'objects', 'objects/info', 'objects/pack', 'refs', 'refs/heads'];

/** The texts of a repository's hooks: the one that judges pushes, and the one that tells the watcher. */
interface Hooks {
  readonly judging: string;
  readonly telling: string | undefined;
}

/**
 * Makes a bare repository for a record by hand: what `git init` would make,
 * without its template, with the guarded configuration, and with its hooks in
 * place. It is made beside its place and moved there whole, so that it is never
 * there unguarded. Throws `host/repository-exists`.
 */
export function makeRepository(path: string, record: Uuid, hooks: Hooks): void {
  makeDirectory(dirname(path));
  const temporary = join(dirname(path), `.${basename(path)}.${randomBytes(8).toString('hex')}`);
  try {
    mkdirSync(temporary, { mode: 0o750 });
    for (const directory of DIRECTORIES) mkdirSync(join(temporary, directory), { mode: 0o750 });
    replaceFile(join(temporary, 'HEAD'), 'ref: refs/heads/main\n', 0o640);
    replaceFile(join(temporary, 'config'), renderConfig(), 0o640);
    replaceFile(join(temporary, RECORD_FILE), recordFileContent(record), 0o640);
    replaceFile(join(temporary, 'hooks', 'pre-receive'), hooks.judging, 0o755);
    if (hooks.telling !== undefined) replaceFile(join(temporary, 'hooks', 'post-receive'), hooks.telling, 0o755);
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { recursive: true, force: true });
    if (codeOf(error) !== 'ENOTEMPTY' && codeOf(error) !== 'EEXIST') throw error;
    throw new VprError('host/repository-exists', `${path} exists already`, { cause: error });
  }
}

/** The versions of files in the Git bundles of the shared vectors, read with real git. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { devNull, tmpdir } from 'node:os';
import { join } from 'node:path';

const VECTORS = join(process.cwd(), '..', 'shared', 'vectors', 'vpr');

/** Why the tests of these vectors are skipped; false where the vectors are there. */
export const skip = existsSync(join(VECTORS, 'records.json')) ? false : 'the shared vectors are absent';

/** One version of one file. */
export interface Version {
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** A message that was given to VPR's program; of the first of a thread the ids are not known. */
export interface GivenMessage {
  readonly id?: string;
  readonly author_id?: string;
  readonly author_name: string;
  readonly type?: string;
  readonly corrects?: string;
  readonly body: string;
}

export interface Records {
  readonly records: readonly { readonly name: string; readonly bodies?: readonly { readonly thread: string; readonly body: string }[] }[];
  readonly threads: Readonly<Record<string, { readonly messages: readonly GivenMessage[] }>>;
}

export function readRecords(): Records {
  return JSON.parse(readFileSync(join(VECTORS, 'records.json'), 'utf8'));
}

/** Names of the bundles of one kind of record. */
export function bundles(kind: string): string[] {
  return readdirSync(VECTORS).filter((name) => name.endsWith(`.${kind}.bundle`));
}

/** Every file that a commit of a bundle added or changed, oldest first. `remove` is a directory to be removed afterwards. */
export function versions(bundle: string): { readonly files: readonly Version[]; readonly remove: string } {
  const remove = mkdtempSync(join(tmpdir(), 'vpr-bundle-'));
  const env = { PATH: process.env['PATH'], GIT_CONFIG_GLOBAL: devNull, GIT_CONFIG_NOSYSTEM: '1', LC_ALL: 'C' };
  const git = (args: string, input = '') => {
    return execFileSync('git', args.split(' '), { cwd: remove, env, input, maxBuffer: 1 << 28, stdio: ['pipe', 'pipe', 'ignore'] });
  };
  execFileSync('git', ['clone', '-q', '--bare', join(VECTORS, bundle), '.'], { cwd: remove, env, stdio: 'ignore' });
  const log = git('log --reverse --root --raw --no-abbrev --no-renames --format= HEAD').toString();
  const changes = [...log.matchAll(/^:\d+ 100644 \w+ (\w+) [AM]\t(.+)$/gm)].map(([, id = '', path = '']) => ({ id, path }));
  const blobs = git('cat-file --batch', changes.map(({ id }) => `${id}\n`).join(''));
  let at = 0;
  const files = changes.map(({ path }) => {
    const start = blobs.indexOf(0x0a, at) + 1;
    const size = Number(blobs.toString('latin1', at, start).split(' ')[2]);
    at = start + size + 1;
    return { path, bytes: blobs.subarray(start, start + size) };
  });
  return { files, remove };
}

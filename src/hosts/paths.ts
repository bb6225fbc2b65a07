import { join } from 'node:path';
import { formatUuidPlain, type Uuid } from '../format/identifiers.js';

/** The directories of a plain host (DESIGN "Layout" of a host; FORMAT.md §1). All paths are absolute when `root` is. */
export interface HostPaths {
  readonly root: string;
  /** `vpr.yaml`. */
  readonly policy: string;
  /** Certificates that the policy names. */
  readonly trust: string;
  /** Which records there are, and where. */
  readonly registry: string;
  /** What was accepted, and when. */
  readonly journal: string;
  /** Which registrations each participant id was seen with. */
  readonly participants: string;
  /** Which certificates pushes were accepted with. */
  readonly certificates: string;
  /** The launcher and the bundled program that repositories run. */
  readonly hooks: string;
  /** The resident validator's socket. Of mode 0700; otherwise nobody uses what is in it. */
  readonly run: string;
  /** What post-receive tells the watcher. Made by the first watcher: without it hooks tell nobody. */
  readonly spool: string;
  /** Where the projection is and how it is kept; need not be there. */
  readonly settings: string;
  /** The projection, where it is a SQLite file. */
  readonly database: string;
  /** Who was shown what is restricted, and why. */
  readonly access: string;
}

export function hostPaths(root: string): HostPaths {
  return {
    root,
    policy: join(root, 'vpr.yaml'),
    trust: join(root, 'trust'),
    registry: join(root, 'registry'),
    journal: join(root, 'journal'),
    participants: join(root, 'participants'),
    certificates: join(root, 'certificates'),
    hooks: join(root, 'hooks'),
    run: join(root, 'run'),
    spool: join(root, 'spool'),
    settings: join(root, 'projections.yaml'),
    database: join(root, 'projections.db'),
    access: join(root, 'access.jsonl'),
  };
}

/** Where in `directory` something of an id lies: `7f/4c/7f4c…`, so that no directory has more than 256 entries of its own. */
export function shardedPath(directory: string, id: Uuid, suffix = ''): string {
  const plain = formatUuidPlain(id);
  return join(directory, plain.slice(0, 2), plain.slice(2, 4), `${plain}${suffix}`);
}

import { join } from 'node:path';
import { VprError } from '../errors.js';
import { type RecordKind, recordPath, type Uuid } from '../format/identifiers.js';
import { commandLine } from '../format/shell.js';
import { examineHost } from './doctor-host.js';
import { examineRepository } from './doctor-repository.js';
import { readIfThere } from './files.js';
import { type Finding, type Findings, fault, SHOWN } from './finding.js';
import { hintPath, launcherPath, type RunGit } from './install.js';
import { type HostPaths, hostPaths, shardedPath } from './paths.js';
import { KINDS_WITH_RULES } from './plain.js';
import { namesIn, type RegisteredRecord, realPath, recordIdIn, registeredRecord, registeredRecords } from './registry.js';
import { type Owned, statOf } from './writable.js';

/**
 * Looks for everything that stops a host from protecting its records. `policy`
 * are findings about `vpr.yaml` and the trusted certificates, which others read.
 * Bounded: at most `SHOWN` findings of one code, the others are counted.
 */
export function examine(paths: HostPaths, policy: Iterable<Finding>, git: RunGit): Findings {
  const findings: Finding[] = [];
  const counts = new Map<string, number>();
  let repositories = 0;

  function add(found: Iterable<Finding>): void {
    for (const finding of found) {
      const count = (counts.get(finding.code) ?? 0) + 1;
      counts.set(finding.code, count);
      if (count <= SHOWN) findings.push(finding);
    }
  }

  const owner: Owned = statOf(paths.root) ?? { uid: 0, gid: 0, mode: 0 };
  add(policy);
  add(examineHost(paths, owner, git));
  const expected = {
    root: paths.root,
    owner,
    launcher: readable(launcherPath(paths.root)),
    hint: readable(hintPath(paths.root)),
  };
  const known = new Set<string>();
  const damaged = ({ message, help }: VprError) =>
    add([fault('registry-damaged', `${message}: every push to what it names is refused`, help)]);
  try {
    for (const record of registeredRecords(paths.root, damaged)) {
      repositories += 1;
      known.add(realPath(record.path) ?? record.path);
      add(examineSafely(() => examineRepository(record, expected, git), record.path));
    }
  } catch (error) {
    if (!(error instanceof VprError)) throw error;
    damaged(error);
  }
  add(examineSafely(() => unregistered(paths.root, known)));
  const more = [...counts].filter(([, count]) => count > SHOWN).map(([code, count]): [string, number] => [code, count - SHOWN]);
  return { findings, more: Object.fromEntries(more), repositories };
}

/** What can't be read has been said of the host. */
function readable(path: string): string | undefined {
  try {
    return readIfThere(path);
  } catch {
    return undefined;
  }
}

/** A repository that can't even be looked at is a finding, and doesn't hide the others. */
function* examineSafely(look: () => Iterable<Finding>, repo?: string): Generator<Finding> {
  try {
    yield* look();
  } catch (error) {
    yield fault(
      'repository-unreadable',
      `it cannot be examined: ${error instanceof Error ? error.message : String(error)}`,
      ['run vpr doctor as the account that owns the repositories'],
      repo,
    );
  }
}

/** Repositories at a record's place that the registry doesn't know: every push to them is refused. */
function* unregistered(root: string, known: ReadonlySet<string>): Generator<Finding> {
  for (const { kind, repo } of ownRepositories(root)) {
    if (known.has(realPath(repo) ?? repo)) continue;
    const id = recordIdIn(repo);
    const isOwn = id !== undefined && join(root, recordPath(kind, id)) === repo;
    if (isOwn && isKnownByNow(root, id)) continue;
    const help = isOwn ? returning(root, { kind, id, path: repo }) : ['move it away'];
    yield fault('unregistered', 'the repository is not in the registry: every push is refused', help, repo);
  }
}

function* ownRepositories(root: string): Generator<{ readonly kind: RecordKind; readonly repo: string }> {
  for (const kind of ['coordination', 'clinical', 'demographics', 'redaction'] as const) {
    for (const first of namesIn(join(root, kind), /^[0-9a-f]{2}$/)) {
      for (const second of namesIn(join(root, kind, first), /^[0-9a-f]{2}$/)) {
        for (const name of namesIn(join(root, kind, first, second), /\.git$/)) yield { kind, repo: join(root, kind, first, second, name) };
      }
    }
  }
}

/** Records are added while this looks at others. An entry that is there and does not read has been said; nothing is to be moved away for that. */
function isKnownByNow(root: string, id: Uuid): boolean {
  try {
    return registeredRecord(root, id) !== undefined;
  } catch {
    return true;
  }
}

/** What is in such a repository has not been checked, and may have lost more than its entry: it comes back as a push. */
function returning(root: string, { kind, id, path }: RegisteredRecord): readonly string[] {
  const anew = [commandLine('mv', path, `${path}.away`), commandLine('vpr', 'host', 'add', root, kind, '--id', id)].join(' && ');
  return [
    `restore its entry from a backup: ${shardedPath(hostPaths(root).registry, id)}`,
    ...(KINDS_WITH_RULES.has(kind) ? [`${anew}  # and push it from the clone that has the newest main`] : []),
  ];
}

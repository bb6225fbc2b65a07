/** Which repository is meant, and which of its commits. */
import { statSync } from 'node:fs';
import { VprError } from '../errors.js';
import type { RecordKind, Uuid } from '../format/identifiers.js';
import { commandLine } from '../format/shell.js';
import { printable } from '../format/text.js';
import { refuseOddRepository } from '../git/odd-files.js';
import { hostAbove } from '../hosts/plain.js';
import { recordOf } from '../hosts/registry.js';
import { openRepository, type Repository } from '../records/clone.js';
import { registeredId } from '../records/init-coordination.js';
import { resolveRange } from '../records/range.js';
import { type BundleHeader, isBundleFile, unpackBundle } from './bundle.js';
import type { Subject } from './measure.js';
import { mainTip, objectFormatOf, otherRefs, surroundingsOf } from './view.js';

/** A subject, where it lies, and how to put away what had to be made for it. */
export interface OpenedSubject {
  readonly subject: Subject;
  /** Where git finds it, for its settings; absent for a bundle. */
  readonly directory?: string;
  remove(): void;
}

type Registered = { readonly kind: RecordKind; readonly id: Uuid };

/** A clone, a bare repository, or a bundle file. `range` as `resolveRange` takes it; `record` is what it is registered as. */
export async function openSubject(path: string, range: string | undefined, record: Uuid | undefined): Promise<OpenedSubject> {
  const registered = record === undefined ? undefined : { kind: 'coordination' as const, id: record };
  if (isBundleFile(path)) return openBundled(path, range, registered);
  const found = statSync(path, { throwIfNoEntry: false });
  if (found?.isFile() === true)
    throw new VprError('bundle/unreadable', `${path} is no bundle: it does not begin as one`, {
      help: ['name a clone, a bare repository or a bundle file: --in PATH', 'make one: git bundle create FILE main'],
    });
  if (found === undefined)
    throw new VprError('clone/none', `there is no ${path}`, { help: ['name a clone, a bare repository or a bundle file: --in PATH'] });
  refuseOddRepository(path);
  const repository = openRepository(path);
  const subject = subjectOf(repository, range, registered ?? knownAs(repository));
  if (subject.to === undefined)
    throw new VprError('range/unknown', `there is no commit on main in ${path}`, { help: ['name what is meant: vpr verify HEAD'] });
  return {
    subject,
    directory: repository.directory,
    remove: () => {},
  };
}

/** A repository's subject. Without `range` all of main is meant. */
export function subjectOf(repository: Repository, range: string | undefined, registered: Registered | undefined): Subject {
  const { directory, gitDirectory } = repository;
  return {
    gitDirectory,
    objectFormat: objectFormatOf(directory),
    surroundings: surroundingsOf(repository),
    ...meant(repository, range),
    ...(registered === undefined ? {} : { registered }),
  };
}

/** Main as its ref has it (that its commit is there, and whole, is to be found out), or what a range names. */
function meant(repository: Repository, range: string | undefined): Pick<Subject, 'main' | 'from' | 'to'> {
  const main = mainTip(repository.directory);
  return range === undefined ? { main, to: main } : { main, ...resolveRange(repository, range) };
}

async function openBundled(path: string, range: string | undefined, registered: Registered | undefined): Promise<OpenedSubject> {
  const { directory, header, main, gaps, remove } = await unpackBundle(path);
  try {
    if (main === undefined && range === undefined) throw noMain(path, header);
    const subject: Subject = {
      gitDirectory: directory,
      objectFormat: header.objectFormat,
      temporary: true,
      surroundings: { gaps, otherRefs: otherRefs([...header.refs.keys()].filter((ref) => ref !== 'HEAD')) },
      ...meant({ directory, gitDirectory: directory, bare: true }, range),
      ...(registered === undefined ? {} : { registered }),
    };
    return { subject, remove };
  } catch (error) {
    remove();
    throw error;
  }
}

function noMain(path: string, { refs }: BundleHeader): VprError {
  const named = [...refs].slice(0, 3).map(([ref, id]) => `${commandLine('vpr', 'verify', '--in', path, id)}  # ${printable(ref)}`);
  return new VprError('bundle/no-main', `the bundle ${path} has no refs/heads/main`, {
    help: ['make it with main: git bundle create FILE main', ...named],
  });
}

/** What a repository is registered as: by the host it lies in, or by the place it was cloned from. */
function knownAs(repository: Repository): Registered | undefined {
  const host = hostAbove(repository.gitDirectory);
  const record = host === undefined ? undefined : recordOf(host.root, repository.gitDirectory);
  if (record !== undefined) return { kind: record.kind, id: record.id };
  const id = registeredId(repository);
  return id === undefined ? undefined : { kind: 'coordination', id };
}

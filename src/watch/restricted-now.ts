/** What main restricts of a record that can't be projected, as far as anything tells what main is. */
import { join } from 'node:path';
import { type RecordKind, recordPath, type Uuid } from '../format/identifiers.js';
import { DEFAULT_POLICY } from '../format/policy.js';
import type { ObjectId } from '../format/push.js';
import { readMain } from '../hosts/main-ref.js';
import type { HostPaths } from '../hosts/paths.js';
import { type RegisteredRecord, recordIdIn, registeredRecord } from '../hosts/registry.js';
import type { ProjectionRow } from '../projections/tables.js';
import { journalOf } from './journals.js';
import { type Limited, withObjects } from './objects.js';
import { restrictedAbove } from './restricted-above.js';

/** A host whose policy may not read. */
interface Host {
  readonly paths: HostPaths;
  readonly policy: () => Limited;
}

/** The end of time: what a clock that was ahead has received counts as well. */
const WHENEVER = new Date(8.64e15);

/**
 * As `restrictedAbove`, of what main is now: all of the record where that can't be told. Undefined where nothing says
 * that there is more than what is shown.
 *
 * @param shown what is known of the record; undefined: nothing, so that nothing is shown of it
 */
export async function restrictedNow(host: Host, shown: ProjectionRow | undefined): Promise<readonly string[] | undefined> {
  if (shown?.reached == null) return undefined;
  const { reached } = shown;
  const record = recordOf(host, shown.record, shown.kind as RecordKind);
  try {
    const { main: found, isOwn } = mainIn(record);
    // Nothing tells that it is this record's: the file that says so is damaged, or the repository is another one's.
    if (found !== undefined && found !== reached && !isOwn) return [''];
    const main = isOwn ? found : lastReceived(host, record.id);
    if (main === undefined) return undefined;
    if (main === reached) return [];
    const limited = { policy: () => limitsOf(host) };
    return await withObjects(limited, record, (objects, policy) => restrictedAbove({ record, objects, main, host: policy }, reached));
  } catch {
    return [''];
  }
}

/** Whether main is another than what is shown of a record, where it can be read. */
export function hasMoved(host: Pick<Host, 'paths'>, { record, kind, reached }: ProjectionRow): boolean {
  try {
    const { main, isOwn } = mainIn(recordOf(host, record, kind as RecordKind));
    return reached !== null && isOwn && main !== reached;
  } catch {
    return false;
  }
}

/** As the registry has it; where it has it no more, or that can't be read, where `vpr host add` puts it. */
function recordOf({ paths: { root } }: Pick<Host, 'paths'>, id: Uuid, kind: RecordKind): RegisteredRecord {
  try {
    const record = registeredRecord(root, id);
    if (record !== undefined) return record;
  } catch {}
  return { kind, id, path: join(root, recordPath(kind, id)) };
}

/** What main is, where it can be read, and whether the repository then says that it is this record's. */
function mainIn({ id, path }: RegisteredRecord): { readonly main: ObjectId | undefined; readonly isOwn: boolean } {
  const read = readMain(path);
  return read.kind === 'commit' ? { main: read.id, isOwn: recordIdIn(path) === id } : { main: undefined, isOwn: false };
}

/** Where main can't be read the journal tells what it came to. */
function lastReceived({ paths }: Host, id: Uuid): ObjectId | undefined {
  return journalOf(paths, { id }, WHENEVER).receipts.at(-1)?.new;
}

/** A policy that doesn't read keeps from judging, and from nothing else. */
function limitsOf({ policy }: Host): Limited {
  try {
    return policy();
  } catch {
    return { policy: DEFAULT_POLICY };
  }
}

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
    const own = mainIn(record);
    if (own === undefined && isAnother(record, reached)) return [''];
    const main = own ?? lastReceived(host, record.id);
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
    return reached !== null && (mainIn(recordOf(host, record, kind as RecordKind)) ?? reached) !== reached;
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

function mainIn({ id, path }: RegisteredRecord): ObjectId | undefined {
  const main = readMain(path);
  return main.kind === 'commit' && recordIdIn(path) === id ? main.id : undefined;
}

/** Whether there is a main of which nothing tells that it is this record's: the file that says so is damaged, or the repository is another one's. */
function isAnother({ path }: RegisteredRecord, reached: ObjectId): boolean {
  const main = readMain(path);
  return main.kind === 'commit' && main.id !== reached;
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

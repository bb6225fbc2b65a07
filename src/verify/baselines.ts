/** How far each record of a host has come, for a trust bundle. */
import { VprError } from '../errors.js';
import { readCommitObject } from '../format/commit-object.js';
import type { Uuid } from '../format/identifiers.js';
import type { ObjectId } from '../format/push.js';
import { type Receipt, readJournal } from '../hosts/journal-read.js';
import { hostPaths, shardedPath } from '../hosts/paths.js';
import { type RegisteredRecord, realPath, registeredRecords } from '../hosts/registry.js';
import type { Baseline } from '../records/trust-bundle.js';
import { mainTip, objectFormatOf, openView } from './view.js';

/** Baselines by record, and the records that have none. */
export interface Baselines {
  readonly baselines: Readonly<Record<Uuid, Baseline>>;
  /** Registered, and main has no commit that the journal has as accepted. */
  readonly without: readonly Uuid[];
}

/** More than any commit has, in bytes. */
const LARGEST_COMMIT = 16 * 1024 * 1024;

/**
 * The newest commit of each registered record that the host's journal has as
 * accepted and main contains. Throws `baseline/…` where a repository can't be read.
 */
export async function baselinesOf(root: string, wanted: (id: Uuid) => boolean, now: Date): Promise<Baselines> {
  const baselines: Record<Uuid, Baseline> = {};
  const without: Uuid[] = [];
  for (const record of registeredRecords(root)) {
    if (!wanted(record.id)) continue;
    const baseline = await baselineOf(root, record, now);
    if (baseline === undefined) without.push(record.id);
    else baselines[record.id] = baseline;
  }
  return { baselines, without };
}

async function baselineOf(root: string, { id, path }: RegisteredRecord, now: Date): Promise<Baseline | undefined> {
  const file = shardedPath(hostPaths(root).journal, id, '.jsonl');
  if (realPath(path) === undefined) throw new VprError('baseline/gone', `the repository of the record ${id} is not there: ${path}`);
  const tip = mainTip(path);
  if (tip === undefined || realPath(file) === undefined) return undefined;
  const byNew = new Map<ObjectId, Receipt>();
  for (const receipt of readJournal(file, id, { now }).receipts) if (!byNew.has(receipt.new)) byNew.set(receipt.new, receipt);
  const newest = byNew.get(tip) ?? (await firstBelow(path, tip, byNew));
  return newest === undefined ? undefined : { commit: newest.new, received: new Date(newest.time).toISOString() };
}

async function firstBelow(path: string, tip: ObjectId, byNew: ReadonlyMap<ObjectId, Receipt>): Promise<Receipt | undefined> {
  const view = openView(path, objectFormatOf(path), LARGEST_COMMIT);
  try {
    for (let id: ObjectId | undefined = tip; id !== undefined; ) {
      const known = byNew.get(id);
      if (known !== undefined) return known;
      const object = await view.objects.read(id);
      if (object?.type !== 'commit') throw new VprError('baseline/unreadable', `${path}: commit ${id} cannot be read`);
      const { parents }: { readonly parents: readonly ObjectId[] } = readCommitObject(object.bytes);
      id = parents[0];
    }
    return undefined;
  } finally {
    await view.close();
  }
}

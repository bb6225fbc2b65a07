/** Which record a history says it is. */
import { readCommitObject } from '../format/commit-object.js';
import { parseUuid, type RecordKind, type Uuid } from '../format/identifiers.js';
import { STATUS_FILE } from '../format/layout.js';
import type { ObjectId, ObjectSource } from '../format/push.js';
import { readStatus } from '../format/status.js';
import { readTreeObject } from '../format/tree-object.js';

/** The id of no record: what is compared with it is refused. */
export const NO_RECORD: Uuid = '00000000-0000-0000-0000-000000000000';

/** A status file is small; a larger one is not read. */
const LARGEST = 256 * 1024;

/** The kind by the status file at the root of a commit's tree, and for coordination records the id in it. */
export interface Stated {
  readonly kind: RecordKind;
  readonly id?: Uuid;
}

/**
 * What a commit's tree says, or else the root commit's (trees of VPR's own
 * program hold only what a commit wrote). Undefined where neither says anything.
 */
export async function statedRecord(objects: ObjectSource, commit: ObjectId): Promise<Stated | undefined> {
  return (await statedAt(objects, commit)) ?? (await statedAt(objects, await rootOf(objects, commit)));
}

async function statedAt(objects: ObjectSource, commit: ObjectId): Promise<Stated | undefined> {
  const tree = readCommitObject((await readOf(objects, commit, 'commit')) ?? new Uint8Array()).tree;
  const bytes = tree === undefined ? undefined : await readOf(objects, tree, 'tree');
  const entries = bytes === undefined ? undefined : readTreeObject(bytes);
  if (entries?.ok !== true) return undefined;
  for (const [kind, name] of Object.entries(STATUS_FILE) as [RecordKind, string][]) {
    const entry = entries.value.find((one) => one.name === name);
    if (entry === undefined) continue;
    const status = kind === 'coordination' ? await readOf(objects, entry.id, 'blob') : undefined;
    const reading = status === undefined ? undefined : readStatus(status);
    const id = reading?.ok === true ? parseUuid(reading.value.coordination_id) : undefined;
    return { kind, ...(id === undefined ? {} : { id }) };
  }
  return undefined;
}

/** The last commit on the way down the first parents that can be read. */
async function rootOf(objects: ObjectSource, commit: ObjectId): Promise<ObjectId> {
  for (let id = commit; ; ) {
    const bytes = await readOf(objects, id, 'commit');
    const parent = bytes === undefined ? undefined : readCommitObject(bytes).parents[0];
    if (parent === undefined) return id;
    id = parent;
  }
}

async function readOf(objects: ObjectSource, id: ObjectId, type: string): Promise<Uint8Array | undefined> {
  const stat = await objects.stat(id);
  if (stat?.type !== type || (type !== 'tree' && stat.size > LARGEST)) return undefined;
  return (await objects.read(id))?.bytes;
}

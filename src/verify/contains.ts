import { readCommitObject } from '../format/commit-object.js';
import type { ObjectId, ObjectSource } from '../format/push.js';

/** Whether a commit is `from`, or one below it along the first parents. Reads commits as they are stored, and nothing else. */
export async function contains(objects: ObjectSource, from: ObjectId, wanted: ObjectId): Promise<boolean> {
  for (let id: ObjectId | undefined = from; id !== undefined; ) {
    const object = await objects.read(id);
    if (object?.type !== 'commit') return false;
    if (id === wanted) return true;
    const { parents }: { readonly parents: readonly ObjectId[] } = readCommitObject(object.bytes);
    id = parents[0];
  }
  return false;
}

import type { ObjectId, ObjectSource } from '../format/push.js';

/** Missing objects that are told apart, and those that are listed. */
const COUNTED = 10_000;
const LISTED = 10;

/** The same objects; remembers which of those that were asked for are not there. */
export function watchMissing(objects: ObjectSource) {
  const gone = new Set<ObjectId>();
  const note = (id: ObjectId): void => void (gone.size < COUNTED && gone.add(id));
  const source: ObjectSource = {
    async stat(id) {
      const stat = await objects.stat(id);
      if (stat === undefined) note(id);
      return stat;
    },
    async read(id) {
      const object = await objects.read(id);
      if (object === undefined) note(id);
      return object;
    },
    ...(objects.readNow === undefined ? {} : { readNow: objects.readNow }),
    ...(objects.startNow === undefined ? {} : { startNow: objects.startNow }),
  };
  return { source, missing: () => ({ count: gone.size, ids: [...gone].slice(0, LISTED) }) };
}

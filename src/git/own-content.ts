import { createHash } from 'node:crypto';
import { VprError } from '../errors.js';
import type { GitObject, ObjectId } from '../format/push.js';

/** The object, if it is the one its id names (gitformat-pack: the hash of `<type> <size>\0` and the content). Throws `git/tampered`. */
export function ownContent(id: ObjectId, object: GitObject): GitObject {
  const hash = createHash(id.length === 40 ? 'sha1' : 'sha256');
  hash.update(`${object.type} ${object.bytes.length}\0`).update(object.bytes);
  if (hash.digest('hex') === id) return object;
  throw new VprError('git/tampered', `object ${id} has content that is not its own: the store is damaged or was tampered with`, {
    help: ['tell your administrator: git fsck --full'],
  });
}

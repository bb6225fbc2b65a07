import { Buffer } from 'node:buffer';
import { createHash, hash } from 'node:crypto';
import { VprError } from '../errors.js';
import type { GitObject, ObjectId } from '../format/push.js';

/** Up to so many bytes it is quicker to copy an object behind its header and hash both at once. */
const SMALL = 8 * 1024;

/** The object, if it is the one its id names (gitformat-pack: the hash of `<type> <size>\0` and the content). Throws `git/tampered`. */
export function ownContent(id: ObjectId, object: GitObject): GitObject {
  if (idOf(id.length === 40 ? 'sha1' : 'sha256', object) === id) return object;
  throw new VprError('git/tampered', `object ${id} has content that is not its own: the store is damaged or was tampered with`, {
    help: ['tell your administrator: git fsck --full'],
  });
}

function idOf(algorithm: string, { type, bytes }: GitObject): ObjectId {
  const header = Buffer.from(`${type} ${bytes.length}\0`, 'latin1');
  if (bytes.length <= SMALL) return hash(algorithm, Buffer.concat([header, bytes]), 'hex');
  return createHash(algorithm).update(header).update(bytes).digest('hex');
}

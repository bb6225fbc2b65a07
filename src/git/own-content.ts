import { Buffer } from 'node:buffer';
import { createHash, type Hash, hash } from 'node:crypto';
import { VprError } from '../errors.js';
import type { GitObject, ObjectId, Pieces } from '../format/push.js';

/** Up to so many bytes it is quicker to copy an object behind its header and hash both at once. */
const SMALL = 8 * 1024;
/** Large trees whose hashing is remembered: the next one is a version of one of them. */
const REMEMBERED = 4;

/** The object, if it is the one its id names (gitformat-pack: the hash of `<type> <size>\0` and the content). Throws `git/tampered`. */
export function ownContent(id: ObjectId, object: GitObject): GitObject {
  if (idOf(id.length === 40 ? 'sha1' : 'sha256', object) === id) return object;
  throw tampered(id);
}

/** The same for trees in pieces of a SHA-1 repository: what begins with the pieces of another one isn't hashed again so far. */
export function ownPieces(): (id: ObjectId, tree: Pieces) => Pieces {
  interface Hashed extends Pieces {
    /** Of the header and so many pieces. */
    readonly states: readonly Hash[];
  }
  let recent: readonly Hashed[] = [];

  return (id, tree) => {
    const { length, pieces } = tree;
    const former = recent.find((known) => known.length === length && known.pieces[0] === pieces[0]);
    let same = 0;
    while (same < pieces.length && former?.pieces[same] === pieces[same]) same += 1;
    const states = former?.states.slice(0, same + 1) ?? [createHash('sha1').update(header('tree', length))];
    for (const piece of pieces.slice(states.length - 1)) states.push((states.at(-1) as Hash).copy().update(piece));
    recent = [{ ...tree, states }, ...recent.filter((known) => known !== former)].slice(0, REMEMBERED);
    if ((states.at(-1) as Hash).copy().digest('hex') === id) return tree;
    throw tampered(id);
  };
}

function tampered(id: ObjectId): VprError {
  return new VprError('git/tampered', `object ${id} has content that is not its own: the store is damaged or was tampered with`, {
    help: ['tell your administrator: git fsck --full'],
  });
}

function header(type: string, length: number): Buffer {
  return Buffer.from(`${type} ${length}\0`, 'latin1');
}

function idOf(algorithm: string, { type, bytes }: GitObject): ObjectId {
  const head = header(type, bytes.length);
  if (bytes.length <= SMALL) return hash(algorithm, Buffer.concat([head, bytes]), 'hex');
  return createHash(algorithm).update(head).update(bytes).digest('hex');
}

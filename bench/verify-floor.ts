/**
 * The least that verifying a history can cost on Node, whoever does it: what is
 * stored is inflated once and hashed once, as much of it as the version before
 * doesn't have, and signatures are checked. Nothing is looked up, compared,
 * taken apart or judged.
 */
import { spawnSync } from 'node:child_process';
import { createHash, type Hash, hash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { readCommitObject } from '../src/format/commit-object.js';
import type { ObjectId } from '../src/format/push.js';
import { readTreeObject } from '../src/format/tree-object.js';
import type { ObjectReader } from '../src/git/cat-file.js';
import { LARGE } from '../src/git/directory.js';
import { openParts } from '../src/git/file-part.js';
import { compressedBound, inflateWhole } from '../src/git/inflate.js';
import { parseEntry } from '../src/git/pack.js';
import { commonStart, PIECE, piecesOf } from '../src/git/pieces.js';
import { need } from '../test/support/people.js';

/** What one commit costs at least. */
export interface Least {
  /** What its objects, or the deltas that are stored of them, inflate from, and to how many bytes. */
  readonly stored: readonly { readonly compressed: Buffer; readonly size: number }[];
  /** So many bytes are hashed, of each object, in pieces where their states are kept for the next version. */
  readonly hashed: readonly { readonly bytes: number; readonly inPieces: boolean }[];
}

/** What a pack has of each object by its id: where `compressed` begins, and more than it has. */
export function storedIn(repository: string): (id: string) => Least['stored'][number] {
  const directory = join(repository, 'objects/pack');
  const name = readdirSync(directory).find((file) => file.endsWith('.idx')) ?? '';
  const path = join(directory, name.replace('.idx', '.pack'));
  const pack = openParts(path);
  const { stdout } = spawnSync('git', ['-C', repository, 'show-index'], {
    input: openParts(join(directory, name))?.part(0, 2 ** 30) ?? '',
    encoding: 'latin1',
    maxBuffer: 2 ** 30,
  });
  const offsets = new Map(stdout.split('\n').map((line) => [line.split(' ')[1] ?? '', Number.parseInt(line, 10)]));
  return (id) => {
    const offset = offsets.get(id) ?? Number.NaN;
    const entry = pack === undefined ? undefined : parseEntry(pack.part(offset, 64), offset);
    if (pack === undefined || entry === undefined) throw new Error(`${id} is not in ${path}`);
    // Its own memory: a page that is shared would be dear to keep.
    return { compressed: Buffer.from(pack.part(entry.data, compressedBound(entry.size))), size: entry.size };
  };
}

/** What a commit brings: itself, its tree, and what stands in that and not in its parent's. */
export async function leastOf(objects: ObjectReader, storedOf: ReturnType<typeof storedIn>, id: ObjectId): Promise<Least> {
  const ids: ObjectId[] = [];
  const hashed: Least['hashed'][number][] = [];

  async function bytesOf(object: ObjectId): Promise<Buffer> {
    const bytes = (await objects.read(object))?.bytes;
    if (bytes === undefined) throw new Error(`${object} is missing`);
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  async function addTree(tree: ObjectId, former: ObjectId | undefined): Promise<void> {
    const [now, before] = [await bytesOf(tree), former === undefined ? Buffer.alloc(0) : await bytesOf(former)];
    const same = now.length === before.length ? commonStart(piecesOf(now), piecesOf(before)) : 0;
    const inPieces = now.length >= LARGE;
    ids.push(tree);
    hashed.push({ bytes: now.length - (inPieces ? same - (same % PIECE) : 0), inPieces });
    const known = new Map(need(readTreeObject(before)).map((entry) => [entry.name, entry.id]));
    for (const { mode, name, id: entry } of need(readTreeObject(now))) {
      if (known.get(name) === entry) continue;
      if (mode === '40000') await addTree(entry, known.get(name));
      else {
        ids.push(entry);
        hashed.push({ bytes: (await bytesOf(entry)).length, inPieces: false });
      }
    }
  }

  const bytes = await bytesOf(id);
  const { tree, parents } = readCommitObject(bytes);
  const [parent] = parents;
  ids.push(id);
  hashed.push({ bytes: bytes.length, inPieces: false });
  if (tree !== undefined) await addTree(tree, parent === undefined ? undefined : readCommitObject(await bytesOf(parent)).tree);
  return { stored: ids.map(storedOf), hashed };
}

const BYTES = Buffer.alloc(2 ** 20, 'x');
/** Up to so many bytes one call is quicker than an object that hashes. */
const SMALL = 8 * 1024;
const BEGUN = createHash('sha1').update('tree 12345\0');

/** Does it. */
export function doLeast({ stored, hashed }: Least): void {
  for (const { compressed, size } of stored) if (inflateWhole(compressed, size) === undefined) throw new Error('what is stored inflates');
  for (const { bytes, inPieces } of hashed) {
    if (inPieces) inStates(bytes);
    else if (bytes <= SMALL) hash('sha1', BYTES.subarray(0, bytes), 'hex');
    else createHash('sha1').update(BYTES.subarray(0, bytes)).digest('hex');
  }
}

function inStates(bytes: number): void {
  let state: Hash = BEGUN;
  for (let left = bytes; left > 0; left -= PIECE) state = state.copy().update(BYTES.subarray(0, Math.min(left, PIECE)));
  state.copy().digest('hex');
}

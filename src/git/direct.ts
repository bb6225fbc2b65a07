import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { VprError } from '../errors.js';
import type { ObjectId } from '../format/push.js';
import { borrowedFrom } from './alternates.js';
import type { ObjectReader, ReaderOptions } from './cat-file.js';
import { everyCopyOf } from './copies.js';
import { openParts } from './file-part.js';
import { COMPRESSED_START, compressedBound, inflateStart, inflateWhole } from './inflate.js';
import { boundedMemory } from './memory.js';
import { refuseOddFiles } from './odd-files.js';
import { ownContent, ownPieces } from './own-content.js';
import { openPack, type Pack, type PackedObject } from './pack.js';
import { turns } from './turns.js';

/** With more packs than this a repack is overdue, and git finds objects faster. */
const MOST_PACKS = 100;

export interface DirectOptions extends ReaderOptions {
  /** Of what is stored more than once, also in stores that are borrowed from, each copy is hashed; so packs are read here however many there are. */
  readonly everyCopy?: boolean;
}

/** Larger objects, and what others are deltas of, git reads in a process of its own, in bytes. */
const LARGEST_HERE = 64 * 1024 * 1024;
const ID = /^[0-9a-f]{40}$/;
/** Places of so many objects are remembered: whoever asks for a size asks for the content next. */
const REMEMBERED = 1000;

/**
 * Opens a repository for reading without starting git: its packs and loose
 * objects, and the quarantine's before them. A push is small, and the start of
 * a process costs more than reading it.
 *
 * What is read is hashed, as `openObjects` does: nothing but the object of that
 * id is ever returned. What is not found here, or is stored in a way that is
 * not read here, git is asked for; so an object is missing only where git says so.
 */
export function openDirect(
  gitDirectory: string,
  environment: Readonly<Record<string, string>>,
  { largest = 512 * 1024 * 1024, everyCopy = false, ...options }: DirectOptions = {},
): ObjectReader {
  const own = [environment['GIT_OBJECT_DIRECTORY'] ?? '', join(gitDirectory, 'objects')].filter((place) => place !== '');
  const places = [...new Set(everyCopy ? own.flatMap((place) => [place, ...borrowedFrom(place)]) : own)];
  const opened = packsIn(places, Math.min(largest, LARGEST_HERE), everyCopy ? Number.POSITIVE_INFINITY : MOST_PACKS);
  const packs = opened.filter((pack) => pack !== undefined);
  const hashCopies = everyCopy ? everyCopyOf(places, opened, looseObject) : () => {};
  const found = boundedMemory<PackedObject>(REMEMBERED);
  const ownTree = ownPieces();
  const turn = turns();
  let git: Promise<ObjectReader> | undefined;
  let closed = false;

  function ask(): Promise<ObjectReader> {
    if (git === undefined) refuseOddFiles([gitDirectory, ...places]);
    git ??= import('./cat-file.js').then(({ openObjects }) => openObjects(gitDirectory, environment, { largest, ...options }));
    return git;
  }

  function look(id: ObjectId): PackedObject | undefined {
    for (const pack of packs) {
      const object = pack.find(id);
      if (object !== undefined) return object;
    }
    for (const place of places) {
      const object = looseObject(join(place, id.slice(0, 2), id.slice(2)));
      if (object !== undefined) return object;
    }
    return undefined;
  }

  /** Whether the id is one that is looked for here. */
  function ofId(id: ObjectId): boolean {
    if (closed) throw new VprError('git/closed', 'the objects have been closed');
    return ID.test(id);
  }

  function find(id: ObjectId): PackedObject | undefined {
    if (!ofId(id)) return undefined;
    const known = found.get(id);
    if (known !== undefined) return known;
    const object = look(id);
    if (object !== undefined) found.set(id, object, 1);
    return object;
  }

  return {
    readNow(id, most) {
      const object = ofId(id) ? look(id) : undefined;
      if (object === undefined || object.size > largest) return undefined;
      const { type, size } = object;
      if (size > most) return { type, size };
      hashCopies(id);
      const pieces = object.pieces?.();
      if (pieces !== undefined) return { type, size, pieces: ownTree(id, pieces) };
      const bytes = object.bytes();
      return bytes === undefined ? undefined : { type, size, bytes: ownContent(id, { type, bytes }).bytes };
    },
    startNow(id) {
      const object = ofId(id) ? look(id) : undefined;
      return object?.start === undefined ? undefined : { type: object.type, size: object.size, bytes: object.start() };
    },
    async stat(id) {
      const object = find(id);
      return object === undefined ? (await ask()).stat(id) : { type: object.type, size: object.size };
    },
    async read(id) {
      await turn();
      const object = find(id);
      if (object !== undefined && object.size > largest) {
        throw new VprError('git/too-large', `object ${id} has ${object.size} bytes, more than ${largest}`);
      }
      if (ID.test(id)) hashCopies(id);
      const bytes = object?.bytes();
      return object === undefined || bytes === undefined ? (await ask()).read(id) : ownContent(id, { type: object.type, bytes });
    },
    async close() {
      if (!closed) for (const pack of packs) pack.close();
      closed = true;
      await (await git)?.close();
    },
  };
}

/** Every pack of the places, the first place's first, undefined where its index does not read; none where there are so many that git is the better reader. */
function packsIn(places: readonly string[], largest: number, most: number): readonly (Pack | undefined)[] {
  const names = places.flatMap((place) => indexesIn(join(place, 'pack')));
  if (names.length > most) return [];
  return names.map((name) => openPack(name, largest));
}

function indexesIn(directory: string): string[] {
  try {
    return readdirSync(directory)
      .filter((name) => name.endsWith('.idx'))
      .map((name) => join(directory, name.slice(0, -'.idx'.length)));
  } catch {
    return []; // a quarantine has none where the push brought no objects
  }
}

/** A loose object (gitformat-loose: `<type> <size>\0` and the content, compressed). */
function looseObject(path: string): PackedObject | undefined {
  const start = inflateStart(firstBytes(path, COMPRESSED_START)).toString('latin1');
  const [head, type, digits] = /^(commit|tree|blob|tag) (\d{1,15})\0/.exec(start) ?? [];
  if (head === undefined || type === undefined) return undefined;
  const size = Number(digits);
  const whole = size + head.length;
  return { type, size, bytes: () => inflateWhole(firstBytes(path, compressedBound(whole)), whole)?.subarray(head.length) };
}

function firstBytes(path: string, length: number): Buffer {
  const file = openParts(path);
  const bytes = file?.part(0, length) ?? Buffer.alloc(0);
  file?.close();
  return bytes;
}

import type { Pieces } from '../format/push.js';
import { applyDelta, applyToPieces, resultSize } from './delta.js';
import { LARGE } from './directory.js';
import { openParts, type PartFile } from './file-part.js';
import { COMPRESSED_START, compressedBound, inflateStart, inflateWhole } from './inflate.js';
import { boundedMemory } from './memory.js';
import { openPackIndex } from './pack-index.js';
import { joined, piecesOf } from './pieces.js';

/** An object of a pack: what it is, and its content when it is asked for. */
export interface PackedObject {
  readonly type: string;
  readonly size: number;
  /** Undefined where it can't be had: it is larger than the pack's reader takes, or its deltas are of an odd kind. */
  bytes(): Buffer | undefined;
  /** The same of a large tree, in pieces that it shares with others; undefined for anything else. */
  pieces?(): Pieces | undefined;
  /** The first few hundred bytes; absent where they are those of a delta. */
  start?(): Buffer;
}

/** One pack with its index. */
export interface Pack {
  /** The object of an id of 40 digits; undefined where the pack doesn't have it, or has it in a way that isn't read here. */
  find(id: string): PackedObject | undefined;
  /** Whether the pack is still there and has the object, however it is stored. */
  holds(id: string): boolean;
  /** Objects that its index has more than once, by id: every copy, undefined where one can't be read here. Undefined where the index is in no order, or another pack's: git reads no such pack. */
  repeated(): ReadonlyMap<string, readonly (() => PackedObject | undefined)[]> | undefined;
  close(): void;
}

const TYPES: Readonly<Record<number, string>> = { 1: 'commit', 2: 'tree', 3: 'blob', 4: 'tag' };
/** Of packs that git reads. */
const VERSIONS = [2, 3];
const OFFSET_DELTA = 6;
const ID_DELTA = 7;
/** The header of an entry. */
const HEADER = 64;
/** git makes chains of 50; longer ones are left to git. */
const LONGEST_CHAIN = 100;
/**
 * Bytes of objects that others are deltas of. Blobs come again after many
 * commits: there is room for the newest version of each of a record's threads,
 * and all versions of one that share its memory.
 */
const BLOBS = 128 * 1024 * 1024;
/** The rest comes again in the next commit or never. */
const OTHERS = 8 * 1024 * 1024;
/** Of that what nobody asked for, but stands on the way to what was: kept apart, since it could drive out all the rest. */
const PASSED = 16 * 1024 * 1024;
/** What the memory of an object takes apart from its bytes. */
const LEAST = 200;

/** How an object is stored, as its entry's header says. */
export interface Entry {
  readonly kind: number;
  /** Of the object, or of the delta. */
  readonly size: number;
  /** Where the compressed bytes begin. */
  readonly data: number;
  /** Where the object lies that a delta was made from. */
  readonly base?: number;
}

/** An object put together. */
interface Whole {
  readonly type: string;
  readonly size: number;
  /** Large trees are in pieces. */
  readonly content: Buffer | Pieces;
}

/**
 * Opens `<path>.idx`, and `<path>.pack` when something of it is wanted
 * (gitformat-pack); undefined where there is no index. `largest` in bytes.
 */
export function openPack(path: string, largest: number): Pack | undefined {
  const index = openPackIndex(`${path}.idx`);
  if (index === undefined) return undefined;
  const blobs = boundedMemory<Whole, number>(BLOBS);
  const others = boundedMemory<Whole, number>(OTHERS);
  const passed = boundedMemory<Whole, number>(PASSED);
  let file: PartFile | undefined;

  function part(offset: number, length: number): Buffer {
    file ??= openParts(`${path}.pack`);
    return file?.part(offset, length) ?? Buffer.alloc(0);
  }

  function read(offset: number, depth = 0): Whole | undefined {
    const known = remembered(offset);
    if (known !== undefined || depth > LONGEST_CHAIN) return known;
    const entry = entryAt(offset);
    if (entry === undefined || entry.size > largest) return undefined;
    const base = entry.base === undefined ? undefined : read(entry.base, depth + 1);
    if (entry.base !== undefined && base === undefined) return undefined;
    const own = inflateWhole(part(entry.data, compressedBound(entry.size)), entry.size);
    const whole = own === undefined ? undefined : base === undefined ? notDelta(entry, own) : fromDelta(base, own);
    if (whole === undefined) return undefined;
    remember(offset, whole, depth > 0);
    // A file that grows is asked for as it is next, and not as it was.
    if (base !== undefined && entry.base !== undefined && whole.type === 'blob' && whole.size > base.size) blobs.forget(entry.base);
    return whole;
  }

  function remembered(offset: number): Whole | undefined {
    return others.get(offset) ?? blobs.get(offset) ?? passed.get(offset);
  }

  function remember(offset: number, whole: Whole, onTheWay: boolean): void {
    const { type, size, content } = whole;
    if (type === 'blob' && Buffer.isBuffer(content)) blobs.set(offset, whole, LEAST, content.buffer);
    else (onTheWay ? passed : others).set(offset, whole, size + LEAST);
  }

  function notDelta({ kind }: Entry, bytes: Buffer): Whole | undefined {
    const type = TYPES[kind];
    return type === undefined ? undefined : { type, size: bytes.length, content: inPieces(type, bytes.length) ? piecesOf(bytes) : bytes };
  }

  function fromDelta({ type, content }: Whole, delta: Buffer): Whole | undefined {
    const size = resultSize(delta);
    if (size > largest) return undefined;
    const made = inPieces(type, size)
      ? applyToPieces(Buffer.isBuffer(content) ? piecesOf(content) : content, delta, size)
      : applyDelta(bytesOf(content), delta, size);
    return made === undefined ? undefined : { type, size, content: made };
  }

  function entryAt(offset: number): Entry | undefined {
    const entry = parseEntry(part(offset, HEADER), offset);
    if (entry?.kind !== ID_DELTA) return entry;
    const base = index?.find(part(entry.data - ID, ID));
    return base === undefined ? undefined : { ...entry, base };
  }

  function contentAt(offset: number): Pick<Required<PackedObject>, 'bytes' | 'pieces'> {
    return {
      bytes() {
        const whole = read(offset);
        return whole === undefined ? undefined : bytesOf(whole.content);
      },
      pieces() {
        const content = read(offset)?.content;
        return content === undefined || Buffer.isBuffer(content) ? undefined : content;
      },
    };
  }

  /** The type of the object at the end of a chain of deltas. */
  function typeAt(offset: number): string | undefined {
    let at: number | undefined = offset;
    for (let depth = 0; at !== undefined && depth <= LONGEST_CHAIN; depth += 1) {
      const entry: Entry | undefined = entryAt(at);
      if (entry !== undefined && entry.base === undefined) return TYPES[entry.kind];
      at = entry?.base;
    }
    return undefined;
  }

  function objectAt(offset: number): PackedObject | undefined {
    const entry = entryAt(offset);
    if (entry === undefined) return undefined;
    if (entry.base === undefined) {
      const type = TYPES[entry.kind];
      if (type === undefined) return undefined;
      const start = () => inflateStart(part(entry.data, COMPRESSED_START));
      return { type, size: entry.size, start, ...contentAt(offset) };
    }
    // Whoever asks about an object reads it next: put together at once, its delta is inflated once.
    const whole = read(offset);
    if (whole !== undefined) return { type: whole.type, size: whole.size, ...contentAt(offset) };
    const type = typeAt(offset);
    const size = resultSize(inflateStart(part(entry.data, COMPRESSED_START)));
    return type !== undefined && Number.isFinite(size) ? { type, size, bytes: () => undefined } : undefined;
  }

  /** As git asks before it reads a pack: what the pack begins and ends with, against its index. */
  function isOwnIndex(): boolean {
    const head = part(0, 12);
    // It may have gone since its index was opened: git repack has put its objects into another.
    if (head.length === 0) return true;
    if (
      head.length < 12 ||
      head.toString('latin1', 0, 4) !== 'PACK' ||
      !VERSIONS.includes(head.readUInt32BE(4)) ||
      head.readUInt32BE(8) !== index?.count
    )
      return false;
    return part((file?.size ?? 0) - ID, ID).equals(index.checksum());
  }

  return {
    find(id) {
      const offset = index.find(Buffer.from(id, 'hex'));
      return offset === undefined ? undefined : objectAt(offset);
    },
    holds: (id) => index.find(Buffer.from(id, 'hex')) !== undefined && part(0, 1).length > 0,
    repeated() {
      const found = isOwnIndex() ? index.repeated() : undefined;
      return found === undefined
        ? undefined
        : new Map([...found].map(([id, offsets]) => [id, offsets.map((offset) => () => objectAt(offset))]));
    },
    close() {
      index.close();
      file?.close();
    },
  };
}

function inPieces(type: string, size: number): boolean {
  return type === 'tree' && size >= LARGE;
}

function bytesOf(content: Buffer | Pieces): Buffer {
  return Buffer.isBuffer(content) ? content : joined(content);
}

const ID = 20;

/** The header of an entry at `offset`; of a delta by id, the id lies before `data`. */
export function parseEntry(bytes: Buffer, offset: number): Entry | undefined {
  let byte = bytes[0] ?? 0;
  const kind = (byte >> 4) & 7;
  let size = byte & 15;
  let at = 1;
  for (let unit = 16; (byte & 0x80) !== 0 && at < 10; unit *= 128) {
    byte = bytes[at++] ?? 0;
    size += (byte & 0x7f) * unit;
  }
  if (kind === ID_DELTA) return { kind, size, data: offset + at + ID };
  if (kind !== OFFSET_DELTA) return TYPES[kind] === undefined ? undefined : { kind, size, data: offset + at };
  byte = bytes[at++] ?? 0;
  let distance = byte & 0x7f;
  while ((byte & 0x80) !== 0 && at < 30) {
    byte = bytes[at++] ?? 0;
    distance = (distance + 1) * 128 + (byte & 0x7f);
  }
  const base = offset - distance;
  return distance > 0 && base > 0 ? { kind, size, data: offset + at, base } : undefined;
}

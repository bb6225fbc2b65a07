/** Writes a pack (gitformat-pack) of a long history quickly, with deltas like those of git's own packs. */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream, type WriteStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { deflateSync } from 'node:zlib';
import type { ObjectId } from '../src/format/push.js';

const TYPES = { commit: 1, tree: 2, blob: 3 } as const;
const OFFSET_DELTA = 6;
/** As git's default, `pack.depth`. */
const DEPTH = 50;

/** An object that was written, for the next one to be a delta of. */
export interface Written {
  readonly id: ObjectId;
  readonly bytes: Buffer;
  readonly offset: number;
  readonly depth: number;
}

export interface PackWriter {
  /** Adds an object; as a delta of `former`, where they begin or end alike and the chain isn't too long. */
  add(type: keyof typeof TYPES, bytes: Buffer, former?: Written): Written;
  /** Waits until what was added is on its way to the disk. */
  settled(): Promise<void>;
  close(): Promise<void>;
}

export function packWriter(path: string): PackWriter {
  const file: WriteStream = createWriteStream(path);
  let count = 0;
  let offset = 0;
  let waiting = false;

  function write(bytes: Buffer): void {
    waiting = !file.write(bytes) || waiting;
    offset += bytes.length;
  }
  write(Buffer.from('PACK\0\0\0\u0002\0\0\0\0', 'latin1'));

  return {
    add(type, bytes, former) {
      const id = createHash('sha1').update(`${type} ${bytes.length}\0`).update(bytes).digest('hex');
      const at = offset;
      const delta = former === undefined || former.depth >= DEPTH ? undefined : deltaOf(former.bytes, bytes);
      count += 1;
      write(header(delta === undefined ? TYPES[type] : OFFSET_DELTA, (delta ?? bytes).length));
      if (delta !== undefined && former !== undefined) write(distance(at - former.offset));
      write(deflateSync(delta ?? bytes, { level: 1 }));
      return { id, bytes, offset: at, depth: delta === undefined || former === undefined ? 0 : former.depth + 1 };
    },
    async settled() {
      if (waiting) await once(file, 'drain');
      waiting = false;
    },
    async close() {
      file.end();
      await once(file, 'close');
      await seal(path, count);
    },
  };
}

/** Puts the number of objects in, and the digest behind everything. */
async function seal(path: string, count: number): Promise<void> {
  const file = await open(path, 'r+');
  const number = Buffer.alloc(4);
  number.writeUInt32BE(count);
  await file.write(number, 0, 4, 8);
  const hash = createHash('sha1');
  let end = 0;
  for await (const chunk of file.createReadStream({ start: 0, autoClose: false })) {
    hash.update(chunk as Buffer);
    end += (chunk as Buffer).length;
  }
  await file.write(hash.digest(), 0, 20, end);
  await file.close();
}

function header(type: number, size: number): Buffer {
  const bytes = [(type << 4) | (size & 15)];
  for (let rest = Math.floor(size / 16); rest > 0; rest = Math.floor(rest / 128)) {
    bytes[bytes.length - 1] = (bytes[bytes.length - 1] ?? 0) | 0x80;
    bytes.push(rest & 0x7f);
  }
  return Buffer.from(bytes);
}

function distance(offset: number): Buffer {
  const bytes = [offset & 0x7f];
  for (let rest = Math.floor(offset / 128); rest > 0; rest = Math.floor(rest / 128)) bytes.unshift(0x80 | (--rest & 0x7f));
  return Buffer.from(bytes);
}

/** What both begin with, what is new, what both end with. */
function deltaOf(base: Buffer, bytes: Buffer): Buffer {
  const most = Math.min(base.length, bytes.length);
  const start = longest(most, (length) => base.compare(bytes, 0, length, 0, length) === 0);
  const end = longest(
    most - start,
    (length) => base.compare(bytes, bytes.length - length, bytes.length, base.length - length, base.length) === 0,
  );
  const parts = [size(base.length), size(bytes.length), ...copies(0, start)];
  for (let at = start; at < bytes.length - end; at += 127) {
    const piece = bytes.subarray(at, Math.min(at + 127, bytes.length - end));
    parts.push(Buffer.from([piece.length]), piece);
  }
  parts.push(...copies(base.length - end, end));
  return Buffer.concat(parts);
}

/** The largest length up to `most` that holds, where every smaller one does. */
function longest(most: number, holds: (length: number) => boolean): number {
  let low = 0;
  for (let high = most; low < high; ) {
    const middle = Math.ceil((low + high) / 2);
    if (holds(middle)) low = middle;
    else high = middle - 1;
  }
  return low;
}

function size(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push(0x80 | (rest & 0x7f));
  return Buffer.from([...bytes, rest]);
}

function* copies(from: number, length: number): Generator<Buffer> {
  for (let at = from; at < from + length; at += 0xffff) {
    const piece = Math.min(0xffff, from + length - at);
    yield Buffer.from([0xbf, at & 0xff, (at >> 8) & 0xff, (at >> 16) & 0xff, (at >> 24) & 0xff, piece & 0xff, piece >> 8]);
  }
}

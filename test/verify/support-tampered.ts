/** Objects whose content is not their own, and packs that hold such. */
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32, deflateSync } from 'node:zlib';
import type { GitObject, ObjectId } from '../../src/format/push.js';
import { entryHeader, TYPES } from '../e2e/support-pack.js';

/** The same object, one letter of it another. */
export function altered({ type, bytes }: GitObject): GitObject {
  const copy = Buffer.from(bytes);
  const at = type === 'tree' ? copy.length - 1 : copy.length - 3;
  copy[at] = (copy[at] ?? 0) ^ 1;
  return { type, bytes: copy };
}

/** A pack of whole objects and its index (gitformat-pack, version 2), under the names given, which need not be theirs; instead of other packs, or as a further one. */
export function writePack(path: string, entries: readonly (readonly [ObjectId, GitObject])[], further = false, order = 'sorted'): void {
  const head = Buffer.alloc(12);
  head.write('PACK');
  head.writeUInt32BE(2, 4);
  head.writeUInt32BE(entries.length, 8);
  const parts = [head];
  let offset = 12;
  const places = entries.map(([id, { type, bytes }]) => {
    const entry = Buffer.concat([entryHeader(TYPES[type] ?? 0, bytes.length), deflateSync(bytes)]);
    parts.push(entry);
    const place = { id, offset, crc: crc32(entry) };
    offset += entry.length;
    return place;
  });
  const pack = signed(Buffer.concat(parts));
  places.sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
  if (order !== 'sorted') places.reverse();
  const fanout = Array.from({ length: 256 }, (_, first) => places.filter(({ id }) => Number.parseInt(id.slice(0, 2), 16) <= first).length);
  const index = Buffer.concat([
    Buffer.from('ff744f6300000002', 'hex'),
    words(fanout),
    ...places.map(({ id }) => Buffer.from(id, 'hex')),
    words(places.map(({ crc }) => crc)),
    words(places.map((place) => place.offset)),
    pack.subarray(-20),
  ]);
  const folder = join(path, 'objects/pack');
  mkdirSync(folder, { recursive: true });
  for (const name of further ? [] : readdirSync(folder)) rmSync(join(folder, name));
  const name = `pack-${createHash('sha1').update(pack).digest('hex')}`;
  writeFileSync(join(folder, `${name}.pack`), pack);
  writeFileSync(join(folder, `${name}.idx`), signed(index));
}

function signed(bytes: Buffer): Buffer {
  return Buffer.concat([bytes, createHash('sha1').update(bytes).digest()]);
}

function words(values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4);
  for (const [index, value] of values.entries()) bytes.writeUInt32BE(value, index * 4);
  return bytes;
}

/** Pushes that git's own client would not make: packs written by hand, handed to `git receive-pack`. */
import { createHash } from 'node:crypto';
import { deflateSync } from 'node:zlib';
import type { GitObject, RefUpdate } from '../../src/format/push.js';
import { type Ran, run, type TestHost } from './support.js';

export const TYPES: Readonly<Record<string, number>> = { commit: 1, tree: 2, blob: 3, tag: 4 };

/** A pack (gitformat-pack, version 2) of whole objects. `level` is zlib's. */
export function packOf(objects: readonly GitObject[], level = 1): Buffer {
  const head = Buffer.alloc(12);
  head.write('PACK');
  head.writeUInt32BE(2, 4);
  head.writeUInt32BE(objects.length, 8);
  const parts = [
    head,
    ...objects.flatMap(({ type, bytes }) => [entryHeader(TYPES[type] ?? 0, bytes.length), deflateSync(bytes, { level })]),
  ];
  const hash = createHash('sha1');
  for (const part of parts) hash.update(part);
  return Buffer.concat([...parts, hash.digest()]);
}

/** Type and size: four bits of the size in the first byte, seven in each that follows. */
export function entryHeader(type: number, size: number): Buffer {
  const bytes = [(type << 4) | (size & 15)];
  for (let rest = Math.floor(size / 16); rest > 0; rest = Math.floor(rest / 128)) {
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) | 0x80;
    bytes.push(rest & 0x7f);
  }
  return Buffer.from(bytes);
}

/** Pushes by speaking the protocol (gitprotocol-pack). `status` is 0 where every ref was taken. */
export async function pushPack({ repository }: TestHost, updates: readonly RefUpdate[], pack: Uint8Array): Promise<Ran> {
  const lines = updates.map(({ old, new: id, ref }, index) => packet(`${old} ${id} ${ref}${index === 0 ? '\0report-status' : ''}\n`));
  const input = Buffer.concat([Buffer.from(`${lines.join('')}0000`), pack]);
  const ran = await run(repository, 'git', ['receive-pack', repository], { input });
  const taken = /unpack ok\n/.test(ran.stdout) && !/^[0-9a-f]{4}ng /m.test(ran.stdout);
  return { ...ran, status: ran.status === 0 && (updates.length === 0 || taken) ? 0 : 1 };
}

function packet(line: string): string {
  return (Buffer.byteLength(line) + 4).toString(16).padStart(4, '0') + line;
}

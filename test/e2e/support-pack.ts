/** Pushes that git's own client would not make: packs written by hand, handed to `git receive-pack`. */
import { createHash } from 'node:crypto';
import { deflateSync } from 'node:zlib';
import type { GitObject, ObjectId, RefUpdate } from '../../src/format/push.js';
import { type Ran, run, type TestHost } from './support.js';

export const TYPES: Readonly<Record<string, number>> = { commit: 1, tree: 2, blob: 3, tag: 4 };

const ID_DELTA = 7;

/** A pack (gitformat-pack, version 2) of whole objects. `level` is zlib's. */
export function packOf(objects: readonly GitObject[], level = 1): Buffer {
  return packOfEntries(objects.map((object) => wholeEntry(object, level)));
}

/** An object as an entry of a pack. */
export function wholeEntry({ type, bytes }: GitObject, level = 1): Buffer[] {
  return [entryHeader(TYPES[type] ?? 0, bytes.length), deflateSync(bytes, { level })];
}

/** A delta of the object with an id, wherever that is. */
export function deltaEntry(base: ObjectId, delta: Uint8Array): Buffer[] {
  return [entryHeader(ID_DELTA, delta.length), Buffer.from(base, 'hex'), deflateSync(delta)];
}

/** A delta that takes nothing of an object of that size, and says all of `bytes` itself. */
export function insertingDelta(size: number, bytes: Uint8Array): Buffer {
  const parts = [sizeBytes(size), sizeBytes(bytes.length)];
  for (let at = 0; at < bytes.length; at += 127) {
    const part = Buffer.from(bytes.subarray(at, at + 127));
    parts.push(Buffer.from([part.length]), part);
  }
  return Buffer.concat(parts);
}

/** Seven bits a byte, the lowest first. */
function sizeBytes(size: number): Buffer {
  const bytes = [size & 0x7f];
  for (let rest = Math.floor(size / 128); rest > 0; rest = Math.floor(rest / 128)) {
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) | 0x80;
    bytes.push(rest & 0x7f);
  }
  return Buffer.from(bytes);
}

/** A pack of entries as they are. */
export function packOfEntries(entries: readonly (readonly Buffer[])[]): Buffer {
  const head = Buffer.alloc(12);
  head.write('PACK');
  head.writeUInt32BE(2, 4);
  head.writeUInt32BE(entries.length, 8);
  const parts = [head, ...entries.flat()];
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
export function pushPack(host: TestHost, updates: readonly RefUpdate[], pack: Uint8Array): Promise<Ran> {
  const lines = updates.map(({ old, new: id, ref }, index) => `${old} ${id} ${ref}${index === 0 ? '\0report-status' : ''}\n`);
  return send(host, lines, updates, pack);
}

/** The same with a push certificate, which nobody has asked for; `text` is its signature. */
export function pushCertified(host: TestHost, updates: readonly RefUpdate[], pack: Uint8Array, text: string): Promise<Ran> {
  const lines = [
    'push-cert\0report-status\n',
    'certificate version 0.1\n',
    '\n',
    ...updates.map(({ old, new: id, ref }) => `${old} ${id} ${ref}\n`),
    `-----BEGIN SIGNED MESSAGE-----\n`,
    `${text}\n`,
    'push-cert-end\n',
  ];
  return send(host, lines, updates, pack);
}

async function send({ repository }: TestHost, lines: readonly string[], updates: readonly RefUpdate[], pack: Uint8Array): Promise<Ran> {
  const input = Buffer.concat([Buffer.from(`${lines.map(packet).join('')}0000`), pack]);
  const ran = await run(repository, 'git', ['receive-pack', repository], { input });
  const taken = /unpack ok\n/.test(ran.stdout) && !/^[0-9a-f]{4}ng /m.test(ran.stdout);
  return { ...ran, status: ran.status === 0 && (updates.length === 0 || taken) ? 0 : 1 };
}

function packet(line: string): string {
  return (Buffer.byteLength(line) + 4).toString(16).padStart(4, '0') + line;
}

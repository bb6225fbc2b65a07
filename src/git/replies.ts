import { Buffer } from 'node:buffer';
import { VprError } from '../errors.js';

/** One answer of `git cat-file --batch-command`. */
export interface Reply {
  /** What was asked for, as git repeats it. */
  readonly name: string;
  /** `commit`, `tree`, `blob`, `tag`, or `missing`. */
  readonly type: string;
  /** Bytes; -1 for `missing`. */
  readonly size: number;
  /** Present for an object whose content was asked for. */
  readonly bytes?: Buffer;
}

/** Longest header line of a reply: two ids, a type and a size fit many times over. */
const HEADER = 512;
const LF = 0x0a;

/**
 * Takes the output of `git cat-file --batch-command` apart as it comes in, in
 * whatever pieces. `wantsContent` says whether the next reply has content.
 *
 * The returned function throws `git/protocol` where a reply does not read, and
 * `git/too-large` where an object is larger than `limit` bytes.
 */
export function replyReader(wantsContent: () => boolean, onReply: (reply: Reply) => void, limit: number): (chunk: Buffer) => void {
  let header = Buffer.alloc(0);
  let reply: (Reply & { readonly bytes: Buffer }) | undefined;
  let filled = 0;

  /** Reads one header line, or the part of it that is there. Returns where it stopped. */
  function readHeader(chunk: Buffer, from: number): number {
    const lf = chunk.indexOf(LF, from);
    const end = lf < 0 ? chunk.length : lf;
    header = Buffer.concat([header, chunk.subarray(from, end)]);
    if (header.length > HEADER) throw protocolError(header);
    if (lf < 0) return chunk.length;
    const found = parseHeader(header);
    header = Buffer.alloc(0);
    if (found.type === 'missing' || !wantsContent()) {
      onReply(found);
    } else {
      if (found.size > limit) throw new VprError('git/too-large', `object ${found.name} has ${found.size} bytes, more than ${limit}`);
      reply = { ...found, bytes: Buffer.allocUnsafe(found.size) };
      filled = 0;
    }
    return lf + 1;
  }

  /** Reads content, and the LF after it. Returns where it stopped. */
  function readContent(into: Reply & { readonly bytes: Buffer }, chunk: Buffer, from: number): number {
    const taken = chunk.copy(into.bytes, filled, from);
    filled += taken;
    const end = from + taken;
    if (end === chunk.length) return end;
    if (chunk[end] !== LF) throw protocolError(chunk.subarray(end, end + HEADER));
    reply = undefined;
    onReply(into);
    return end + 1;
  }

  return (chunk) => {
    for (let at = 0; at < chunk.length; ) {
      at = reply === undefined ? readHeader(chunk, at) : readContent(reply, chunk, at);
    }
  };
}

function parseHeader(header: Buffer): Reply {
  const text = header.toString('latin1');
  const [name = '', type = '', size, ...rest] = text.split(' ');
  if (size === undefined && type === 'missing') return { name, type, size: -1 };
  if (size === undefined || rest.length > 0 || !/^\d{1,15}$/.test(size)) throw protocolError(header);
  return { name, type, size: Number(size) };
}

function protocolError(found: Buffer): VprError {
  return new VprError(
    'git/protocol',
    `git cat-file answered with something else than an object: ${JSON.stringify(found.toString('latin1').slice(0, 80))}`,
  );
}

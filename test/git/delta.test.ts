/** Deltas: whole objects, objects in pieces, and versions that share their memory. */
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import t from 'tap';
import { applyDelta, applyToPieces } from '../../src/git/delta.js';
import { ownPieces } from '../../src/git/own-content.js';
import { commonEnd, commonStart, joined, onePiece, PIECE, part, piecesOf } from '../../src/git/pieces.js';

/** A part of the base, or new bytes. */
type Run = { readonly offset: number; readonly length: number } | { readonly fresh: Buffer };

function size(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push(0x80 | (rest & 0x7f));
  return Buffer.from([...bytes, rest]);
}

/** As git writes it (gitformat-pack), and what it makes. */
function deltaOf(base: Buffer, runs: readonly Run[]): { delta: Buffer; made: Buffer } {
  const made = Buffer.concat(runs.map((run) => ('fresh' in run ? run.fresh : base.subarray(run.offset, run.offset + run.length))));
  const commands = runs.flatMap((run) => {
    if ('fresh' in run) return [Buffer.from([run.fresh.length]), run.fresh];
    const { offset, length } = run;
    return [
      Buffer.from([0xff, offset & 0xff, (offset >> 8) & 0xff, (offset >> 16) & 0xff, 0, length & 0xff, (length >> 8) & 0xff, length >> 16]),
    ];
  });
  return { delta: Buffer.concat([size(base.length), size(made.length), ...commands]), made };
}

const fresh = fc.uint8Array({ minLength: 1, maxLength: 127 }).map((bytes) => ({ fresh: Buffer.from(bytes) }));

/** Copies of a base: anywhere, and mostly one after the other, as a changed line in a long file makes them. */
function runsOf(base: Buffer): fc.Arbitrary<readonly Run[]> {
  const copy = fc
    .tuple(fc.nat(base.length - 1), fc.nat(base.length))
    .map(([offset, length]) => ({ offset, length: Math.max(1, Math.min(length, base.length - offset)) }));
  const changed = fc
    .tuple(fc.nat(base.length - 1), fc.nat(40), fresh)
    .map(([at, left, put]): Run[] =>
      [{ offset: 0, length: at }, put, { offset: at + left, length: base.length - at - left }].filter(
        (run) => 'fresh' in run || run.length > 0,
      ),
    );
  return fc.oneof(fc.array(fc.oneof(copy, fresh), { maxLength: 6 }), changed);
}

const base = fc
  .integer({ min: 1, max: 3 * PIECE + 5 })
  .map((length) => Buffer.from(Uint8Array.from({ length }, (_, at) => (at * 31) % 251)));

t.test('a delta makes what its runs say, at once and in pieces', async (t) => {
  fc.assert(
    fc.property(
      base.chain((bytes) => fc.tuple(fc.constant(bytes), runsOf(bytes))),
      ([bytes, runs]) => {
        const { delta, made } = deltaOf(bytes, runs);
        const whole = applyDelta(bytes, delta, made.length);
        const pieces = applyToPieces(piecesOf(bytes), delta, made.length);
        const sizes = pieces?.pieces.slice(0, -1).every(({ length }) => length === PIECE);
        return whole?.equals(made) === true && pieces !== undefined && joined(pieces).equals(made) && sizes === true;
      },
    ),
    { numRuns: 2000 },
  );
  t.pass('for two thousand deltas');
});

t.test('a delta that was changed anywhere makes nothing else than its size, or nothing', async (t) => {
  fc.assert(
    fc.property(
      base.chain((bytes) => fc.tuple(fc.constant(bytes), runsOf(bytes), fc.nat(), fc.integer({ min: 1, max: 255 }))),
      ([bytes, runs, at, change]) => {
        const { delta, made } = deltaOf(bytes, runs);
        const before = Buffer.from(bytes);
        delta[at % delta.length] = (delta[at % delta.length] ?? 0) ^ change;
        const whole = applyDelta(bytes, delta, made.length);
        const pieces = applyToPieces(piecesOf(bytes), delta, made.length);
        return (
          (whole === undefined) === (pieces === undefined) &&
          (whole === undefined || (whole.length === made.length && joined(pieces ?? onePiece(before)).equals(whole))) &&
          bytes.equals(before)
        );
      },
    ),
    { numRuns: 2000 },
  );
  t.pass('for two thousand deltas');
});

t.test('versions that grow share their memory, and none is ever written to', async (t) => {
  const append = (bytes: Buffer, text: string): Buffer => {
    const { delta, made } = deltaOf(bytes, [{ offset: 0, length: bytes.length }, { fresh: Buffer.from(text) }]);
    const grown = applyDelta(bytes, delta, made.length);
    if (grown === undefined) throw new Error('the delta is good');
    return grown;
  };
  let version: Buffer = Buffer.alloc(5000, 'x');
  const versions: [bytes: Buffer, copy: Buffer][] = [];
  for (let count = 0; count < 200; count += 1) {
    versions.push([version, Buffer.from(version)]);
    version = append(version, `message ${count}\n`);
  }
  // Two that begin alike: the second must not be written over the first.
  const [one = version] = versions[100] ?? [];
  const other = append(one, 'something else\n');
  t.ok(other.subarray(one.length).equals(Buffer.from('something else\n')));
  t.ok(
    versions.every(([bytes, copy]) => bytes.equals(copy)),
    'all are what they were',
  );
  t.ok(new Set(versions.slice(1).map(([{ buffer }]) => buffer)).size < 5, 'in a few memories');
});

t.test('versions that are the beginnings of a newer one share its memory, as git packs them, and grow without writing to it', async (t) => {
  const newest = Buffer.from(new ArrayBuffer(20_000)).fill('message\n');
  const beginning = (bytes: Buffer, length: number): Buffer => {
    const { delta, made } = deltaOf(bytes, [{ offset: 0, length }]);
    const version = applyDelta(bytes, delta, made.length);
    if (version === undefined) throw new Error('the delta is good');
    return version;
  };
  const older: Buffer[] = [];
  for (const length of [19_000, 12_000, 6000]) older.push(beginning(older.at(-1) ?? newest, length));
  t.ok(older.every(({ buffer }) => buffer === newest.buffer));
  t.not(beginning(newest, 4000).buffer, newest.buffer, 'a short one does not keep a long one in memory');

  const [last = newest] = older.slice(-1);
  const { delta, made } = deltaOf(last, [{ offset: 0, length: last.length }, { fresh: Buffer.from('something else\n') }]);
  t.ok(applyDelta(last, delta, made.length)?.equals(made));
  t.ok(newest.equals(Buffer.alloc(20_000, 'message\n')), 'which was not written to');
});

t.test('parts of content in pieces, and what two have in common', async (t) => {
  const contents = fc
    .tuple(fc.uint8Array({ minLength: 1, maxLength: 60 }), fc.uint8Array({ maxLength: 60 }), fc.nat(60))
    .map(([a, b, kept]) => [Buffer.from(a), Buffer.concat([a.subarray(0, kept), b])] as const);
  const cut = (bytes: Buffer) => ({
    length: bytes.length,
    size: 8,
    pieces: Array.from({ length: Math.ceil(bytes.length / 8) }, (_, index) => bytes.subarray(index * 8, index * 8 + 8)),
  });
  fc.assert(
    fc.property(contents, fc.nat(60), fc.nat(60), ([a, b], from, to) => {
      const [start, end] = [Math.min(from, to, a.length), Math.min(Math.max(from, to), a.length)];
      let first = 0;
      while (first < Math.min(a.length, b.length) && a[first] === b[first]) first += 1;
      let last = 0;
      while (last < Math.min(a.length, b.length) - Math.min(start, b.length) && a.at(-1 - last) === b.at(-1 - last)) last += 1;
      return (
        part(cut(a), start, end).equals(a.subarray(start, end)) &&
        commonStart(cut(a), cut(b)) === first &&
        commonStart(onePiece(a), cut(b)) === first &&
        (start > b.length || commonEnd(cut(a), cut(b), start) === Math.min(last, a.length - start))
      );
    }),
    { numRuns: 5000 },
  );
  t.pass('for five thousand pairs');
});

t.test('a tree in pieces is hashed as git does, and found out where one piece is another', async (t) => {
  const own = ownPieces();
  const id = (bytes: Buffer) => createHash('sha1').update(`tree ${bytes.length}\0`).update(bytes).digest('hex');
  let tree = piecesOf(Buffer.alloc(5 * PIECE + 100, 'tree'));
  for (let count = 0; count < 30; count += 1) {
    const bytes = joined(tree);
    t.equal(own(id(bytes), tree), tree);
    const at = (count * 7919) % (bytes.length - 20);
    const runs: Run[] = [
      { offset: 0, length: at },
      { fresh: Buffer.alloc(20, count) },
      { offset: at + 20, length: bytes.length - at - 20 },
    ].filter((run) => 'fresh' in run || run.length > 0);
    const changed = applyToPieces(tree, deltaOf(bytes, runs).delta, bytes.length);
    if (changed === undefined) throw new Error('the delta is good');
    t.throws(() => own(id(bytes), changed), { code: 'git/tampered' });
    tree = changed;
  }
});

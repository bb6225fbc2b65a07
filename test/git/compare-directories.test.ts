import fc from 'fast-check';
import t from 'tap';
import type { Pieces } from '../../src/format/push.js';
import { readTreeObject, type TreeEntry } from '../../src/format/tree-object.js';
import { compareBytes, compareEntries } from '../../src/git/compare-directories.js';
import { directoryOf } from '../../src/git/directory.js';
import { onePiece } from '../../src/git/pieces.js';

/** Few names and ids, with bytes that look like entries, so that everything happens often. */
const entry: fc.Arbitrary<TreeEntry> = fc.record({
  mode: fc.constantFrom('100644', '40000', '100755'),
  name: fc.constantFrom('a', 'a.b', 'a0', 'aa', 'b', 'b b', 'c', 'd', '100644 a'),
  id: fc.constantFrom('61'.repeat(20), `${'00'.repeat(19)}20`, `206100${'20'.repeat(17)}`, `${'31'.repeat(18)}2061`, 'ff'.repeat(20)),
});

const key = ({ mode, name }: TreeEntry) => (mode === '40000' ? `${name}/` : name);

function sorted(entries: readonly TreeEntry[]): TreeEntry[] {
  const names = new Map(entries.map((each) => [each.name, each]));
  return [...names.values()].sort((a, b) => (key(a) < key(b) ? -1 : 1));
}

function stored(entries: readonly TreeEntry[]): Buffer {
  return Buffer.concat(entries.flatMap(({ mode, name, id }) => [Buffer.from(`${mode} ${name}\0`), Buffer.from(id, 'hex')]));
}

/** Pieces of seven bytes, the very same as those of `like` where their content is. */
function inPieces(bytes: Buffer, like?: Pieces): Pieces {
  const pieces = Array.from({ length: Math.ceil(bytes.length / 7) }, (_, index) => {
    const piece = bytes.subarray(index * 7, index * 7 + 7);
    const known = like?.pieces[index];
    return known !== undefined && index % 3 > 0 && piece.equals(known) ? known : piece;
  });
  return { length: bytes.length, size: 7, pieces };
}

/** In one piece and in many, which must make no difference. */
function byBytes(before: Buffer, after: Buffer) {
  const found = compareBytes(directoryOf(onePiece(before)), directoryOf(onePiece(after)));
  const pieces = inPieces(before);
  const again = compareBytes(directoryOf(pieces), directoryOf(inPieces(after, pieces)));
  if (JSON.stringify(again) !== JSON.stringify(found)) throw new Error(`in pieces: ${JSON.stringify([before, after, found, again])}`);
  return found;
}

/** Both ways of comparing must say the same, where the first says anything. */
function agree(before: readonly TreeEntry[], after: readonly TreeEntry[]): boolean {
  const quick = byBytes(stored(before), stored(after));
  if (quick === undefined) return true;
  const whole = compareEntries(before, after);
  const names = (changes: typeof whole.changes) =>
    changes.map((change) => JSON.stringify([change.name, change.before ?? null, change.after ?? null])).sort();
  return (
    JSON.stringify(names(quick.changes)) === JSON.stringify(names(whole.changes)) &&
    (quick.order === undefined) === (whole.order === undefined)
  );
}

t.test('what is compared by bytes is what is compared by entries', async (t) => {
  fc.assert(
    fc.property(fc.array(entry), fc.array(entry), (a, b) => agree(sorted(a), sorted(b))),
    { numRuns: 5000 },
  );
  fc.assert(
    fc.property(fc.array(entry, { minLength: 1 }), fc.nat(), fc.array(entry, { maxLength: 3 }), fc.nat(2), (a, place, put, take) => {
      const before = sorted(a);
      const at = place % before.length;
      return agree(before, [...before.slice(0, at), ...put, ...before.slice(at + take)]);
    }),
    { numRuns: 5000 },
  );
  t.pass('for ten thousand pairs');
});

t.test('one thread more, or changed, among many', async (t) => {
  const threads = Array.from({ length: 2000 }, (_, index) => ({
    mode: '40000',
    name: `t${String(index * 2).padStart(6, '0')}`,
    id: 'aa'.repeat(20),
  }));
  const change = (at: number, ...put: TreeEntry[]) => [...threads.slice(0, at), ...put, ...threads.slice(at + 1)];
  for (const at of [0, 1, 1000, 1998, 1999]) {
    const former = threads[at] ?? { mode: '', name: '', id: '' };
    const changed = { ...former, id: 'bb'.repeat(20) };
    const fresh = { ...former, name: `${former.name}0` };
    t.same(byBytes(stored(threads), stored(change(at, changed))), {
      changes: [{ name: former.name, before: former, after: changed }],
      order: undefined,
    });
    t.same(byBytes(stored(threads), stored(change(at, former, fresh)))?.changes, [{ name: fresh.name, before: undefined, after: fresh }]);
    t.same(byBytes(stored(threads), stored(change(at)))?.changes, [{ name: former.name, before: former, after: undefined }], 'removed');
    t.type(byBytes(stored(threads), stored(change(at, fresh, former)))?.order, 'string', 'out of order');
  }
  const [first = { mode: '', name: '', id: '' }] = threads;
  t.equal(
    byBytes(stored(threads), stored([...threads, { ...first, mode: '100644' }])),
    undefined,
    'a name that may stand twice is looked into',
  );
  t.equal(byBytes(stored(threads), stored(threads).subarray(0, -1)), undefined, 'what is cut off as well');
  t.same(byBytes(stored(threads), stored(threads)), { changes: [], order: undefined });
  t.ok(readTreeObject(stored(threads)).ok);
});

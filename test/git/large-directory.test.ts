import fc from 'fast-check';
import t from 'tap';
import { readTreeObject, type TreeEntry } from '../../src/format/tree-object.js';
import { compareLarge, compareSmall } from '../../src/git/large-directory.js';

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

/** Both ways of comparing must say the same, where the first says anything. */
function agree(before: readonly TreeEntry[], after: readonly TreeEntry[]): boolean {
  const quick = compareLarge(stored(before), stored(after));
  if (quick === undefined) return true;
  const whole = compareSmall(before, after);
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
    t.same(compareLarge(stored(threads), stored(change(at, changed))), {
      changes: [{ name: former.name, before: former, after: changed }],
      order: undefined,
    });
    t.same(compareLarge(stored(threads), stored(change(at, former, fresh)))?.changes, [
      { name: fresh.name, before: undefined, after: fresh },
    ]);
    t.same(compareLarge(stored(threads), stored(change(at)))?.changes, [{ name: former.name, before: former }], 'removed');
    t.type(compareLarge(stored(threads), stored(change(at, fresh, former)))?.order, 'string', 'out of order');
  }
  const [first = { mode: '', name: '', id: '' }] = threads;
  t.equal(
    compareLarge(stored(threads), stored([...threads, { ...first, mode: '100644' }])),
    undefined,
    'a name that may stand twice is looked into',
  );
  t.equal(compareLarge(stored(threads), stored(threads).subarray(0, -1)), undefined, 'what is cut off as well');
  t.same(compareLarge(stored(threads), stored(threads)), { changes: [], order: undefined });
  t.ok(readTreeObject(stored(threads)).ok);
});

import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import t from 'tap';
import { readTreeObject, type TreeEntry } from '../../src/format/tree-object.js';
import { faultsOf, valueOf } from './format-page.js';

const ID = 'b8aa1eaf5741bc9bbdc23317c88a4c0bc492c7c6';

function tree(entries: readonly TreeEntry[]): Buffer {
  return Buffer.concat(
    entries.map(({ mode, name, id }) => Buffer.concat([Buffer.from(`${mode} ${name}\0`, 'latin1'), Buffer.from(id, 'hex')])),
  );
}

t.test('modes, names and ids as they are stored', async (t) => {
  const entries = [
    { mode: '100664', name: 'a b', id: ID },
    { mode: '40000', name: '\xe9', id: ID },
    { mode: '0100644', name: '', id: ID },
  ];
  t.same(readTreeObject(tree(entries.slice(0, 2))), { ok: true, value: entries.slice(0, 2) });
  t.same(faultsOf(readTreeObject(tree(entries))), ['entry 3 of the tree has no mode'], 'seven digits are none');
  t.same(valueOf(readTreeObject(new Uint8Array())), [], 'the empty tree');
  const long = { mode: '40000', name: 'x', id: 'ab'.repeat(32) };
  t.same(valueOf(readTreeObject(tree([long]), 32)), [long], 'SHA-256');
});

t.test('what cannot be taken apart', async (t) => {
  const whole = tree([{ mode: '100644', name: 'a', id: ID }]);
  t.same(faultsOf(readTreeObject(whole.subarray(0, -1))), ['entry 1 of the tree is cut off']);
  t.same(faultsOf(readTreeObject(Buffer.from('100644 a'))), ['entry 1 of the tree is cut off']);
  t.same(faultsOf(readTreeObject(Buffer.concat([whole, Buffer.from('x')]))), ['entry 2 of the tree has no mode']);
  t.same(faultsOf(readTreeObject(Buffer.from('100648 a\0'))), ['entry 1 of the tree has no mode']);
  t.same(faultsOf(readTreeObject(Buffer.from(' a\0'))), ['entry 1 of the tree has no mode']);
});

t.test('what is written reads as it was; nothing throws', async () => {
  const entry = fc.record({
    mode: fc.stringMatching(/^[0-7]{1,6}$/),
    name: fc.uint8Array({ min: 1, maxLength: 10 }).map((name) => Buffer.from(name).toString('latin1')),
    id: fc.uint8Array({ minLength: 20, maxLength: 20 }).map((id) => Buffer.from(id).toString('hex')),
  });
  fc.assert(fc.property(fc.array(entry), (entries) => JSON.stringify(valueOf(readTreeObject(tree(entries)))) === JSON.stringify(entries)));
  fc.assert(fc.property(fc.uint8Array(), (input) => typeof readTreeObject(input).ok === 'boolean'));
});

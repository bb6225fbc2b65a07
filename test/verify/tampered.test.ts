/** Objects whose content is not their own are found, however well the store around them was mended. */
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import type { GitObject, ObjectId } from '../../src/format/push.js';
import { git, makeClient, writeObjects } from '../e2e/support.js';
import { makePeople } from '../support/people.js';
import { pushedRecord, verify } from './support.js';
import { altered, writePack } from './support-tampered.js';

const people = await makePeople();
const { directory, trust, record, tips } = await pushedRecord(t, people, (record) => record.append());
const tip = tips.at(-1) ?? '';
const objects = record.made().objects;

/** The ids of a commit, a tree and a blob of the history. */
const victims = new Map<string, ObjectId>();
for (const [id, { type }] of objects) victims.set(type, id);
victims.set('commit', tip);

function repository(name: string): string {
  const path = makeClient(join(directory, name));
  writeFileSync(join(path, 'refs/heads/main'), `${tip}\n`);
  return path;
}

for (const [type, id] of victims) {
  t.test(`a ${type}, stored loose`, async (t) => {
    const path = repository(`loose-${type}`);
    writeObjects(path, objects);
    t.match(await verify({ in: path, trust }), { good: true });
    const object = objects.get(id) as GitObject;
    rmSync(join(path, 'objects', id.slice(0, 2), id.slice(2)));
    writeObjects(path, [[id, altered(object)]]);
    const found = await verify({ in: path, trust });
    t.match(found, { good: false, record: { history: { damage: { code: 'git/tampered' } } } });
    t.match(found.text, new RegExp(`incomplete \\(damaged\\).*${id}`));
  });

  t.test(`a ${type}, in a pack whose index and checksums are right`, async (t) => {
    const path = repository(`packed-${type}`);
    const stored = [...objects].map(([name, object]): [ObjectId, GitObject] => [name, name === id ? altered(object) : object]);
    writePack(path, [...objects]);
    t.match(await verify({ in: path, trust }), { good: true });
    writePack(path, stored);
    t.equal((await git(path, 'cat-file', type, id)).status, 0, 'git itself reads it');
    const found = await verify({ in: path, trust });
    t.match(found, { good: false, record: { history: { damage: { code: 'git/tampered' } } } });
  });
}

for (const [where, store] of Object.entries({
  'in a pack beside it': (path: string, copy: readonly [ObjectId, GitObject]) => writePack(path, [copy], true),
  'loose beside its pack': (path: string, copy: readonly [ObjectId, GitObject]) => writeObjects(path, [copy]),
  'in a store that is borrowed from': (path: string, copy: readonly [ObjectId, GitObject]) => {
    const other = makeClient(join(path, 'other'));
    writePack(other, [copy]);
    mkdirSync(join(path, 'objects/info'), { recursive: true });
    writeFileSync(join(path, 'objects/info/alternates'), '../other/objects\n');
  },
})) {
  t.test(`a second copy that is altered, ${where}, is found whichever of them git would show`, async (t) => {
    for (const [type, id] of victims) {
      const object = objects.get(id) as GitObject;
      for (const [copy, good] of [
        [object, true],
        [altered(object), false],
      ] as const) {
        const path = repository(`twice-${type}-${where.length}-${good}`);
        writePack(path, [...objects]);
        store(path, [id, copy]);
        const found = await verify({ in: path, trust });
        t.equal(found.good, good, `${type}: ${found.text}`);
        if (!good) t.match(found, { record: { history: { damage: { code: 'git/tampered' } } } });
      }
    }
  });
}

t.test('a store that is borrowed from, named so that git alone finds it', async (t) => {
  const borrowing = (name: string, line: string) => {
    const path = repository(name);
    writeObjects(path, objects);
    const [id] = [victims.get('blob') ?? ''];
    // What lies in a pack comes before what is loose, wherever either lies.
    writePack(makeClient(join(path, 'other')), [[id, altered(objects.get(id) as GitObject)]]);
    mkdirSync(join(path, 'objects/info'), { recursive: true });
    writeFileSync(join(path, 'objects/info/alternates'), `${line}\n`);
    return path;
  };
  const moved = borrowing('moved', '../other/objects');
  mkdirSync(join(moved, 'elsewhere'));
  renameSync(join(moved, 'objects'), join(moved, 'elsewhere/objects'));
  renameSync(join(moved, 'other'), join(moved, 'elsewhere/other'));
  symlinkSync('elsewhere/objects', join(moved, 'objects'));
  t.match(await verify({ in: moved, trust }), { good: false, record: { history: { damage: { code: 'git/tampered' } } } });
  // After what is quoted git skips a character, and takes the rest for another path.
  for (const line of ['"../nothing"x../other/objects', '"../other/objects'])
    await t.rejects(verify({ in: borrowing(`quoted-${line.length}`, line), trust }), { code: 'git/alternates' }, line);
});

t.test('an index that has an id twice, of which git finds one and another reader the other', async (t) => {
  for (const [type, id] of victims) {
    const object = objects.get(id) as GitObject;
    const [good, bad]: [ObjectId, GitObject][] = [
      [id, object],
      [id, altered(object)],
    ];
    for (const [place, twice] of [
      [good, good],
      [good, bad],
      [bad, good],
    ].entries()) {
      const path = repository(`repeated-${type}-${place}`);
      writePack(path, [...[...objects].filter(([name]) => name !== id), ...(twice as [ObjectId, GitObject][])]);
      const found = await verify({ in: path, trust });
      if (place === 0) t.match(found, { good: true }, 'the same twice, as index-pack allows');
      else t.match(found, { good: false, record: { history: { damage: { code: 'git/tampered' } } } }, `${type}, ${place}: ${found.text}`);
    }
  }
  const path = repository('disordered');
  writePack(path, [...objects], false, 'as they come');
  t.match(await verify({ in: path, trust }), { good: false, record: { history: { damage: { code: 'git/failed' } } } });
});

t.test('a pack whose index does not read here may hold anything', async (t) => {
  const path = repository('other-index');
  writePack(path, [...objects]);
  writeFileSync(join(path, 'objects/pack/pack-0000000000000000000000000000000000000000.idx'), 'an index of another kind');
  t.match(await verify({ in: path, trust }), { good: false, record: { history: { damage: { code: 'git/failed' } } } });
});

t.test('a pack that git does not read, since it is not the one that its index is about', async (t) => {
  const id = victims.get('blob') ?? '';
  for (const [what, change] of Object.entries<(pack: Buffer) => void>({
    'its checksum': (pack) => void pack.writeUInt8((pack.at(-1) ?? 0) ^ 1, pack.length - 1),
    'the number of its objects': (pack) => void pack.writeUInt8((pack[11] ?? 0) ^ 1, 11),
    'its first letter': (pack) => void pack.write('p', 0),
  })) {
    const path = repository(`mismatch-${what.length}`);
    writePack(path, [...objects]);
    const folder = join(path, 'objects/pack');
    const file = join(folder, readdirSync(folder).find((name) => name.endsWith('.pack')) ?? '');
    const pack = readFileSync(file);
    change(pack);
    writeFileSync(file, pack);
    t.not((await git(path, 'cat-file', 'blob', id)).status, 0, what);
    t.match(await verify({ in: path, trust }), { good: false, record: { history: { damage: { code: 'git/failed' } } } }, what);
  }
});

t.test('every copy is hashed, also among more packs than the hook would read', async (t) => {
  const path = repository('many-packs');
  for (const [id, object] of objects) writePack(path, [[id, object]], true);
  const blob = victims.get('blob') ?? '';
  for (let i = 0; i < 101; i += 1) {
    const bytes = Buffer.from(`${i}\n`);
    writePack(path, [[createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex'), { type: 'blob', bytes }]], true);
  }
  t.match(await verify({ in: path, trust }), { good: true });
  writePack(path, [[blob, altered(objects.get(blob) as GitObject)]], true);
  t.match(await verify({ in: path, trust }), { good: false, record: { history: { damage: { code: 'git/tampered' } } } });
});

t.test('a loose object that is cut off', async (t) => {
  const path = repository('cut');
  writeObjects(path, objects);
  const id = victims.get('blob') ?? '';
  const file = join(path, 'objects', id.slice(0, 2), id.slice(2));
  const bytes = readFileSync(file);
  writeFileSync(file, bytes.subarray(0, bytes.length >> 1));
  const found = await verify({ in: path, trust });
  t.equal(found.good, false);
  t.ok(found.gaps.includes('damaged') || found.gaps.includes('missing'), found.gaps.join());
});

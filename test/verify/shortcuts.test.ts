/** What git keeps beside objects to find them faster, forged so that git shows something else than the objects are. */
import { createHash } from 'node:crypto';
import { chmodSync, copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import t from 'tap';
import { vpr } from '../commands/support.js';
import { gitLine } from '../e2e/support.js';
import { makePeople } from '../support/people.js';
import { pushedRecord, verify } from './support.js';

const people = await makePeople();
const { directory, client, trust, tips } = await pushedRecord(
  t,
  people,
  (record) => record.append(),
  (record) => record.append(),
);
const [first = '', second = '', third = ''] = tips;

/** A bare copy of the record, in one pack. */
async function copy(name: string): Promise<string> {
  await gitLine(directory, 'clone', '--quiet', '--bare', '--no-local', client, name);
  const path = join(directory, name);
  await gitLine(path, 'repack', '-adq');
  return path;
}

const sha1 = (bytes: Uint8Array) => createHash('sha1').update(bytes).digest();

/** Changes the body of a file that ends with its own SHA-1, and makes that right. */
function forge(file: string, change: (body: Buffer) => void): Buffer {
  const body = readFileSync(file).subarray(0, -20);
  change(body);
  chmodSync(file, 0o644);
  const forged = Buffer.concat([body, sha1(body)]);
  writeFileSync(file, forged);
  return forged;
}

/** Where a chunk begins (gitformat-chunk): its table follows a head of that many bytes. */
function chunk(body: Buffer, name: string, head: number): number {
  const at = body.indexOf(name, head, 'latin1');
  return Number(body.readBigUInt64BE(at + 4));
}

/** Gives a commit another tree in a commit graph. */
async function otherTree(path: string, body: Buffer, commit: string, like: string): Promise<void> {
  const ids = chunk(body, 'OIDL', 8);
  const place = (body.indexOf(Buffer.from(commit, 'hex'), ids) - ids) / 20;
  Buffer.from(await gitLine(path, 'rev-parse', `${like}^{tree}`), 'hex').copy(body, chunk(body, 'CDAT', 8) + place * 36);
}

/** The tree of the newest commit, as stock git has it. */
const shown = (path: string) => gitLine(path, 'log', '-1', '--format=%T', 'main');
/** A file that the commits have in different versions. */
const thread = (await gitLine(client, 'ls-tree', '-r', '--name-only', 'main', 'communications')).split('\n')[0];

t.test('a commit graph, whole or in parts, that gives a commit another tree', async (t) => {
  const path = await copy('graph');
  const honest = await shown(path);
  await gitLine(path, 'commit-graph', 'write', '--reachable');
  t.match(await verify({ in: path, trust }), { good: true }, 'as git writes it, it is no gap');
  const graph = join(path, 'objects/info/commit-graph');
  const body = readFileSync(graph).subarray(0, -20);
  await otherTree(path, body, third, second);
  forge(graph, (bytes) => void body.copy(bytes));
  t.not(await shown(path), honest, 'git shows what the graph says');
  const found = await verify({ in: path, trust });
  t.match(found, { good: false, gaps: ['commit-graph'] });
  t.match(
    found.text,
    /incomplete \(commit-graph\): git's commit-graph in .* git shows what it says: .* \(mend it: git commit-graph write --reachable\)/,
  );
  t.match(vpr(path, ['verify', '--trust', trust, '--no-cache']), { status: 1 });
  t.match(await verify({ in: path, trust, range: `${first}..main` }), { good: false, gaps: ['commit-graph'] }, 'of a range as well');

  rmSync(graph);
  await gitLine(path, 'commit-graph', 'write', '--reachable', '--split');
  t.match(await verify({ in: path, trust }), { good: true });
  const parts = join(path, 'objects/info/commit-graphs');
  const chain = join(parts, 'commit-graph-chain');
  const [part = ''] = readdirSync(parts).filter((name) => name.endsWith('.graph'));
  const split = readFileSync(join(parts, part)).subarray(0, -20);
  await otherTree(path, split, third, second);
  const forged = Buffer.concat([split, sha1(split)]);
  const name = forged.subarray(-20).toString('hex');
  writeFileSync(join(parts, `graph-${name}.graph`), forged);
  chmodSync(chain, 0o644);
  writeFileSync(chain, `${name}\n`);
  t.not(await shown(path), honest);
  t.match(await verify({ in: path, trust }), { good: false, gaps: ['commit-graph'] });

  const borrower = join(directory, 'borrower');
  await gitLine(directory, 'clone', '--quiet', '--bare', '--shared', path, borrower);
  t.match(await verify({ in: borrower, trust }), { good: false, gaps: ['commit-graph'] }, 'of a store that is borrowed from');
});

t.test('a multi-pack index, also with its bitmap, that has an object where another one lies', async (t) => {
  const path = await copy('midx');
  const [one, two] = await Promise.all([first, third].map((commit) => gitLine(path, 'rev-parse', `${commit}:${thread}`)));
  for (const bitmap of [[], ['--bitmap']]) {
    await gitLine(path, 'multi-pack-index', 'write', ...bitmap);
    t.match(await verify({ in: path, trust }), { good: true }, `as git writes it ${bitmap}`);
    forge(join(path, 'objects/pack/multi-pack-index'), (body) => {
      const [ids, offsets] = [chunk(body, 'OIDL', 12), chunk(body, 'OOFF', 12)];
      const [from, to] = [one, two].map((id) => offsets + ((body.indexOf(Buffer.from(id ?? '', 'hex'), ids) - ids) / 20) * 8);
      body.copy(body, to, from, (from ?? 0) + 8);
    });
    t.equal(await gitLine(path, 'cat-file', 'blob', two ?? ''), await gitLine(path, 'cat-file', 'blob', one ?? ''));
    const found = await verify({ in: path, trust });
    t.match(found, { good: false, gaps: ['multi-pack-index'] });
    t.match(found.text, /mend it: git multi-pack-index write\)/);
    for (const file of readdirSync(join(path, 'objects/pack')).filter((file) => file.startsWith('multi-pack-index')))
      rmSync(join(path, 'objects/pack', file), { force: true });
  }
});

t.test('a multi-pack index that names a pack beside the store, whose own index agrees with it', async (t) => {
  const path = await copy('outside');
  await gitLine(path, 'multi-pack-index', 'write');
  const packs = join(path, 'objects/pack');
  const [pack = ''] = readdirSync(packs).filter((name) => name.endsWith('.pack'));
  const stem = pack.slice(0, -'.pack'.length);
  // Of the same length as the name it takes the place of.
  const outside = `../../${stem.slice('../../'.length)}`;
  for (const end of ['pack', 'idx']) copyFileSync(join(packs, `${stem}.${end}`), join(packs, `${outside}.${end}`));
  forge(join(packs, 'multi-pack-index'), (body) => void body.write(`${outside}.idx`, body.indexOf(`${stem}.idx`), 'latin1'));
  t.equal(await gitLine(path, 'multi-pack-index', 'verify'), '', 'git finds nothing wrong with it');
  const found = await verify({ in: path, trust });
  t.match(found, { good: false, gaps: ['multi-pack-index'] });
  t.match(found.text, `it has objects in ${outside}.idx`);
});

t.test('such files that do not read are gaps, and no crash', async (t) => {
  const path = await copy('noise');
  for (const [file, code] of [
    ['info/commit-graph', 'commit-graph'],
    ['pack/multi-pack-index', 'multi-pack-index'],
  ] as const) {
    const place = join(path, 'objects', file);
    for (const content of ['', 'x', 'MIDX', `MIDX${'\x01\x01\xff\x00\xff\xff\xff\xff'}PNAM`, 'CGPH'.padEnd(2000, '\xff')]) {
      mkdirSync(dirname(place), { recursive: true });
      writeFileSync(place, content, 'latin1');
      const found = await verify({ in: path, trust });
      t.equal(found.good, false, `${file} ${JSON.stringify(content.slice(0, 20))}`);
      t.ok(found.gaps.includes(code));
    }
    rmSync(place);
  }
});

t.test('an empty directory where git would keep them is no matter', async (t) => {
  const path = await copy('empty');
  mkdirSync(join(path, 'objects/info/commit-graphs'), { recursive: true });
  t.match(await verify({ in: path, trust }), { good: true });
});

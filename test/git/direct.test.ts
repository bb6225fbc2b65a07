/** Objects read without git: the same as git reads, however they are stored; or git is asked. */
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { VprError } from '../../src/errors.js';
import { gitEnvironment, openDirect, openObjects } from '../../src/git/index.js';
import { git, type HandMade, handMade, storeAs, temporaryDirectory } from './plumbing.js';

const NOWHERE = '0123456789012345678901234567890123456789';
/** git can't be started in it, so that nothing but direct reading answers. */
const WITHOUT_GIT = { PATH: '/nonexistent' };

/** Text of many different characters, whose compressed form begins with a long table of them. */
const PROSE = Array.from({ length: 4000 }, (_, index) => String.fromCharCode(32 + ((index * index) % 93))).join('');

/** Versions of a long file, as a thread grows: git stores them as deltas. */
function versions(repository: HandMade, count: number): string[] {
  let text = randomBytes(6000).toString('hex');
  return Array.from({ length: count }, (_, index) => {
    text = index % 3 === 0 ? `${text}${randomBytes(40).toString('hex')}\n` : `${text.slice(0, 5000)}${index}${text.slice(5100)}`;
    return repository.blob(text);
  });
}

/** Everything of a repository, read by git and directly. */
async function compare(t: Test, path: string, ids: readonly string[], environment: Record<string, string> = WITHOUT_GIT): Promise<void> {
  const [reference, direct] = [openObjects(path), openDirect(path, environment)];
  for (const id of ids) {
    const [stat, object] = [await reference.stat(id), await reference.read(id)];
    t.strictSame(await direct.stat(id), stat);
    const found = await direct.read(id);
    t.equal(found?.type, object?.type);
    t.ok(Buffer.from(found?.bytes ?? []).equals(object?.bytes ?? Buffer.from('?')), id);
  }
  await Promise.all([reference.close(), direct.close()]);
}

function everything(repository: HandMade): string[] {
  const blobs = [
    ...versions(repository, 60),
    repository.blob(PROSE),
    repository.blob(''),
    repository.blob('x'),
    repository.blob('y'.repeat(200_000)),
  ];
  const trees = blobs.map((blob, index) => repository.tree(['100644', `f${index}`, blob]));
  const commits: string[] = [];
  for (const tree of trees) commits.push(repository.commit(tree, commits.slice(-1)));
  git(repository.path, 'update-ref', 'refs/heads/main', commits.at(-1) ?? '');
  return [...blobs, ...trees, ...commits];
}

t.test('loose objects', async (t) => {
  const repository = handMade(t);
  await compare(t, repository.path, everything(repository));
});

for (const [title, settings] of Object.entries({
  'a pack with deltas by offset': [],
  'a pack with deltas by id': ['-c', 'repack.useDeltaBaseOffset=false'],
  'a pack that is not compressed': ['-c', 'pack.compression=0'],
})) {
  t.test(title, async (t) => {
    const repository = handMade(t);
    const ids = everything(repository);
    git(repository.path, ...settings, 'repack', '-adfq', '--depth=40', '--window=50');
    t.notOk(existsSync(join(repository.path, 'objects', (ids[0] ?? '').slice(0, 2))), 'nothing is loose');
    t.match(
      git(
        repository.path,
        'verify-pack',
        '-v',
        ...readdirSync(join(repository.path, 'objects/pack'))
          .filter((name) => name.endsWith('.idx'))
          .map((name) => `objects/pack/${name}`),
      ),
      /chain length = [2-9]/,
    );
    await compare(t, repository.path, ids);
  });
}

t.test('a quarantine before the repository, and several packs', async (t) => {
  const repository = handMade(t);
  const first = versions(repository, 20);
  git(repository.path, 'update-ref', 'refs/heads/main', repository.commit(repository.tree(['100644', 'a', first[0] ?? ''])));
  const quarantine = join(repository.path, 'objects/incoming-x');
  mkdirSync(join(quarantine, 'pack'), { recursive: true });
  const fresh = repository.blob('fresh\n');
  mkdirSync(join(quarantine, fresh.slice(0, 2)));
  renameSync(join(repository.path, 'objects', fresh.slice(0, 2), fresh.slice(2)), join(quarantine, fresh.slice(0, 2), fresh.slice(2)));
  const direct = openDirect(repository.path, { ...WITHOUT_GIT, GIT_OBJECT_DIRECTORY: quarantine });
  t.same(await direct.stat(fresh), { type: 'blob', size: 6 });
  t.equal((await direct.stat(first[3] ?? ''))?.type, 'blob');
  await direct.close();
});

t.test('what is not there, or not stored in a known way, git is asked for', async (t) => {
  const repository = handMade(t);
  const ids = everything(repository);
  const direct = openDirect(repository.path, gitEnvironment());
  t.equal(await direct.stat(NOWHERE), undefined);
  t.equal(await direct.read(NOWHERE), undefined);
  await direct.close();
  await t.rejects(direct.read(ids[0] ?? ''), { code: 'git/closed' });

  git(repository.path, 'repack', '-adfq', '--depth=4000', '--window=200');
  await compare(t, repository.path, ids, gitEnvironment());
  const packs = join(repository.path, 'objects/pack');
  for (const name of readdirSync(packs).filter((entry) => entry.endsWith('.idx'))) {
    rmSync(join(packs, name));
    git(repository.path, 'index-pack', '--index-version=1', join('objects/pack', name.replace('.idx', '.pack')));
  }
  await compare(t, repository.path, ids, gitEnvironment());
});

t.test('damage is noticed', async (t) => {
  const repository = handMade(t);
  const blob = repository.blob('as it was\n');
  storeAs(repository.path, blob, Buffer.from('blob 10\0as it was!'));
  const direct = openDirect(repository.path, WITHOUT_GIT);
  await t.rejects(direct.read(blob), { code: 'git/tampered' });
  const long = repository.blob(randomBytes(20_000).toString('hex'));
  truncateSync(join(repository.path, 'objects', long.slice(0, 2), long.slice(2)), 5000);
  const asking = openDirect(repository.path, gitEnvironment());
  await t.rejects(asking.read(long), { code: 'git/failed' });
  await t.rejects(asking.close(), { code: 'git/failed' });
  await direct.close();
});

t.test('a pack with a bit flipped gives what it should, or an error, and nothing else', async (t) => {
  const repository = handMade(t);
  const ids = everything(repository).slice(0, 20);
  git(repository.path, 'repack', '-adfq');
  const packs = join(repository.path, 'objects/pack');
  const wrong: string[] = [];
  for (const name of readdirSync(packs).filter((entry) => /\.(?:pack|idx)$/.test(entry))) {
    const bytes = readFileSync(join(packs, name));
    for (let tried = 0; tried < 150; tried += 1) {
      const place = (tried * 7919) % bytes.length;
      const flipped = Buffer.from(bytes);
      flipped[place] = (flipped[place] ?? 0) ^ (1 << (tried % 8));
      rmSync(join(packs, name));
      writeFileSync(join(packs, name), flipped);
      const direct = openDirect(repository.path, WITHOUT_GIT);
      const id = ids[tried % ids.length] ?? '';
      await direct.read(id).catch((error: unknown) => {
        if (!(error instanceof VprError)) wrong.push(`${name} ${place}: ${error}`);
      });
      await direct.close().catch(() => {});
    }
    rmSync(join(packs, name));
    writeFileSync(join(packs, name), bytes);
  }
  t.strictSame(wrong, []);
});

t.test('an object larger than the limit is not read', async (t) => {
  const repository = handMade(t);
  const blob = repository.blob('x'.repeat(1000));
  const direct = openDirect(repository.path, WITHOUT_GIT, { largest: 999 });
  t.same(await direct.stat(blob), { type: 'blob', size: 1000 });
  await t.rejects(direct.read(blob), { code: 'git/too-large' });
  await direct.close();
});

t.test('timers run while objects are read', async (t) => {
  const repository = handMade(t);
  const blob = repository.blob('x'.repeat(100_000));
  const direct = openDirect(repository.path, WITHOUT_GIT);
  let rung = false;
  setTimeout(() => {
    rung = true;
  }, 1);
  for (let reads = 0; !rung && reads < 100_000; reads += 1) await direct.read(blob);
  t.ok(rung);
  await direct.close();
});

t.test('a directory that is no repository', async (t) => {
  const directory = temporaryDirectory(t);
  writeFileSync(join(directory, 'objects'), '');
  const direct = openDirect(directory, gitEnvironment());
  await t.rejects(direct.read(NOWHERE), { code: 'git/failed' });
  await t.rejects(direct.close(), { code: 'git/failed' });
});

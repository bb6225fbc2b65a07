import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import type { ObjectSource } from '../../src/format/push.js';
import { openDirect, openObjects, type PushLimits, readHistory, readPush } from '../../src/git/index.js';
import { cleanEnvironment, git, handMade, LIMITS, temporaryDirectory } from './plumbing.js';
import { all, between } from './reading.js';

const ZERO = '0'.repeat(40);
const NOWHERE = '0123456789012345678901234567890123456789';

const text = (bytes: Uint8Array | undefined) => (bytes === undefined ? undefined : Buffer.from(bytes).toString());

t.test('a history made by git, read as git shows it', async (t) => {
  const directory = temporaryDirectory(t);
  git(directory, 'init', '--quiet', '--initial-branch=main');
  const steps: Record<string, string | null>[] = [
    { 'COORDINATION_STATUS.yaml': 'a: 1\n' },
    { 'communications/x/thread.md': 'one\n', 'communications/x/ledger.yaml': 'l: 1\n' },
    { 'communications/x/thread.md': 'one\ntwo\n' },
    { 'communications/y/thread.md': 'y\n', 'communications/y/ledger.yaml': 'l: 2\n', '.gitignore': 'files/\n' },
    { 'communications/x/ledger.yaml': null },
    { 'communications/x/thread.md': null, 'communications/x': 'now a file\n' },
  ];
  for (const step of steps) {
    for (const [path, content] of Object.entries(step)) {
      if (content === null) git(directory, 'rm', '--quiet', path);
      else {
        git(directory, 'update-index', '--add', '--cacheinfo', `100644,${hashed(directory, content)},${path}`);
        git(directory, 'checkout', '--', path);
      }
    }
    git(directory, 'commit', '--quiet', '-m', 'step');
  }
  const objects = openObjects(join(directory, '.git'));
  t.teardown(() => objects.close());
  const history = await readHistory(objects, { new: git(directory, 'rev-parse', 'HEAD').trim() }, LIMITS);
  t.same(history.end, { kind: 'root' });
  t.same(history.ids, git(directory, 'rev-list', '--reverse', 'HEAD').trim().split('\n'));
  const commits = await all(history);
  for (const commit of commits) {
    const shown = git(directory, 'diff-tree', '--root', '-r', '--no-commit-id', '--no-renames', '--abbrev=40', commit.id)
      .trim()
      .split('\n');
    const read = commit.changes.map(({ path, before, after }) => {
      const status = before === undefined ? 'A' : after === undefined ? 'D' : 'M';
      return `:${before?.mode ?? '000000'} ${after?.mode ?? '000000'} ${before?.id ?? ZERO} ${after?.id ?? ZERO} ${status}\t${path}`;
    });
    t.same(read, shown);
    t.same(commit.treeFaults, []);
  }
  const third = commits[2];
  t.equal(text(third?.before('communications/x/thread.md')?.bytes), 'one\n');
  t.equal(text(third?.after('communications/x/thread.md')?.bytes), 'one\ntwo\n');
  t.equal(text(third?.before('communications/x/ledger.yaml')?.bytes), 'l: 1\n', 'a file beside the changed one is read');
  t.equal(text(third?.after('communications/x/ledger.yaml')?.bytes), 'l: 1\n');
  t.equal(text(third?.after('COORDINATION_STATUS.yaml')?.bytes), 'a: 1\n');
  t.equal(third?.after('communications/y/thread.md'), undefined);
  t.equal(commits[3]?.after('communications/x/thread.md'), undefined, 'another thread is not read');
  t.equal(text(commits[5]?.after('communications/x')?.bytes), 'now a file\n');
  t.same(third?.parent, commits[1]?.commit);

  const part = await readHistory(objects, { old: history.ids[2] ?? '', new: history.new }, LIMITS);
  t.same([part.end, part.ids], [{ kind: 'old' }, history.ids.slice(3)]);
  t.same((await all(part))[0]?.parent, third?.commit);
});

function hashed(directory: string, content: string): string {
  writeFileSync(join(directory, 'content'), content);
  return git(directory, 'hash-object', '-w', 'content').trim();
}

t.test('pushes without a new main have no history', async (t) => {
  const none: ObjectSource = { stat: async () => undefined, read: async () => undefined };
  t.same(await readPush(none, [{ old: NOWHERE, new: ZERO, ref: 'refs/heads/main' }], LIMITS), {
    updates: [{ old: NOWHERE, new: ZERO, ref: 'refs/heads/main' }],
  });
  t.equal((await readPush(none, [{ old: ZERO, new: NOWHERE, ref: 'refs/heads/other' }], LIMITS)).main, undefined);
});

t.test('how a walk ends', async (t) => {
  const repository = handMade(t);
  const empty = repository.tree();
  const chain = [repository.commit(empty)];
  for (let index = 1; index < 12; index += 1) chain.push(repository.commit(empty, chain.slice(-1), `${index}\n`));
  const [root = '', second = ''] = chain;
  const tip = chain.at(-1) ?? '';
  const ends = async (old: string | undefined, to: string, limits: Partial<PushLimits> = {}) => {
    const { end, ids } = await between(t, repository, old, to, limits);
    return { end, ids };
  };

  t.same(await ends(undefined, tip), { end: { kind: 'root' }, ids: chain });
  t.same(await ends(second, tip), { end: { kind: 'old' }, ids: chain.slice(2) });
  t.same(await ends(tip, tip), { end: { kind: 'old' }, ids: [] });
  t.same(await ends(undefined, tip, { commitsPerPush: 12 }), { end: { kind: 'root' }, ids: chain }, 'as many as allowed');
  t.same((await ends(undefined, tip, { commitsPerPush: 11 })).end, { kind: 'too-many', limit: 11 });
  t.same(await ends(second, tip, { commitsPerPush: 10 }), { end: { kind: 'old' }, ids: chain.slice(2) });
  t.same((await ends(second, tip, { commitsPerPush: 9 })).end, { kind: 'too-many', limit: 9 });

  const rewritten = repository.commit(empty, [chain[10] ?? ''], 'amended\n');
  t.same(
    await ends(tip, rewritten),
    { end: { kind: 'unrelated', merged: false, ownRoot: false }, ids: [rewritten] },
    'only what is new is listed',
  );
  t.same(
    await ends(tip, rewritten, { commitsPerPush: 3 }),
    { end: { kind: 'unrelated', merged: false, ownRoot: false }, ids: [rewritten] },
    'however long the history is',
  );
  t.same(await ends(tip, second), { end: { kind: 'unrelated', merged: false, ownRoot: false }, ids: [] }, 'rewound');
  const stranger = repository.commit(empty, [], 'another root\n');
  t.same(await ends(tip, stranger), { end: { kind: 'unrelated', merged: false, ownRoot: true }, ids: [stranger] });

  const orphan = repository.commit(empty, [NOWHERE]);
  t.same(await ends(root, orphan), { end: { kind: 'missing', id: NOWHERE }, ids: [orphan] });
  t.same((await ends(root, NOWHERE)).end, { kind: 'missing', id: NOWHERE });
  const blob = repository.blob('no commit');
  t.same((await ends(root, repository.commit(empty, [blob]))).end, { kind: 'not-a-commit', id: blob, type: 'blob' });
  t.same((await ends(undefined, empty)).end, { kind: 'not-a-commit', id: empty, type: 'tree' });
  const large = repository.commit(empty, [root], 'x'.repeat(70_000));
  t.match((await ends(root, large)).end, { kind: 'too-large', id: large });

  const merge = repository.commit(empty, [tip, stranger]);
  t.same(await ends(tip, merge), { end: { kind: 'old' }, ids: [merge] }, 'a merge is followed along its first parent');
  t.same((await ends(stranger, merge)).end, { kind: 'unrelated', merged: true, ownRoot: true });

  writeFileSync(join(repository.path, 'shallow'), `${second}\n`);
  t.same((await ends(undefined, tip)).ids, chain, 'a shallow file has no say');
});

t.test('a history of ten thousand commits', async (t) => {
  const repository = handMade(t);
  const stream = ['reset refs/heads/main\n'];
  for (let index = 1; index <= 10_000; index += 1) {
    const content = `message ${index}\n`;
    stream.push(
      `commit refs/heads/main\ncommitter Test <test@example.org> ${1767225600 + index} +0000\ndata 5\ntest\n`,
      `M 100644 inline communications/t${index % 100}/thread.md\ndata ${content.length}\n${content}\n`,
    );
  }
  execFileSync('git', ['fast-import', '--quiet'], { cwd: repository.path, env: cleanEnvironment(), input: stream.join('') });
  const tip = git(repository.path, 'rev-parse', 'refs/heads/main').trim();
  t.same((await between(t, repository, undefined, tip)).end, { kind: 'too-many', limit: 1000 }, 'as a push it is refused early');
  const from = git(repository.path, 'rev-parse', 'refs/heads/main~2000').trim();
  const history = await between(t, repository, from, tip, { commitsPerPush: 2000 });
  t.equal(history.ids.length, 2000);
  let files = 0;
  for await (const { changes, treeFaults } of history.commits()) files += changes.length + treeFaults.length;
  t.equal(files, 2000, 'one file a commit');
});

t.test('what a commit began as when the history was walked, it must be when it is read', async (t) => {
  const repository = handMade(t);
  const tree = repository.tree(['100644', 'COORDINATION_STATUS.yaml', repository.blob('a: 1\n')]);
  const ids: string[] = [];
  // Of the newest of so many all is read at once, and of the others at first only the beginning.
  for (let count = 0; count < 600; count += 1) ids.push(repository.commit(tree, ids.slice(-1), `${count}`));
  const tip = ids.at(-1) ?? '';
  git(repository.path, 'update-ref', 'refs/heads/main', tip);
  git(repository.path, 'repack', '-adq', '--window=0');
  const honest = openDirect(repository.path, cleanEnvironment());
  t.teardown(() => honest.close());
  const history = await readHistory(honest, { new: tip }, LIMITS);
  t.same(history.ids, ids);
  t.equal((await all(history)).length, 600);
  // A store that shows the fourth as the child of the second, then what it is.
  const lying: ObjectSource = {
    ...honest,
    startNow(id) {
      const start = honest.startNow?.(id);
      if (id !== ids[3] || start?.bytes === undefined) return start;
      return {
        ...start,
        bytes: Buffer.from(
          Buffer.from(start.bytes)
            .toString('latin1')
            .replace(ids[2] ?? '', ids[1] ?? ''),
          'latin1',
        ),
      };
    },
  };
  const shorter = await readHistory(lying, { new: tip }, LIMITS);
  t.same(shorter.ids, [ids[0], ids[1], ...ids.slice(3)]);
  await t.rejects(all(shorter), { code: 'git/tampered' });
  const range = await readHistory(lying, { old: ids[1] ?? '', new: tip }, LIMITS);
  t.same([range.end, range.ids], [{ kind: 'old' }, ids.slice(3)]);
  await t.rejects(all(range), { code: 'git/tampered' });
});

t.test('a parent whose header is folded, which it may not be, is the parent that git takes, and a fault', async (t) => {
  const repository = handMade(t);
  const tree = repository.tree(['100644', 'COORDINATION_STATUS.yaml', repository.blob('a: 1\n')]);
  const root = repository.commit(tree, [], 'root');
  const ident = 'Test <test@example.org> 1767225600 +0000';
  const text = `tree ${tree}\nparent ${root}\n uthor ${ident}\ncommitter ${ident}\n\ntest\n`;
  const input = { cwd: repository.path, env: cleanEnvironment(), input: text };
  const id = execFileSync('git', ['hash-object', '-t', 'commit', '-w', '--stdin', '--literally'], input).toString().trim();
  t.equal(git(repository.path, 'rev-list', id), `${id}\n${root}\n`);
  git(repository.path, 'update-ref', 'refs/heads/main', root);
  const objects = openDirect(repository.path, cleanEnvironment());
  t.teardown(() => objects.close());
  for (const range of [{ new: id }, { old: root, new: id }]) {
    const history = await readHistory(objects, range, LIMITS);
    t.match(history.ids.at(-1), id);
    const [last] = (await all(history)).slice(-1);
    t.ok((last?.commit.faults.length ?? 0) > 0, 'it reads, and a rule refuses it');
  }
});

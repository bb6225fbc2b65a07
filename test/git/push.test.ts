import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import type { History, ObjectSource, PushedCommit, RefUpdate } from '../../src/format/push.js';
import { openObjects, type PushLimits, readHistory, readPush } from '../../src/git/index.js';
import { cleanEnvironment, git, type HandMade, handMade, LIMITS, temporaryDirectory } from './plumbing.js';

const ZERO = '0'.repeat(40);
const NOWHERE = '0123456789012345678901234567890123456789';

async function all(history: History | undefined): Promise<PushedCommit[]> {
  const commits: PushedCommit[] = [];
  for await (const commit of history?.commits() ?? []) commits.push(commit);
  return commits;
}

/** Reads what lies between two commits of a repository. */
async function between(test: Test, repository: HandMade, old: string | undefined, tip: string, limits: Partial<PushLimits> = {}) {
  const objects = openObjects(repository.path);
  test.teardown(() => objects.close());
  const updates: RefUpdate[] = [{ old: old ?? ZERO, new: tip, ref: 'refs/heads/main' }];
  const { main } = await readPush(objects, updates, { ...LIMITS, ...limits });
  if (main === undefined) throw new Error('no history');
  return main;
}

/** The faults of the trees of one root commit. */
async function faultsOf(test: Test, repository: HandMade, tree: string, limits: Partial<PushLimits> = {}) {
  const [commit] = await all(await between(test, repository, undefined, repository.commit(tree), limits));
  return commit?.treeFaults.map(({ kind, path, mode }) => [kind, path, ...(mode === undefined ? [] : [mode])].join(' ')) ?? [];
}

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
    const shown = git(directory, 'diff-tree', '--root', '-r', '--no-commit-id', '--no-renames', '--abbrev=40', commit.id).trim().split('\n');
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
  t.equal(text(third?.parentBytes), text(commits[1]?.bytes));

  const part = await readHistory(objects, { old: history.ids[2] ?? '', new: history.new }, LIMITS);
  t.same([part.end, part.ids], [{ kind: 'old' }, history.ids.slice(3)]);
  t.equal(text((await all(part))[0]?.parentBytes), text(third?.bytes));
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
  t.same(await ends(tip, rewritten), { end: { kind: 'unrelated' }, ids: [rewritten] }, 'only what is new is listed');
  t.same(await ends(tip, rewritten, { commitsPerPush: 3 }), { end: { kind: 'unrelated' }, ids: [rewritten] }, 'however long the history is');
  t.same(await ends(tip, second), { end: { kind: 'unrelated' }, ids: [] }, 'rewound');
  const stranger = repository.commit(empty, [], 'another root\n');
  t.same(await ends(tip, stranger), { end: { kind: 'unrelated' }, ids: [stranger] });

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
  t.same((await ends(stranger, merge)).end, { kind: 'unrelated' });

  writeFileSync(join(repository.path, 'shallow'), `${second}\n`);
  t.same((await ends(undefined, tip)).ids, chain, 'a shallow file has no say');
});

t.test('odd trees', async (t) => {
  const repository = handMade(t);
  const blob = repository.blob('x\n');
  const inner = repository.tree(['100644', 'f', blob]);
  for (const mode of ['100664', '100755', '120000', '100600', '644']) {
    t.same(await faultsOf(t, repository, repository.tree([mode, 'f', blob])), [`mode f ${mode}`]);
  }
  t.same(await faultsOf(t, repository, repository.tree(['160000', 'f', NOWHERE])), ['mode f 160000']);
  t.same(await faultsOf(t, repository, repository.tree(['040000', 'd', inner])), ['mode d 040000']);
  t.same(await faultsOf(t, repository, repository.tree(['40000', 'd', repository.tree()])), ['empty d']);
  t.same(await faultsOf(t, repository, repository.tree()), []);
  t.same(await faultsOf(t, repository, repository.tree(['100644', 'b', blob], ['100644', 'a', blob])), ['order ']);
  t.same(await faultsOf(t, repository, repository.tree(['100644', 'a', blob], ['100644', 'a', inner])), ['order ', 'unreadable a', 'unreadable a']);
  t.same(await faultsOf(t, repository, repository.tree(['100644', 'a', blob], ['40000', 'a', inner])), ['order ']);
  t.same(await faultsOf(t, repository, repository.tree(['100644', 'a.b', blob], ['40000', 'a', inner], ['100644', 'a0', blob])), [], 'the order of Git');
  t.same(await faultsOf(t, repository, repository.tree(['40000', 'a', inner], ['100644', 'a.b', blob])), ['order ']);
  for (const name of ['.', '..', '.git', '.GIT', 'a/b']) {
    t.match(await faultsOf(t, repository, repository.tree(['100644', name, blob])), [`name ${name}`]);
  }
  t.same(await faultsOf(t, repository, repository.tree(['100644', 'f', NOWHERE])), ['unreadable f']);
  t.same(await faultsOf(t, repository, repository.tree(['100644', 'f', inner])), ['unreadable f']);
  t.same(await faultsOf(t, repository, repository.tree(['40000', 'd', NOWHERE])), ['unreadable d']);
  t.same(await faultsOf(t, repository, repository.tree(['40000', 'd', blob])), ['unreadable d']);
  t.same(await faultsOf(t, repository, NOWHERE), ['unreadable ']);
  t.same(await faultsOf(t, repository, repository.put('tree', 'no tree at all')), ['unreadable ']);
  t.same(await faultsOf(t, repository, inner, { treeBytes: 20 }), ['size ']);

  const odd = repository.commit(repository.tree(['100755', 'f', blob]));
  const next = repository.commit(repository.tree(['100755', 'f', blob], ['100644', 'g', blob]), [odd]);
  const [commit] = await all(await between(t, repository, odd, next));
  t.same([commit?.treeFaults, commit?.changes.map(({ path }) => path)], [[], ['g']], 'what was there before was judged before');
  const back = repository.commit(repository.tree(['100644', 'f', blob]), [odd]);
  const [mended] = await all(await between(t, repository, odd, back));
  t.match(mended?.changes, [{ path: 'f', before: { mode: '100755' }, after: { mode: '100644' } }], 'a mode alone is a change');
});

t.test('a tree five thousand levels deep is looked into no further than allowed', async (t) => {
  const repository = handMade(t);
  let tree = repository.tree(['100644', 'f', repository.blob('deep\n')]);
  for (let level = 0; level < 5000; level += 1) tree = repository.tree(['40000', 'd', tree]);
  t.same(await faultsOf(t, repository, tree), ['depth d/d/d/d/d/d/d/d']);
});

t.test('too many files, flat or in directories', async (t) => {
  const repository = handMade(t);
  const blob = repository.blob('x\n');
  const names = Array.from({ length: 101 }, (_, index) => `f${String(index).padStart(4, '0')}`);
  const flat = repository.tree(...names.map((name) => ['100644', name, blob] as const));
  const inner = repository.tree(['100644', 'f', blob]);
  const nested = repository.tree(...names.map((name) => ['40000', name, inner] as const));
  t.same(await faultsOf(t, repository, flat, { filesPerCommit: 102 }), []);
  t.same(await faultsOf(t, repository, flat, { filesPerCommit: 101 }), ['count '], 'the directory counts as well');
  t.same(await faultsOf(t, repository, nested, { filesPerCommit: 101 }), ['count ']);
  t.same(await faultsOf(t, repository, nested, { filesPerCommit: 203 }), []);
  const full = repository.commit(flat);
  const emptied = repository.commit(repository.tree(), [full]);
  const [commit] = await all(await between(t, repository, full, emptied, { filesPerCommit: 50 }));
  t.same(commit?.treeFaults.map(({ kind }) => kind), ['count'], 'removed files count');
});

t.test('large files keep their size and have no bytes', async (t) => {
  const repository = handMade(t);
  const small = repository.blob('small\n');
  const large = repository.blob('l'.repeat(2000));
  const inner = repository.tree(['100644', 'ledger.yaml', large], ['100644', 'thread.md', large]);
  const root = repository.commit(repository.tree(['100644', 'COORDINATION_STATUS.yaml', small], ['40000', 'communications', repository.tree(['40000', 'x', inner])]));
  const [commit] = await all(await between(t, repository, undefined, root, { yamlBytes: 1000, threadBytes: 3000 }));
  t.equal(commit?.after('communications/x/thread.md')?.bytes?.length, 2000);
  t.match(commit?.after('communications/x/ledger.yaml'), { size: 2000, bytes: undefined }, 'the same blob, another limit');
  const [poor] = await all(await between(t, repository, undefined, root, { yamlBytes: 1000, threadBytes: 1000 }));
  t.match(poor?.after('communications/x/thread.md'), { size: 2000, bytes: undefined });
});

t.test('commits that name no tree, and faulty ones', async (t) => {
  const repository = handMade(t);
  const headless = repository.put('commit', 'no headers at all');
  const [commit] = await all(await between(t, repository, undefined, headless));
  t.match(commit?.treeFaults, [{ kind: 'unreadable', path: '' }]);
  t.same(commit?.changes, []);
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

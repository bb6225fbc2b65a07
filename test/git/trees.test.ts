import t from 'tap';
import { handMade } from './plumbing.js';
import { all, between, faultsOf } from './reading.js';

const NOWHERE = '0123456789012345678901234567890123456789';

t.test('odd trees', async (t) => {
  const repository = handMade(t);
  const blob = repository.blob('x\n');
  const inner = repository.tree(['100644', 'f', blob]);
  for (const mode of ['100664', '100755', '120000', '100600']) {
    t.same(await faultsOf(t, repository, repository.tree([mode, 'f', blob])), [`mode f ${mode}`]);
  }
  t.same(await faultsOf(t, repository, repository.tree(['644', 'f', blob])), ['mode f 644', 'unreadable f']);
  t.same(await faultsOf(t, repository, repository.tree(['160000', 'f', NOWHERE])), ['mode f 160000', 'unreadable f']);
  t.same(await faultsOf(t, repository, repository.tree(['040000', 'd', inner])), ['mode d 040000']);
  t.same(await faultsOf(t, repository, repository.tree(['40000', 'd', repository.tree()])), ['empty d']);
  t.same(await faultsOf(t, repository, repository.tree()), []);
  t.same(await faultsOf(t, repository, repository.tree(['100644', 'b', blob], ['100644', 'a', blob])), ['order ']);
  t.same(await faultsOf(t, repository, repository.tree(['100644', 'a', blob], ['100644', 'a', inner])), [
    'order ',
    'unreadable a',
    'unreadable a',
  ]);
  t.same(await faultsOf(t, repository, repository.tree(['100644', 'a', blob], ['40000', 'a', inner])), ['order ']);
  t.same(
    await faultsOf(t, repository, repository.tree(['100644', 'a.b', blob], ['40000', 'a', inner], ['100644', 'a0', blob])),
    [],
    'the order of Git',
  );
  t.same(await faultsOf(t, repository, repository.tree(['40000', 'a', inner], ['100644', 'a.b', blob])), ['order ']);
  for (const name of ['.', '..', '.git', '.GIT', 'a/b']) {
    t.match(await faultsOf(t, repository, repository.tree(['100644', name, blob])), [`name ${name}`]);
  }
  t.same(await faultsOf(t, repository, repository.tree(['100644', 'f', NOWHERE])), ['missing f']);
  t.same(await faultsOf(t, repository, repository.tree(['100644', 'f', inner])), ['unreadable f']);
  t.same(await faultsOf(t, repository, repository.tree(['40000', 'd', NOWHERE])), ['missing d']);
  t.same(await faultsOf(t, repository, repository.tree(['40000', 'd', blob])), ['unreadable d']);
  t.same(await faultsOf(t, repository, NOWHERE), ['missing ']);
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
  const [cut] = await all(await between(t, repository, undefined, repository.commit(flat), { filesPerCommit: 10 }));
  t.equal(cut?.changes.length, 11, 'no more is read than it takes to know');
  t.same(await faultsOf(t, repository, flat, { filesPerCommit: 102 }), []);
  t.same(await faultsOf(t, repository, flat, { filesPerCommit: 101 }), ['count '], 'the directory counts as well');
  t.same(await faultsOf(t, repository, nested, { filesPerCommit: 101 }), ['count ']);
  t.same(await faultsOf(t, repository, nested, { filesPerCommit: 203 }), []);
  const full = repository.commit(flat);
  const emptied = repository.commit(repository.tree(), [full]);
  const [commit] = await all(await between(t, repository, full, emptied, { filesPerCommit: 50 }));
  t.same(
    commit?.treeFaults.map(({ kind }) => kind),
    ['count'],
    'removed files count',
  );
});

t.test('large files keep their size and have no bytes', async (t) => {
  const repository = handMade(t);
  const small = repository.blob('small\n');
  const large = repository.blob('l'.repeat(2000));
  const inner = repository.tree(['100644', 'ledger.yaml', large], ['100644', 'thread.md', large]);
  const root = repository.commit(
    repository.tree(['100644', 'COORDINATION_STATUS.yaml', small], ['40000', 'communications', repository.tree(['40000', 'x', inner])]),
  );
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

import { mkdirSync, readFileSync, realpathSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { formatUuidPlain, newUuid } from '../../src/format/identifiers.js';
import { hostPaths, shardedPath } from '../../src/hosts/paths.js';
import { recordOf, register, registeredRecord, registeredRecords } from '../../src/hosts/registry.js';
import { temporaryDirectory } from '../git/plumbing.js';

const ID = '7f4c2e9d-4b0a-4f3a-9a2c-0e9a6b5d1c88';

function host(test: Test): string {
  return realpathSync(temporaryDirectory(test));
}

/** A directory that claims to hold a record. */
function repository(path: string, content = `${formatUuidPlain(ID)}\n`): string {
  mkdirSync(path, { recursive: true });
  writeFileSync(join(path, 'vpr-record'), content);
  return path;
}

t.test('an id is registered once', async (t) => {
  const root = host(t);
  const record = { kind: 'coordination', id: ID, path: join(root, 'coordination/7f/4c/x.git') } as const;
  t.equal(register(root, record), true);
  t.equal(register(root, record), false);
  t.equal(register(root, { ...record, kind: 'clinical', path: join(root, 'elsewhere') }), false, 'nor as another kind, or elsewhere');
  t.same(registeredRecord(root, ID), record);
  t.equal(registeredRecord(root, newUuid()), undefined);
  t.match(
    readFileSync(shardedPath(hostPaths(root).registry, ID), 'utf8'),
    /"path":"coordination\/7f\/4c\/x\.git"/,
    'relative, so that a host can be moved',
  );
});

t.test('a repository is the record only at the registered place', async (t) => {
  const root = host(t);
  const path = repository(join(root, 'a.git'));
  t.equal(recordOf(root, path), undefined, 'not registered');
  register(root, { kind: 'coordination', id: ID, path });
  t.equal(recordOf(root, path)?.id, ID);
  symlinkSync(path, join(root, 'link.git'));
  t.equal(recordOf(root, join(root, 'link.git'))?.id, ID, 'by its real path');
  t.equal(recordOf(root, repository(join(root, 'copy.git'))), undefined, 'a copy of it elsewhere is not');
  for (const content of [
    '',
    ID,
    `${ID}\n`,
    `${formatUuidPlain(ID)}`,
    `${formatUuidPlain(ID).toUpperCase()}\n`,
    `../${formatUuidPlain(ID)}\n`,
  ]) {
    repository(path, content);
    t.equal(recordOf(root, path), undefined, JSON.stringify(content));
  }
  repository(path);
  renameSync(path, join(root, 'moved.git'));
  t.equal(recordOf(root, join(root, 'moved.git')), undefined, 'moved away');
});

t.test('a damaged entry is an error, not an absence', async (t) => {
  const root = host(t);
  const entry = shardedPath(hostPaths(root).registry, ID);
  register(root, { kind: 'coordination', id: ID, path: root });
  for (const text of [
    '',
    '{',
    'null',
    '{"kind":"coordination"}',
    `{"kind":"other","id":"${ID}","path":"x"}`,
    `{"kind":"clinical","id":"${newUuid()}","path":"x"}`,
  ]) {
    writeFileSync(entry, text);
    t.throws(() => registeredRecord(root, ID), { code: 'registry/unreadable' }, text);
    t.throws(() => [...registeredRecords(root)], { code: 'registry/unreadable' });
  }
});

t.test('what the system cannot read is an error of that entry alone', async (t) => {
  const root = host(t);
  const { registry } = hostPaths(root);
  const others = ['0a', '1b', 'ff'].map((start) => `${start}4c2e9d-4b0a-4f3a-9a2c-0e9a6b5d1c88`);
  for (const id of others) register(root, { kind: 'coordination', id, path: join(root, id) });
  mkdirSync(shardedPath(registry, ID), { recursive: true });
  symlinkSync('55', join(registry, '55'));
  t.throws(() => registeredRecord(root, ID), { code: 'registry/unreadable', message: /cannot be read: EISDIR/ });
  t.throws(() => [...registeredRecords(root)], { code: 'registry/unreadable' });
  const damaged: string[] = [];
  t.same(
    [...registeredRecords(root, ({ message }) => damaged.push(message))].map(({ id }) => id),
    others,
  );
  t.match(damaged, [/\/55, of the registry, cannot be read: ELOOP/, /EISDIR/]);
  renameSync(registry, `${registry}.away`);
  symlinkSync('registry', registry);
  t.throws(() => [...registeredRecords(root, () => {})], { code: 'registry/unreadable', message: /ELOOP/ }, 'all of it: not none');
});

t.test('records are listed by id', async (t) => {
  const root = host(t);
  t.same([...registeredRecords(root)], []);
  const ids = Array.from({ length: 50 }, newUuid);
  for (const id of ids) register(root, { kind: 'coordination', id, path: join(root, id) });
  t.same(
    [...registeredRecords(root)].map(({ id }) => id),
    ids.sort(),
  );
});

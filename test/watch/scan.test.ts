/** What main is, against what git says it is; and what git would stumble over is a finding. */
import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import t, { type Test } from 'tap';
import type { VprError } from '../../src/errors.js';
import { runGit } from '../../src/git/run.js';
import { headFault, readMain } from '../../src/hosts/main-ref.js';
import { hostPaths, shardedPath } from '../../src/hosts/paths.js';
import { addRecord, initHost } from '../../src/hosts/plain.js';
import { type Scanned, scanRecords } from '../../src/watch/scan.js';
import { temporaryDirectory } from '../git/plumbing.js';

function host(test: Test): string {
  const root = join(temporaryDirectory(test), 'host');
  initHost(root);
  return root;
}

/** A commit that git wrote, and that main is. */
function commitIn(repository: string): string {
  const tree = runGit(repository, 'hash-object', '-t', 'tree', '-w', '/dev/null')?.trim() ?? '';
  const id = runGit(repository, '-c', 'user.name=x', '-c', 'user.email=x@example.org', 'commit-tree', '-m', 'x', tree)?.trim() ?? '';
  runGit(repository, 'update-ref', 'refs/heads/main', id);
  return id;
}

async function scanned(root: string, damaged: (error: VprError) => void = () => {}): Promise<Scanned[]> {
  const found: Scanned[] = [];
  for await (const one of scanRecords(root, damaged)) found.push(one);
  return found;
}

t.test('main as git has it: not yet, loose, packed, and both', async (t) => {
  const root = host(t);
  const { path } = addRecord(root, { kind: 'coordination' }, runGit);
  t.same(readMain(path), { kind: 'none' });
  const first = commitIn(path);
  t.match(first, /^[0-9a-f]{40}$/);
  t.same(readMain(path), { kind: 'commit', id: first });
  runGit(path, 'pack-refs', '--all', '--prune');
  t.same(readMain(path), { kind: 'commit', id: first }, 'packed');
  writeFileSync(join(path, 'refs/heads/main'), `${'a'.repeat(40)}\n`);
  t.same(readMain(path), { kind: 'commit', id: 'a'.repeat(40) }, 'its own file goes before');
  t.equal(headFault(path), undefined);
});

t.test('what is odd is told, not thrown', async (t) => {
  const root = host(t);
  const { path } = addRecord(root, { kind: 'coordination' }, runGit);
  const ref = join(path, 'refs/heads/main');
  const code = () => {
    const main = readMain(path);
    return main.kind === 'fault' ? main.code : main.kind;
  };
  for (const text of [
    '',
    'abc',
    `${'a'.repeat(39)}\n`,
    `${'a'.repeat(41)}\n`,
    '\0'.repeat(41),
    '0'.repeat(40),
    'A'.repeat(40),
    'x'.repeat(5000),
  ]) {
    writeFileSync(ref, text);
    t.equal(code(), 'ref-half-written', JSON.stringify(text.slice(0, 50)));
  }
  writeFileSync(ref, 'ref: refs/heads/other\n');
  t.equal(code(), 'ref-symbolic');
  rmSync(ref);
  symlinkSync('../../HEAD', ref);
  t.match(readMain(path), { kind: 'fault', code: 'ref-unreadable', message: /symbolic link/ });
  rmSync(ref);
  mkdirSync(ref);
  t.equal(code(), 'ref-unreadable');
  rmSync(ref, { recursive: true });
  mkdirSync(join(path, 'packed-refs'));
  t.equal(code(), 'ref-unreadable');
  rmSync(join(path, 'packed-refs'), { recursive: true });
  mkdirSync(join(path, 'reftable'));
  t.equal(code(), 'ref-format');
  rmSync(join(path, 'reftable'), { recursive: true });
  t.equal(code(), 'none');

  const head = join(path, 'HEAD');
  rmSync(head);
  t.equal(headFault(path), 'HEAD is missing');
  symlinkSync('refs/heads/main', head);
  t.equal(headFault(path), undefined, 'as git itself once wrote it');
  rmSync(head);
  symlinkSync('/etc/passwd', head);
  t.equal(headFault(path), 'HEAD is a symbolic link, and not to main');
  rmSync(head);
  writeFileSync(head, 'ref: refs/heads/other\n');
  t.equal(headFault(path), 'HEAD is not main');
  rmSync(head);
  mkdirSync(head);
  t.match(headFault(path), /cannot be read: EISDIR/);

  rmSync(path, { recursive: true });
  t.equal(code(), 'repository-missing');
  writeFileSync(path, '');
  t.equal(code(), 'repository-missing');
});

t.test('a scan finds every registered record, whatever became of one', async (t) => {
  const root = host(t);
  const records = Array.from({ length: 30 }, () => addRecord(root, { kind: 'coordination' }, runGit)).sort((a, b) =>
    a.id < b.id ? -1 : 1,
  );
  const [gone, half, elsewhere, whole, damaged] = records.map(({ path }) => path);
  rmSync(gone ?? '', { recursive: true });
  writeFileSync(join(half ?? '', 'refs/heads/main'), 'abc');
  writeFileSync(join(elsewhere ?? '', 'HEAD'), 'x');
  const id = commitIn(whole ?? '');
  renameSync(join(damaged ?? '', 'objects'), join(damaged ?? '', 'nothing'));
  writeFileSync(shardedPath(hostPaths(root).registry, records.at(-1)?.id ?? ''), '{');
  const errors: string[] = [];
  const found = await scanned(root, ({ code }) => errors.push(code));
  t.same(
    found.map(({ record }) => record),
    records.slice(0, -1),
  );
  t.same(errors, ['registry/unreadable']);
  t.match(found.slice(0, 5), [
    { main: { kind: 'fault', code: 'repository-missing' } },
    { main: { kind: 'fault', code: 'ref-half-written' } },
    { main: { kind: 'none' }, note: 'HEAD is not main' },
    { main: { kind: 'commit', id } },
    { main: { kind: 'fault', code: 'repository-missing' } },
  ]);
  t.ok(found.slice(5).every(({ main, note }) => main.kind === 'none' && note === undefined));
});

t.test('any bytes of a ref are an id or a fault', async (t) => {
  const root = host(t);
  const { path } = addRecord(root, { kind: 'coordination' }, runGit);
  const hex = fc.stringMatching(/^[0-9a-f]{0,70}\n?$/).map((text) => Buffer.from(text));
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array({ maxLength: 300 }), hex), (bytes) => {
      writeFileSync(join(path, 'refs/heads/main'), bytes);
      const main = readMain(path);
      const text = Buffer.from(bytes).toString('latin1');
      return main.kind === 'commit' ? text.trimEnd() === main.id && /^(?:.{40}|.{64})$/.test(main.id) : main.kind === 'fault';
    }),
    { numRuns: 500 },
  );
});

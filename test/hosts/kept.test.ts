/** What a host keeps besides repositories: the journal, and who each participant id was seen as. */
import { spawn } from 'node:child_process';
import { appendFileSync, chmodSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { appendLine, createWhole, replaceFile } from '../../src/hosts/files.js';
import { appendJournal, type JournalEntry } from '../../src/hosts/journal.js';
import { registrationsOf, rememberRegistrations } from '../../src/hosts/participants.js';
import { hostPaths, shardedPath } from '../../src/hosts/paths.js';
import { temporaryDirectory } from '../git/plumbing.js';

const ID = '7f4c2e9d-4b0a-4f3a-9a2c-0e9a6b5d1c88';
const NOW = '2026-01-11T14:35:22.045Z';

const ENTRY: JournalEntry = {
  time: NOW,
  kind: 'coordination',
  record: ID,
  old: '0'.repeat(40),
  new: 'a'.repeat(40),
  format: 1,
  digests: { rules: 'r', policy: 'p', trust: 't' },
  verdict: 'accepted',
  commits: 1,
  signers: ['f'],
};

t.test('the journal is one line an entry, for its own account and group', async (t) => {
  const root = temporaryDirectory(t);
  appendJournal(root, ENTRY);
  appendJournal(root, { ...ENTRY, old: ENTRY.new, new: 'b'.repeat(40) });
  const path = shardedPath(hostPaths(root).journal, ID, '.jsonl');
  const lines = readFileSync(path, 'utf8').split('\n');
  t.equal(lines.length, 3);
  t.same(JSON.parse(lines[0] ?? ''), ENTRY);
  t.equal(lines[2], '');
  t.equal(statSync(path).mode & 0o007, 0);
});

t.test('an unfinished line stays a line of its own', async (t) => {
  const path = join(temporaryDirectory(t), 'a/b/c.jsonl');
  appendLine(path, '{"n":1}');
  appendFileSync(path, '{"n":2');
  appendLine(path, '{"n":3}');
  t.equal(readFileSync(path, 'utf8'), '{"n":1}\n{"n":2\n{"n":3}\n');
});

t.test('what cannot be written throws', { skip: process.getuid?.() === 0 ? 'root may write anywhere' : false }, async (t) => {
  const root = temporaryDirectory(t);
  mkdirSync(join(root, 'journal'));
  chmodSync(join(root, 'journal'), 0o500);
  t.throws(() => appendJournal(root, ENTRY), { code: 'EACCES' });
});

t.test('what is in the way throws', async (t) => {
  const root = temporaryDirectory(t);
  writeFileSync(join(root, 'journal'), 'a file');
  t.throws(() => appendJournal(root, ENTRY));
});

t.test('a file is made whole, once', async (t) => {
  const path = join(temporaryDirectory(t), 'x/y');
  t.equal(createWhole(path, 'one\n'), true);
  t.equal(createWhole(path, 'two\n'), false);
  t.equal(readFileSync(path, 'utf8'), 'one\n');
  replaceFile(path, 'three\n', 0o755);
  t.equal(readFileSync(path, 'utf8'), 'three\n');
  t.equal(statSync(path).mode & 0o777, 0o755);
});

t.test('a participant id is one person', async (t) => {
  const root = temporaryDirectory(t);
  const known = () => [...(registrationsOf(root, ID) ?? [])];
  t.equal(registrationsOf(root, ID), undefined);
  rememberRegistrations(root, ID, ['GMC 1'], undefined, NOW);
  t.same(known(), ['GMC 1']);
  rememberRegistrations(root, ID, ['GMC 1', 'NMC 2'], registrationsOf(root, ID), NOW);
  t.same(known(), ['GMC 1', 'NMC 2']);
  const before = readFileSync(shardedPath(hostPaths(root).participants, ID, '.jsonl'), 'utf8');
  rememberRegistrations(root, ID, ['NMC 2'], registrationsOf(root, ID), NOW);
  t.equal(readFileSync(shardedPath(hostPaths(root).participants, ID, '.jsonl'), 'utf8'), before, 'nothing new, nothing written');
  t.throws(
    () => rememberRegistrations(root, ID, ['GMC 9'], undefined, NOW),
    { code: 'participants/claimed' },
    'judged as new, and claimed since',
  );
  rememberRegistrations(root, ID, ['GMC 1'], undefined, NOW);
  rememberRegistrations(root, ID, ['GMC 9'], registrationsOf(root, ID), NOW);
  t.same(known(), ['GMC 1', 'NMC 2', 'GMC 9'], 'what was judged knowingly is added');
});

t.test('an unfinished line of a participant tells nothing, and is no reason to know nobody', async (t) => {
  const root = temporaryDirectory(t);
  const path = shardedPath(hostPaths(root).participants, ID, '.jsonl');
  rememberRegistrations(root, ID, ['GMC 1'], undefined, NOW);
  appendFileSync(path, '{"time":"2026","registrations":["GMC 2"');
  t.same([...(registrationsOf(root, ID) ?? [])], ['GMC 1']);
  rememberRegistrations(root, ID, ['GMC 3'], registrationsOf(root, ID), NOW);
  t.same([...(registrationsOf(root, ID) ?? [])], ['GMC 1', 'GMC 3']);
  writeFileSync(path, 'all is lost\n');
  t.throws(() => registrationsOf(root, ID), { code: 'participants/damaged' }, 'a known id is not taken for a new one');
  t.throws(() => rememberRegistrations(root, ID, ['GMC 1'], undefined, NOW), { code: 'participants/damaged' });
});

t.test('of many processes that claim one id, one wins', async (t) => {
  const root = temporaryDirectory(t);
  const claims = Array.from({ length: 8 }, (_, index) => claim(root, `GMC ${index}`));
  const results = await Promise.all(claims);
  t.equal(results.filter((status) => status === 0).length, 1);
  t.equal(registrationsOf(root, ID)?.size, 1);
});

/** In a process of its own; its exit code. */
function claim(root: string, registration: string): Promise<number | null> {
  const module = fileURLToPath(new URL('../../src/hosts/participants.js', import.meta.url));
  const code = `const { rememberRegistrations } = await import(${JSON.stringify(module)});
rememberRegistrations(${JSON.stringify(root)}, '${ID}', ['${registration}'], undefined, '${NOW}');`;
  return new Promise((resolve) => spawn(process.execPath, ['--input-type=module', '-e', code], { stdio: 'ignore' }).on('close', resolve));
}

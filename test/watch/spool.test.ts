/** Whoever can write to the spool can write anything: nothing of it but a registered record's id is ever used. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import t, { type Test } from 'tap';
import { formatUuidPlain } from '../../src/format/identifiers.js';
import { runGit } from '../../src/git/run.js';
import { type HostPaths, hostPaths, shardedPath } from '../../src/hosts/paths.js';
import { addRecord, initHost } from '../../src/hosts/plain.js';
import { spoolHints } from '../../src/watch/hints.js';
import { readSpool, removeHints } from '../../src/watch/spool.js';
import { temporaryDirectory } from '../git/plumbing.js';
import { RECORD_ID } from '../support/texts.js';
import { listeningLog } from './support.js';

const PLAIN = formatUuidPlain(RECORD_ID);
const NONE: ReadonlySet<string> = new Set();

function hostWithSpool(test: Test): HostPaths {
  const paths = hostPaths(join(temporaryDirectory(test), 'host'));
  initHost(paths.root);
  addRecord(paths.root, { kind: 'coordination', id: RECORD_ID }, runGit);
  mkdirSync(paths.spool);
  return paths;
}

function put({ spool }: HostPaths, name: string, text: string): void {
  writeFileSync(Buffer.concat([Buffer.from(`${spool}/`), Buffer.from(name, 'latin1')]), text);
}

t.test('a hint is read, and removed when it is done with', async (t) => {
  const paths = hostWithSpool(t);
  put(paths, 'a.json', `{"record":"${PLAIN}","time":"2026-01-11T14:36:15Z"}\n`);
  put(paths, 'b.json', `{"record":"${RECORD_ID}"}`);
  put(paths, '.c', `{"record":"${PLAIN}"`);
  const { hints, bad, more } = readSpool(paths, NONE);
  t.same(
    hints.map(({ name, record }) => [name, record.id]),
    [
      ['a.json', RECORD_ID],
      ['b.json', RECORD_ID],
    ],
  );
  t.same([bad, more], [[], false]);
  t.same(
    readSpool(paths, new Set(['a.json'])).hints.map(({ name }) => name),
    ['b.json'],
    'what is known is not read again',
  );
  removeHints(paths, ['a.json', 'b.json', 'gone.json']);
  t.same(readdirSync(paths.spool), ['.c'], 'what is being written is left alone');
  utimesSync(join(paths.spool, '.c'), 1, 1);
  readSpool(paths, NONE);
  t.same(readdirSync(paths.spool), [], 'until nobody can be writing it any more');
});

t.test("what is no hint is put aside, said, and in nobody's way", async (t) => {
  const paths = hostWithSpool(t);
  const { spool } = paths;
  const texts: Readonly<Record<string, string>> = {
    'empty.json': '',
    'half.json': `{"record":"${PLAIN.slice(0, 9)}`,
    'number.json': '1e999',
    'null.json': 'null',
    'list.json': '[]',
    'deep.json': '['.repeat(900),
    'large.json': `{"record":"${PLAIN}","more":"${'x'.repeat(2000)}"}`,
    'path.json': '{"record":"../../../etc/passwd"}',
    'nobody.json': '{"record":"11111111111141118111111111111111"}',
    'upper.json': `{"record":"${PLAIN.toUpperCase()}"}`,
    'numeric.json': '{"record":7}',
    'name.txt': `{"record":"${PLAIN}"}`,
    'odd\x1b[31m\n name': 'x',
    'not\xff\xfetext.json': '{',
  };
  for (const [name, text] of Object.entries(texts)) put(paths, name, text);
  mkdirSync(join(spool, 'directory.json'));
  writeFileSync(join(spool, 'directory.json/x'), '');
  symlinkSync('/dev/zero', join(spool, 'link.json'));
  execFileSync('mkfifo', [join(spool, 'pipe.json')]);
  put(paths, 'z.json', `{"record":"${PLAIN}"}`);

  const { hints, bad } = readSpool(paths, NONE);
  t.same(
    hints.map(({ name }) => name),
    ['z.json'],
  );
  t.equal(bad.length, Object.keys(texts).length + 3);
  const why = new Map(bad.map((file) => [file.name, file.why]));
  t.match(why.get('large.json'), /has \d+ bytes, more than/);
  t.match(why.get('nobody.json'), /names 11111111-1111-4111-8111-111111111111, which is not registered here/);
  t.match(why.get('link.json'), /symbolic link/);
  t.match(why.get('pipe.json'), /not a file/);
  t.match(why.get('name.txt'), /does not end in \.json/);
  t.same(readdirSync(spool).sort(), ['bad', 'z.json']);
  t.equal(readdirSync(join(spool, 'bad')).length, bad.length, 'nothing is lost');
  t.ok(readdirSync(join(spool, 'bad')).every((name) => /^[A-Za-z0-9._-]+$/.test(name)));
  t.same(readSpool(paths, NONE).bad, [], 'and said once');
});

t.test('it is bounded, whatever lies in it', async (t) => {
  const paths = hostWithSpool(t);
  for (let index = 0; index < 1200; index += 1) put(paths, `${index}.json`, '');
  const first = readSpool(paths, NONE);
  t.same([first.bad.length, first.more], [1000, true]);
  const second = readSpool(paths, NONE);
  t.same([second.bad.length, second.more], [200, false]);
  t.match(second.bad[0]?.why, /removed, since 1000 of them are kept/);
  t.same(readdirSync(paths.spool), ['bad']);
  t.equal(readdirSync(join(paths.spool, 'bad')).length, 1000);
});

t.test('a registration that is damaged or gone', async (t) => {
  const paths = hostWithSpool(t);
  const entry = shardedPath(paths.registry, RECORD_ID);
  writeFileSync(entry, '{');
  put(paths, 'a.json', `{"record":"${PLAIN}"}`);
  t.match(readSpool(paths, NONE), { hints: [], bad: [{ name: 'a.json', why: /entry for .* is damaged/ }] });
  rmSync(entry);
  put(paths, 'b.json', `{"record":"${PLAIN}"}`);
  t.match(readSpool(paths, NONE), { hints: [], bad: [{ name: 'b.json', why: /not registered/ }] });
  rmSync(paths.spool, { recursive: true });
  t.throws(() => readSpool(paths, NONE), { code: 'ENOENT' });
});

t.test('any bytes at all name a registered record or nothing', async (t) => {
  const paths = hostWithSpool(t);
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 1100 }),
    fc.json().map((text) => Buffer.from(text)),
    fc.record({ record: fc.anything(), time: fc.anything() }).map((value) => Buffer.from(JSON.stringify(value) ?? '')),
    fc.integer({ min: 0, max: 46 }).map((length) => Buffer.from(`{"record":"${PLAIN}"}`.slice(0, length))),
  );
  fc.assert(
    fc.property(bytes, (content) => {
      writeFileSync(join(paths.spool, 'x.json'), content);
      const { hints, bad } = readSpool(paths, NONE);
      rmSync(join(paths.spool, 'bad'), { recursive: true, force: true });
      removeHints(paths, ['x.json']);
      return (
        hints.length + bad.length === 1 && hints.every(({ record }) => record.id === RECORD_ID) && !existsSync(join(paths.spool, 'x.json'))
      );
    }),
    { numRuns: 300 },
  );
});

t.test('of a host that was moved nothing is made anew in its former place', async (t) => {
  const paths = hostWithSpool(t);
  const { log, heard } = listeningLog();
  const hints = spoolHints(paths, log);
  rmSync(paths.spool, { recursive: true });
  hints.read();
  t.ok(existsSync(paths.spool), 'a spool that was taken away is');
  renameSync(paths.root, `${paths.root} elsewhere`);
  t.same(hints.read(), []);
  t.notOk(existsSync(paths.root), 'what is put back there comes to lie there');
  t.equal(heard('the spool cannot be read: pushes are seen by the scan alone').length, 1);
  renameSync(`${paths.root} elsewhere`, paths.root);
  put(paths, 'a.json', `{"record":"${RECORD_ID}"}`);
  t.same(hints.read(), [RECORD_ID], 'and is heard of again');
});

t.test('a file that cannot be removed is, as soon as it can', (t) => {
  const paths = hostWithSpool(t);
  const { log, said } = listeningLog();
  const hints = spoolHints(paths, log);
  put(paths, 'a.json', `{"record":"${RECORD_ID}"}`);
  t.same(hints.read(), [RECORD_ID]);
  const names = hints.take(RECORD_ID);
  const path = join(paths.spool, 'a.json');
  rmSync(path);
  mkdirSync(path); // which is not removed as a file is
  hints.done(names);
  t.match(said, [{ event: 'files of the spool cannot be removed: it is tried again' }]);
  t.same(hints.read(), []);
  rmSync(path, { recursive: true });
  put(paths, 'a.json', `{"record":"${RECORD_ID}"}`);
  t.same(hints.read(), [], 'it was done with');
  t.same([readdirSync(paths.spool), said.length], [[], 1]);
  t.end();
});

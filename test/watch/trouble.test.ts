/** What goes wrong around a watcher: nothing is lost, it is said plainly, and nobody else is held up. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sql } from 'kysely';
import t from 'tap';
import { runGit } from '../../src/git/run.js';
import { hostPaths, shardedPath } from '../../src/hosts/paths.js';
import { addRecord } from '../../src/hosts/plain.js';
import { openDatabase } from '../../src/projections/open.js';
import { holdRecord } from '../../src/projections/state.js';
import { checkRecord } from '../../src/watch/check.js';
import { scanForDue } from '../../src/watch/due.js';
import { allStates, hold, stateOf } from '../../src/watch/state.js';
import { startPostgres, whyNoPostgres } from '../projections/databases.js';
import { makePeople } from '../support/people.js';
import { pushedRecord } from '../verify/support.js';
import { hostOf, isWhole, listeningLog, once, push, until, using, visible, watching } from './support.js';

const people = await makePeople();

t.test('a repository that is deleted, a ref that is half-written, a spool that is full of nonsense', async (t) => {
  const all = await pushedRecord(t, people);
  const { root, spool } = hostPaths(all.host.directory);
  const place = join(all.directory, 'p.db');
  const [deleted, half] = [addRecord(root, { kind: 'coordination' }, runGit), addRecord(root, { kind: 'coordination' }, runGit)];
  writeFileSync(join(half?.path ?? '', 'refs/heads/main'), '1234');
  const { heard, end } = await watching(t, all.host, place, { scanEvery: 50 });
  await until(() => heard('set-aside').some(({ what }) => what['record'] === half?.id && what['code'] === 'watch/ref-half-written'));
  rmSync(deleted?.path ?? '', { recursive: true });
  await until(() => heard('set-aside').some(({ what }) => what['record'] === deleted?.id && what['code'] === 'watch/repository-missing'));
  for (const name of ['a.json', 'b.txt', '.c']) writeFileSync(join(spool, name), '\0{');
  mkdirSync(join(spool, 'd.json'));
  await until(() => heard('not a hint').length === 3);
  const tip = await push(all, (record) => record.append());
  await visible(place, all.host, tip);
  await until(() => readdirSync(spool).every((name) => name === 'bad' || name === '.c'));
  rmSync(spool, { recursive: true });
  const later = await push(all, (record) => record.append());
  await visible(place, all.host, later);
  t.ok(
    heard('set-aside').every(({ what }) => Number(what['nextTryAt']) > Date.now() - 60_000),
    'and says when it is tried again',
  );
  await end();
  await isWhole(t, all, place);
});

t.test('a record whose repository comes back is taken up by itself', async (t) => {
  const all = await pushedRecord(t, people);
  const place = join(all.directory, 'p.db');
  const tip = await push(all, (record) => record.append());
  const away = `${all.host.repository}.away`;
  renameSync(all.host.repository, away);
  const { heard, end } = await watching(t, all.host, place, { scanEvery: 50 });
  await until(() => heard('set-aside').length > 0);
  renameSync(away, all.host.repository);
  await visible(place, all.host, tip);
  t.match(heard('projected').at(-1)?.what, { to: tip, commits: 3 });
  renameSync(all.host.repository, away);
  await until(() => heard('set-aside').length > 1);
  renameSync(away, all.host.repository);
  await until(() => heard('projected').length > 1);
  t.match(heard('projected').at(-1)?.what, { to: tip, commits: 0 }, 'that it goes on is said, though nothing is new');
  await end();
  await isWhole(t, all, place);
});

t.test('a record that failed is taken up in time by whichever watcher runs then', async (t) => {
  const all = await pushedRecord(t, people);
  const place = join(all.directory, 'p.db');
  const { host, tips } = all;
  const record = { kind: 'coordination', id: host.record } as const;
  const held = { record, state: 'set-aside', reason: 'test/failed: it could not be read' } as const;
  // As one that has failed all day has left it.
  await using(place, async (database) => {
    for (let count = 0; count < 12; count += 1) await hold(database, { ...held, now: new Date() });
    await holdRecord(database, { ...held, now: new Date(), nextTryAt: Date.now() + 2_000 });
  });
  const { heard, end } = await watching(t, host, place);
  await until(() => heard('scanned').length > 0);
  t.match(heard('scanned')[0]?.what, { due: 0 });
  await visible(place, host, tips[0] ?? '');
  await end();

  const minutes = 60_000;
  await using(place, async (database) => {
    for (let count = 0; count < 12; count += 1) await hold(database, { ...held, now: new Date() });
    t.match(await stateOf(database, host.record), { attempts: 12 });
    const next = (await stateOf(database, host.record))?.next_try_at ?? 0;
    t.ok(next > Date.now() + 10 * minutes && next <= Date.now() + 15 * minutes, 'never later than the next scan would be');
    await holdRecord(database, { ...held, now: new Date(), nextTryAt: Date.now() + 58 * minutes });
    const { log } = listeningLog();
    const scan = { now: Date.now(), patient: true, rebuilding: false, log, said: new Set<string>() };
    const { due, later } = await scanForDue(hostPaths(host.directory), await allStates(database), scan);
    t.same([due, [...later]], [[], [[host.record, scan.now + 15 * minutes]]], 'nor by a clock that is ahead');
  });
});

t.test('a registry with an entry that the system cannot read, and one that cannot be read at all', async (t) => {
  const all = await pushedRecord(t, people);
  const { registry, database: place } = hostPaths(all.host.directory);
  const status = () => spawnSync(process.execPath, ['bin/vpr.js', 'projection', 'status', all.host.directory], { encoding: 'utf8' });
  mkdirSync(shardedPath(registry, '994c2e9d-4b0a-4f3a-9a2c-0e9a6b5d1c88'), { recursive: true });
  const { said, heard, end } = await watching(t, all.host, place, { scanEvery: 50 });
  await visible(place, all.host, all.tips[0] ?? '');
  rmSync(join(all.host.repository, 'hooks/post-receive'));
  await visible(place, all.host, await push(all, (record) => record.append()));
  t.match(heard('a registration is damaged'), [{ what: { code: 'registry/unreadable', why: /EISDIR/ } }], 'once');
  t.same(
    said.filter(({ level }) => level === 'error'),
    [],
  );
  t.match(status(), { status: 1, stdout: /1 registration damaged/ });

  renameSync(registry, `${registry}.away`);
  symlinkSync('registry', registry);
  await until(() => heard('the records cannot be looked at: the next scan tries again').length > 0);
  rmSync(registry);
  renameSync(`${registry}.away`, registry);
  await visible(place, all.host, await push(all, (record) => record.append()));
  t.same(heard('the database is away: nothing is lost, and nothing is projected until it is back'), []);
  await end();
  await isWhole(t, all, place);
});

t.test('a spool that is a file: it is said, and the scan sees what is pushed', async (t) => {
  const all = await pushedRecord(t, people);
  const { spool, database: place } = hostPaths(all.host.directory);
  writeFileSync(spool, 'x\n');
  const event = 'the spool cannot be read: pushes are seen by the scan alone';
  t.match(
    (await once(all.host, place)).find((one) => one.event === event),
    { level: 'error', what: { why: /EEXIST/, help: /move away what else is there/ } },
  );
  await visible(place, all.host, all.tips[0] ?? '');
  const watcher = await watching(t, all.host, place, { scanEvery: 50 });
  await visible(place, all.host, await push(all, (record) => record.append()));
  t.equal(watcher.heard(event).length, 1, 'once');
  rmSync(spool);
  await until(() => statSync(spool, { throwIfNoEntry: false })?.isDirectory() === true, 'a spool');
  // And while it runs.
  rmSync(spool, { recursive: true });
  writeFileSync(spool, 'x\n');
  await until(() => watcher.heard(event).length === 2);
  await visible(place, all.host, await push(all, (record) => record.append()));
  await watcher.end();
  await isWhole(t, all, place);
  symlinkSync('loop', join(all.directory, 'loop'));
  rmSync(spool);
  symlinkSync(join(all.directory, 'loop'), spool);
  const { status, stderr } = spawnSync(process.execPath, ['bin/vpr.js', 'projection', 'status', all.host.directory], { encoding: 'utf8' });
  t.match([status, stderr], [2, /error spool\/unreadable: .*ELOOP\n {2}help: run it as/]);
});

t.test('SQLite: a file that somebody holds, that is taken away, or that cannot be opened', async (t) => {
  const all = await pushedRecord(t, people);
  const place = join(all.directory, 'p.db');
  const { heard, end } = await watching(t, all.host, place, { scanEvery: 200 });
  await visible(place, all.host, all.tips[0] ?? '');

  let letGo = () => {};
  const holding = using(place, (database) => database.transaction(() => new Promise<void>((resolve) => (letGo = resolve))));
  const tip = await push(all, (record) => record.append());
  const reader = await openDatabase(place, { readOnly: true });
  t.equal((await stateOf(reader, all.host.record))?.reached, all.tips[0], 'it waits, and answers are as before');
  await reader.close();
  letGo();
  await holding;
  await visible(place, all.host, tip);

  const remove = () => {
    for (const suffix of ['', '-wal', '-shm']) rmSync(`${place}${suffix}`, { recursive: true, force: true });
  };
  remove();
  mkdirSync(place);
  await until(() => heard('the database is away: nothing is lost, and nothing is projected until it is back').length > 0);
  const later = await push(all, (record) => record.append());
  remove();
  await until(() => heard('the database is back').length > 0);
  await visible(place, all.host, later);
  await until(() => readdirSync(hostPaths(all.host.directory).spool).length === 0, 'the end of its hint, which was kept until then');
  await end();
  await isWhole(t, all, place);
});

t.test('PostgreSQL: a server that goes away and returns', { skip: whyNoPostgres() ?? false }, async (t) => {
  const server = startPostgres(t);
  const all = await pushedRecord(t, people);
  const place = server.create('watched');
  const { heard, end } = await watching(t, all.host, place, { scanEvery: 500 });
  await visible(place, all.host, all.tips[0] ?? '');
  server.stop();
  const tip = await push(all, (record) => record.append());
  await until(() => heard('the database is away: nothing is lost, and nothing is projected until it is back').length > 0);
  t.match(heard('the database is away: nothing is lost, and nothing is projected until it is back'), [
    { what: { code: 'projections/database' } },
  ]);
  await until(() => readdirSync(hostPaths(all.host.directory).spool).length === 1, 'a hint that is kept');
  server.start();
  await visible(place, all.host, tip);
  await end();
  await isWhole(t, all, place);
});

t.test('PostgreSQL: tables that an earlier version has put in the place of ours', { skip: whyNoPostgres() ?? false }, async (t) => {
  const all = await pushedRecord(t, people);
  const place = startPostgres(t).create('watched');
  const { end } = await watching(t, all.host, place);
  await visible(place, all.host, all.tips[0] ?? '');
  const earlier = await openDatabase(place);
  await sql`alter table messages drop column pairs`.execute(earlier.kysely);
  await sql`delete from kysely_migration where name = '004-pairs'`.execute(earlier.kysely);
  const checked = checkRecord(hostOf(all.host.directory), earlier, all.host.record, new Date());
  await t.rejects(checked, { code: 'projections/tables', help: [/vpr watch DIR/] }, 'said as what it is');
  await earlier.close();
  await visible(place, all.host, await push(all, (record) => record.append()));
  await end();
  await isWhole(t, all, place);
});

t.test('a full disk', async (t) => {
  const all = await pushedRecord(t, people);
  await push(all, (record) => record.append({ body: 'x'.repeat(200_000) }));
  const { database: place } = hostPaths(all.host.directory);
  // No file may grow beyond so many blocks of 512 bytes; that the signal is ignored makes it an error, as a full disk is.
  const watch = (blocks: string) =>
    spawnSync(
      'sh',
      ['-c', `trap '' XFSZ; ulimit -f ${blocks}; exec "$0" bin/vpr.js watch "$1" --once`, process.execPath, all.host.directory],
      {
        encoding: 'utf8',
      },
    );
  const full = watch('100');
  t.equal(full.status, 2, full.stderr);
  t.match(full.stderr, /error projections\/database: the database .* failed: SQLITE_/, 'not even the tables could be made');
  const fuller = watch('400');
  t.match(fuller, { status: 1, stderr: /"set-aside".*"projections\/database".* failed: SQLITE_/ }, 'a record could not be stored');
  const room = watch('unlimited');
  t.equal(room.status, 0, room.stderr);
  await isWhole(t, all, place);
});

t.test('what the watcher says has nothing of a record in it', async (t) => {
  const all = await pushedRecord(t, people, (record) => record.append({ body: 'Her chest pain is worse.' }));
  const place = join(all.directory, 'p.db');
  const said = await once(all.host, place);
  t.ok(said.some(({ event }) => event === 'projected'));
  t.notMatch(JSON.stringify(said), /chest|Jane|Smith|Changed the record/);
  t.match(readFileSync(place, 'latin1'), /chest pain/, 'the database has it');
});

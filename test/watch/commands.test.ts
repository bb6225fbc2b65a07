/** The commands of a projection, as they are installed: what they print, and how they end. */
import { spawnSync } from 'node:child_process';
import { once as event } from 'node:events';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { hostPaths } from '../../src/hosts/paths.js';
import { PROJECTION_VERSION } from '../../src/projections/store.js';
import { makePeople } from '../support/people.js';
import { MESSAGE_ID } from '../support/texts.js';
import { pushedRecord } from '../verify/support.js';
import { isWhole, push, slip, until, using, visible, watchProcess } from './support.js';

const people = await makePeople();

function vpr(...args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['bin/vpr.js', ...args], { encoding: 'utf8' });
  return { status, stdout, stderr, json: () => JSON.parse(stdout) as Record<string, unknown> };
}

t.test('from a watcher that is started to one that is asked to end', async (t) => {
  const all = await pushedRecord(t, people);
  const { database, spool } = hostPaths(all.host.directory);
  const watcher = watchProcess(t, all.host.directory);
  await until(() => watcher.text().includes('"event":"watching"') && existsSync(database));
  t.ok(existsSync(spool), 'the first watcher makes the spool');
  const tip = await push(all, (record) => record.append());
  await visible(database, all.host, tip);
  const ended = event(watcher, 'exit');
  watcher.kill('SIGTERM');
  t.same(await ended, [0, null]);
  const lines = watcher
    .text()
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  t.match(lines.at(-1), { level: 'info', event: 'ended', time: /^\d{4}-/ });
  t.ok(lines.some((line) => line['event'] === 'projected' && line['record'] === all.host.record && line['to'] === tip));
  await isWhole(t, all, database);
});

t.test('status, build and verify', async (t) => {
  const all = await pushedRecord(t, people);
  const { directory, record } = all.host;
  const { database, settings } = hostPaths(directory);
  t.match(vpr('projection', 'status', directory), { status: 2, stderr: /error projections\/missing/ });
  t.match(vpr('watch', directory, '--once'), { status: 0, stdout: /1 record, 1 up to date, 0 behind/ });
  t.match(vpr('projection', 'status', directory, '--json').json(), { records: 1, current: 1, behind: 0, held: [], waiting: 0 });
  await using(database, ({ kysely }) => kysely.updateTable('projections').set({ version: 1 }).execute());
  t.match(vpr('projection', 'status', directory), {
    status: 1,
    stdout: /0 up to date[\s\S]*1 record to be made anew[\s\S]*next:\n {2}vpr watch/,
  });
  await using(database, ({ kysely }) => kysely.updateTable('projections').set({ version: PROJECTION_VERSION }).execute());

  const good = await push(all, (made) => made.append());
  t.match(vpr('projection', 'status', directory), { status: 1, stdout: /0 up to date, 1 behind[\s\S]*next:\n {2}vpr watch/ });
  const bad = slip(all, (made) => made.commit({ files: { 'notes.txt': 'x\n' } }));
  t.match(vpr('watch', directory, '--once'), {
    status: 1,
    stdout: new RegExp(`withheld {2}${record} .*above ${good} is withheld: tree/layout in commit ${bad}`),
  });
  t.match(vpr('projection', 'status', directory, '--json').json(), { held: [{ record, state: 'withheld', reached: good, attempts: 1 }] });
  t.match(vpr('projection', 'verify', directory), { status: 0, stdout: /1 as their commits make them, 0 not/ });
  await using(database, ({ kysely }) => kysely.insertInto('hidden').values({ record, thread: 'x' }).execute());
  t.match(
    vpr('projection', 'verify', directory),
    { status: 1, stdout: /bad {3}7f4c.*\n {2}hidden x: unexplained\n0 as .*, 1 not\n\nnext:\n {2}vpr projection build \S+ 7f4c/ },
    'a row that keeps a thread from being shown',
  );
  t.match(vpr('projection', 'build', directory, record), {
    status: 1,
    stdout: new RegExp(`withheld above .*\\(vpr projection status ${directory}\\)`),
  });
  t.match(vpr('projection', 'verify', directory), { status: 0 });

  await using(database, ({ kysely }) =>
    kysely.updateTable('messages').set({ body: 'Not what was written.', message: MESSAGE_ID }).where('position', '=', 1).execute(),
  );
  t.match(
    vpr('projection', 'status', directory).stdout,
    /\n1 message id that several messages have.*:\n(?: {2}\S+ {2}in record \S+ {2}thread \S+\n){2}/,
  );
  const found = vpr('projection', 'verify', directory, record);
  t.match(found, {
    status: 1,
    stdout:
      /bad {3}7f4c.*\n {2}messages \S+ 1: different\n {2}words \S+ 1: different\n0 as their commits make them, 1 not\n\nnext:\n {2}vpr projection build \S+ 7f4c/,
  });
  t.notMatch(found.stdout, /Not what was written/);
  t.match(vpr('projection', 'build', directory, record, '--json'), { status: 1 });
  t.match(vpr('projection', 'verify', directory, record), {
    status: 0,
    stdout: new RegExp(`^good {2}${record} {2}${good} {2}[0-9a-f]{64}\n`),
  });
  await isWhole(t, all, database);
  t.match(
    vpr('projection', 'build', directory),
    { status: 1, stdout: /1 record, 0 up to date, 0 behind[\s\S]*withheld/ },
    'all of it, beside the one that answers',
  );
  await isWhole(t, all, database);

  // Rows of a record that nobody knows.
  const nobody = '00000000-0000-4000-8000-000000000000';
  const forged = {
    record: nobody,
    thread: 'x',
    participant: 'y',
    from_seq: 1,
    until_seq: null,
    role: 'clinician',
    display_name: 'z',
    organisation: null,
  };
  await using(database, ({ kysely }) => kysely.insertInto('participants').values(forged).execute());
  t.match(
    vpr('projection', 'verify', directory),
    { status: 1, stdout: new RegExp(`bad {3}${nobody}[^]*\nnext:\n {2}vpr projection build ${directory}\n$`) },
    'a build of it alone would not take its rows away',
  );
  t.match(vpr('projection', 'verify', directory, nobody), {
    status: 1,
    stdout: /watch\/unregistered: it is not registered\n0 as .* 1 not\n$/,
  });
  t.match(vpr('projection', 'build', directory, nobody), {
    status: 1,
    stdout: `${nobody}  neither registered nor projected: vpr host list ${directory}\n`,
  });
  await using(database, ({ kysely }) => kysely.deleteFrom('participants').where('record', '=', nobody).execute());
  await using(database, async ({ kysely }) => {
    for (const table of ['projections', 'records', 'commits', 'threads', 'participants', 'ledger_versions', 'status_versions'] as const)
      await kysely.deleteFrom(table).execute();
    await kysely.deleteFrom('messages').execute();
  });
  const none = {
    status: 1,
    stdout: new RegExp(`bad {3}${record} {2}no commit {2}watch/not-projected: it has commits, and is not projected\n`),
  };
  t.match(vpr('projection', 'verify', directory), none, 'a registered record without any row');
  t.match(vpr('projection', 'build', directory, record), { status: 1, stdout: /withheld/ });
  await isWhole(t, all, database);

  t.match(vpr('projection', 'build', directory, 'x'), { status: 2, stderr: /error projection\/record: "x" is not the id of a record/ });
  t.match(vpr('projection', 'status', join(directory, 'nothing')), { status: 2, stderr: /error host\/not-a-host/ });
  writeFileSync(settings, 'version: 1\nwatch: { scan_minutes: 0 }\n');
  t.match(vpr('watch', directory), { status: 2, stderr: /error projections\/settings: .*scan_minutes/ });
});

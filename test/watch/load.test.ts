/** Many records that are pushed to at the same time while a watcher runs: the projection is what their commits make, and what a build from nothing makes. */
import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { runGit } from '../../src/git/run.js';
import { hostPaths } from '../../src/hosts/paths.js';
import { addRecord } from '../../src/hosts/plain.js';
import { digestOf } from '../../src/projections/digest.js';
import { addMessage } from '../../src/records/thread-add.js';
import { openWriter } from '../../src/records/writer.js';
import { buildAll } from '../../src/watch/build.js';
import { git, makeHost, temporary } from '../e2e/support.js';
import { beginRecord, cloneFor } from '../e2e/support-clones.js';
import { onEachDatabase } from '../projections/databases.js';
import { makePeople } from '../support/people.js';
import { hostOf, listeningLog, once, until, using, visible, watchProcess } from './support.js';

const RECORDS = 16;
/** Pushes to each. */
const ROUNDS = 2;

const people = await makePeople();

onEachDatabase(t, async (t, { name, fresh }) => {
  const directory = temporary(t);
  const host = makeHost(join(directory, 'host'), people, { residentMinutes: 1 });
  const { database, settings } = hostPaths(host.directory);
  const place = name === 'SQLite' ? database : fresh();
  if (place !== database) writeFileSync(settings, `version: 1\ndatabase: ${JSON.stringify(place)}\n`);

  const hosts = [host];
  for (let index = 1; index < RECORDS; index += 1) {
    const { id, path } = addRecord(host.directory, { kind: 'coordination', id: randomUUID() }, runGit);
    hosts.push({ ...host, record: id, repository: path });
  }
  const clones: { readonly host: typeof host; readonly clone: string; readonly thread: string }[] = [];
  const fromHost = await cloneFor(directory, host, people);
  for (const [index, one] of hosts.entries()) {
    // As one that was cloned and set up from that repository, and sooner.
    const clone = join(directory, `clone${index}`);
    cpSync(fromHost, clone, { recursive: true });
    const config = join(clone, '.git/config');
    writeFileSync(config, readFileSync(config, 'utf8').replaceAll(host.repository, one.repository));
    clones.push({ host: one, clone, thread: beginRecord(clone, people) });
  }

  const watcher = watchProcess(t, host.directory);
  await until(() => watcher.text().includes('"event":"scanned"'));
  for (let round = 1; round <= ROUNDS; round += 1) {
    if (round > 1) for (const { clone, thread } of clones) addMessage(openWriter(clone), { thread, body: `Message of round ${round}.` });
    const pushes = await Promise.all(clones.map(({ clone }) => git(clone, 'push', '--quiet')));
    t.strictSame(
      pushes.filter(({ status }) => status !== 0).map(({ stderr }) => stderr),
      [],
      `round ${round}: all are taken`,
    );
  }
  for (const { host: one, clone } of clones) await visible(place, one, (await git(clone, 'rev-parse', 'main')).stdout.trim());
  t.notMatch(watcher.text(), /"level":"(?:warn|error)"/);

  const verified = spawnSync(process.execPath, ['bin/vpr.js', 'projection', 'verify', host.directory], { encoding: 'utf8' });
  t.match(verified, { status: 0, stdout: `${RECORDS} as their commits make them, 0 not` }, verified.stdout);
  const built = fresh();
  await buildAll({ ...hostOf(host.directory), database: built, log: listeningLog().log }, 2);
  const digests = (from: string) => using(from, (open) => Promise.all(hosts.map(({ record }) => digestOf(open, record))));
  const own = await digests(place);
  t.equal(new Set(own).size, RECORDS);
  t.strictSame(own, await digests(built));
  if (name === 'SQLite') return;

  // Of two that begin at the same time each does what the other is not at, and nothing is done twice.
  const empty = fresh();
  await using(empty, async () => {}); // its tables
  const said = await Promise.all([once(host, empty), once(host, empty)]);
  const projected = said.map((one) => one.filter(({ event }) => event === 'projected').map(({ what }) => what['record']));
  t.same(projected.flat().sort(), hosts.map(({ record }) => record).sort());
  t.ok(
    projected.every(({ length }) => length > 0),
    `${projected.map(({ length }) => length).join(' and ')} records`,
  );
  t.strictSame(own, await digests(empty));
});

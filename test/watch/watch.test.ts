/** From a push to a row, on each database. */
import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { hostPaths } from '../../src/hosts/paths.js';
import { onEachDatabase } from '../projections/databases.js';
import { makePeople } from '../support/people.js';
import { pushedRecord } from '../verify/support.js';
import { isWhole, once, push, until, using, visible, watching } from './support.js';

const people = await makePeople();

onEachDatabase(t, async (t, { fresh }) => {
  t.test('a push is seen, and its file in the spool is gone', async (t) => {
    const all = await pushedRecord(t, people);
    const place = fresh();
    const { heard } = await watching(t, all.host, place);
    await visible(place, all.host, all.tips[0] ?? '');
    for (let count = 0; count < 3; count += 1) {
      const tip = await push(all, (record) => record.append({ by: count % 2 === 0 ? 'tom' : 'jane', body: `Number ${count}.` }));
      await visible(place, all.host, tip);
    }
    const { spool } = hostPaths(all.host.directory);
    await until(() => readdirSync(spool).length === 0, 'an empty spool');
    const rows = await using(place, ({ kysely }) =>
      kysely
        .selectFrom('messages')
        .select(['body', 'position', 'author_name'])
        .where('record', '=', all.host.record)
        .orderBy('position')
        .execute(),
    );
    t.same(
      rows.map(({ body }) => body),
      ['Please review chest X-ray and advise on next steps.', 'Number 0.', 'Number 1.', 'Number 2.'],
    );
    const commits = await using(place, ({ kysely }) => kysely.selectFrom('commits').selectAll().orderBy('seq').execute());
    t.ok(commits.every(({ verdict, received_at }) => verdict === 'accepted' && received_at !== null));
    t.ok(
      heard('projected').every(({ what }) => Object.keys(what).sort().join() === 'commits,record,to'),
      'ids and counts only',
    );
    await isWhole(t, all, place);
  });

  t.test('settings that name another database meanwhile', async (t) => {
    const all = await pushedRecord(t, people);
    const { heard, end } = await watching(t, all.host, fresh(), { scanEvery: 20 });
    const said = () =>
      heard(
        'projections.yaml names another database than when this watcher began: start it anew, or answers from that one stay as they are',
      );
    const { settings } = hostPaths(all.host.directory);
    writeFileSync(settings, 'version: 1\nwatch: { scan_minutes: 7 }\n');
    const scans = heard('scanned').length;
    await until(() => heard('scanned').length > scans + 2, 'scans');
    t.same(said(), []);
    writeFileSync(settings, 'version: 1\ndatabase: postgres://vpr:secret@db.example/vpr\n');
    await until(() => said().length > 0, 'what it says');
    const after = heard('scanned').length;
    await until(() => heard('scanned').length > after + 2, 'more scans');
    t.match(said(), [{ level: 'warn', what: {} }], 'once');
    await end();
  });

  t.test('a watcher that was off, and hints that were lost: the scan makes up for both', async (t) => {
    const all = await pushedRecord(t, people);
    const place = fresh();
    await once(all.host, place);
    await visible(place, all.host, all.tips[0] ?? '');
    const { spool } = hostPaths(all.host.directory);
    rmSync(join(all.host.repository, 'hooks/post-receive'));
    await push(all, (record) => record.append());
    const tip = await push(all, (record) => record.append({ by: 'tom' }));
    t.same(readdirSync(spool), [], 'nobody has said anything');
    const { end } = await watching(t, all.host, place, { scanEvery: 50 });
    await visible(place, all.host, tip);
    const later = await push(all, (record) => record.append());
    await visible(place, all.host, later);
    await end();
    await isWhole(t, all, place);
  });

  t.test('two watchers at once', async (t) => {
    const all = await pushedRecord(t, people);
    const place = fresh();
    const [one, two] = [await watching(t, all.host, place, { scanEvery: 100 }), await watching(t, all.host, place, { scanEvery: 100 })];
    let tip = '';
    for (let count = 0; count < 6; count += 1) tip = await push(all, (record) => record.append({ by: count % 2 === 0 ? 'tom' : 'jane' }));
    await visible(place, all.host, tip);
    await one.end();
    const last = await push(all, (record) => record.append());
    await visible(place, all.host, last);
    await two.end();
    t.same(
      [...one.said, ...two.said].filter(({ level }) => level === 'error'),
      [],
    );
    await isWhole(t, all, place);
  });
});

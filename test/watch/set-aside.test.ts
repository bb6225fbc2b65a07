/** What main restricts is not shown of a record that is set aside either, on each database. */
import { appendFileSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { hostPaths, shardedPath } from '../../src/hosts/paths.js';
import { search, thread } from '../../src/projections/index.js';
import { stateOf } from '../../src/watch/state.js';
import { git, type TestHost, writeObjects } from '../e2e/support.js';
import { codeOf } from '../projections/asked.js';
import { onEachDatabase } from '../projections/databases.js';
import { makePeople } from '../support/people.js';
import { type PushedRecord, pushedRecord } from '../verify/support.js';
import { isWhole, once, push, slip, using } from './support.js';

const people = await makePeople();

/** What keeps a record from being projected further, each handing back what ends it. */
const TROUBLE: Readonly<Record<string, (all: PushedRecord, tip: string) => Promise<() => void>>> = {
  'a journal that cannot be read': async ({ host }) => {
    const journal = shardedPath(hostPaths(host.directory).journal, host.record, '.jsonl');
    const end = away(journal);
    mkdirSync(journal);
    return () => {
      rmSync(journal, { recursive: true });
      end();
    };
  },
  'a ref that is half-written': async ({ host: { repository } }) => {
    const ref = join(repository, 'refs/heads/main');
    const end = away(ref);
    writeFileSync(ref, 'abc');
    return end;
  },
  'a registration that is damaged': async ({ host }) => {
    const end = away(entryOf(host));
    writeFileSync(entryOf(host), '{');
    return end;
  },
  'a registration that is gone': async ({ host }) => away(entryOf(host)),
  'a repository that is gone as well': async ({ host }) => {
    const ends = [away(entryOf(host)), away(host.repository)];
    return () => {
      for (const end of ends) end();
    };
  },
  'a thread that is not there': async (all, tip) => lost(all, `${tip}:${all.record.thread}`),
  'a commit that is not there': async (all, tip) => lost(all, tip),
};

const entryOf = ({ directory, record }: TestHost) => shardedPath(hostPaths(directory).registry, record);

async function lost({ host: { repository }, record }: PushedRecord, what: string): Promise<() => void> {
  const id = (await git(repository, 'rev-parse', what)).stdout.trim();
  rmSync(join(repository, 'objects/pack'), { recursive: true });
  writeObjects(repository, record.made().objects); // each a file of its own
  return away(join(repository, 'objects', id.slice(0, 2), id.slice(2)));
}

function away(path: string): () => void {
  renameSync(path, `${path}.away`);
  return () => renameSync(`${path}.away`, path);
}

onEachDatabase(t, async (t, { fresh }) => {
  t.test('a main of which nothing tells that it is the record', async (t) => {
    const all = await pushedRecord(t, people);
    const place = fresh();
    await once(all.host, place);
    const found = (asking = {}) =>
      using(place, (database) => search(database, { text: 'chest', ...asking }).then(({ items }) => items.length));
    const restricted = all.record.touched((yaml) => yaml.replace('restricted: false', 'restricted: true'));
    slip(all, (record) => record.commit({ files: { [`${record.thread}/ledger.yaml`]: restricted } }));
    const end = away(join(all.host.repository, 'vpr-record'));
    await once(all.host, place);
    t.match(await using(place, (database) => stateOf(database, all.host.record)), { state: 'set-aside', reason: /another-record/ });
    t.equal(await found(), 0);
    t.equal(await found({ reason: 'r' }), 1);
    end();
    await once(all.host, place);
    t.equal(await found(), 0, 'main restricts it');
    await isWhole(t, all, place);
  });

  for (const [name, trouble] of Object.entries(TROUBLE))
    t.test(name, async (t) => {
      const all = await pushedRecord(t, people);
      const place = fresh();
      await once(all.host, place);
      const id = all.record.thread.slice('communications/'.length);
      const found = (asking = {}) =>
        using(place, (database) => search(database, { text: 'chest', ...asking }).then(({ items }) => items.length));
      t.equal(await found(), 1);
      const restricted = all.record.touched((yaml) => yaml.replace('restricted: false', 'restricted: true'));
      await push(all, (record) => record.commit({ files: { [`${record.thread}/ledger.yaml`]: restricted } }));
      const tip = await push(all, (record) => record.append());
      const end = await trouble(all, tip);
      await once(all.host, place);
      const state = () => using(place, (database) => stateOf(database, all.host.record));
      t.match(await state(), { state: 'set-aside', reached: all.tips[0] });
      t.equal(await found(), 0, 'main restricts it');
      t.equal(await using(place, (database) => thread(database, { thread: id }).catch(codeOf)), 'projections/restricted');
      t.equal(await found({ reason: 'r' }), 1);
      end();
      await once(all.host, place);
      t.match(await state(), { state: 'current', reached: tip });
      t.equal(await found(), 0);
      await isWhole(t, all, place);
    });

  t.test('a policy that does not read hides what main restricts, and no more', async (t) => {
    const all = await pushedRecord(t, people);
    const place = fresh();
    await once(all.host, place);
    const found = () => using(place, (database) => search(database, { text: 'chest' }).then(({ items }) => items.length));
    const tip = await push(all, (record) => record.append());
    const { policy } = hostPaths(all.host.directory);
    const text = readFileSync(policy);
    appendFileSync(policy, 'roots: [\n');
    await once(all.host, place);
    const state = () => using(place, (database) => stateOf(database, all.host.record));
    t.match(await state(), { state: 'set-aside', reached: all.tips[0], reason: /^policy\/faulty/ });
    t.equal(await found(), 1);
    writeFileSync(policy, text);
    const restricted = all.record.touched((yaml) => yaml.replace('restricted: false', 'restricted: true'));
    const last = await push(all, (record) => record.commit({ files: { [`${record.thread}/ledger.yaml`]: restricted } }));
    appendFileSync(policy, 'roots: [\n');
    await once(all.host, place);
    t.match(await state(), { state: 'set-aside', reached: all.tips[0] });
    t.equal(await found(), 0);
    writeFileSync(policy, text);
    await once(all.host, place);
    t.match(await state(), { state: 'current', reached: last });
    t.not(last, tip);
    await isWhole(t, all, place);
  });

  t.test('a registry that is gone whole', async (t) => {
    const all = await pushedRecord(t, people, (record) => record.append({ body: 'Of few.' }));
    const place = fresh();
    const found = () => using(place, async (database) => (await search(database, { text: 'few' })).items.length);
    await once(all.host, place);
    const end = away(hostPaths(all.host.directory).registry);
    await t.rejects(once(all.host, place), { code: 'registry/missing' });
    t.equal(await found(), 1);
    end();
    const restricted = all.record.touched((yaml) => yaml.replace('restricted: false', 'restricted: true'));
    await push(all, (record) => record.commit({ files: { [`${record.thread}/ledger.yaml`]: restricted } }));
    away(hostPaths(all.host.directory).registry);
    await t.rejects(once(all.host, place), { code: 'registry/missing' });
    t.equal(await found(), 0, 'main restricts it');
    end();
    await once(all.host, place);
    await isWhole(t, all, place);
  });

  t.test('main of a record that is not registered any more is moved past the hook', async (t) => {
    const all = await pushedRecord(t, people, (record) => record.append({ body: 'Of few.' }));
    const place = fresh();
    const found = () => using(place, async (database) => (await search(database, { text: 'few' })).items.length);
    const toggle = (one: string, other: string) =>
      slip(all, (record) =>
        record.commit({ files: { [`${record.thread}/ledger.yaml`]: record.touched((yaml) => yaml.replace(one, other)) } }),
      );
    await once(all.host, place);
    const end = away(entryOf(all.host));
    await once(all.host, place);
    t.equal(await found(), 1);
    toggle('restricted: false', 'restricted: true');
    t.notOk(
      (await once(all.host, place)).some(({ event }) => event === 'set-aside'),
      'that is said once',
    );
    t.equal(await found(), 0);
    toggle('restricted: true', 'restricted: false');
    await once(all.host, place);
    t.equal(await found(), 1);
    end();
    await once(all.host, place);
    await isWhole(t, all, place);
  });
});

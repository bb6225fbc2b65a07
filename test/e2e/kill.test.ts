/** `kill -9` in the middle of a check: main moves wholly or not at all, nothing is left, and the next push works. */
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { hostPaths, shardedPath } from '../../src/hosts/paths.js';
import { makePeople } from '../support/people.js';
import { seeded } from '../support/random.js';
import { scenario } from '../support/scenario.js';
import { git, gitLine, journalOf, stateOf, temporary } from './support.js';
import { killPushes } from './support-kill.js';
import { pushFrom, writeClient, writeHost } from './support-scenario.js';

const TIPS = 16;
const SEED = 20_260_111;

const people = await makePeople();

t.test('killed at moments of chance', async (t) => {
  const record = scenario(people);
  const tips = Array.from(
    { length: TIPS },
    (_, index) => record.append({ by: index % 2 === 0 ? 'jane' : 'tom' }).made().updates[0]?.new ?? '',
  );
  const made = record.made();
  const directory = temporary(t);
  const host = writeHost(directory, people, made);
  const client = await writeClient(directory, host, made);
  const { pushes, killed, taken, surprises } = await killPushes(host, client, tips, seeded(SEED));
  t.comment(`${pushes} pushes, ${killed} of them killed, ${taken} taken in the end`);
  t.ok(killed >= TIPS / 4, 'enough of them were');
  t.strictSame(surprises, []);
  t.equal(stateOf(host).main, tips.at(-1));
  t.equal((await git(host.repository, 'fsck', '--full', '--strict')).status, 0);
  t.equal(await gitLine(host.repository, 'rev-list', '--count', 'main'), String(TIPS + 2));
});

t.test('a line that a crash left unfinished stays a line of its own', async (t) => {
  const record = scenario(people);
  const [one, two] = [record.append().made(), record.append().made()];
  const directory = temporary(t);
  const host = writeHost(directory, people, one);
  const client = await writeClient(directory, host, two);
  t.equal((await pushFrom(client, one.updates)).status, 0);
  appendFileSync(shardedPath(hostPaths(host.directory).journal, host.record, '.jsonl'), '{"time":"2026-01-11T14:3');
  appendFileSync(join(host.directory, 'participants', '4f/8c/4f8c2a1d9e3b4a7c8f1e6b0d2c5a9f12.jsonl'), '{"time":"2026-01-11T14:3');
  const next = await pushFrom(client, two.updates);
  t.equal(next.status, 0, next.stderr);
  const [first = '', torn, second = '', ...rest] = journalOf(host.directory, host.record);
  t.equal(JSON.parse(first).new, one.updates[0]?.new);
  t.equal(torn, '{"time":"2026-01-11T14:3');
  t.equal(JSON.parse(second).new, two.updates[0]?.new);
  t.strictSame(rest, []);
});

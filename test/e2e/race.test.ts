/** Ten clinicians' clones, one thread: of those who push at once exactly one gets in, the others are told to pull, and nothing is lost. */
import { join } from 'node:path';
import t from 'tap';
import { openRepository } from '../../src/records/clone.js';
import { addMessage } from '../../src/records/thread-add.js';
import { viewThread } from '../../src/records/thread-view.js';
import { openWriter } from '../../src/records/writer.js';
import { makePeople } from '../support/people.js';
import { git, gitLine, journalOf, makeHost, type Ran, stateOf, temporary } from './support.js';
import { beginRecord, cloneFor } from './support-clones.js';

const PUSHERS = 10;
const ROUNDS = 2;

/** What git or the hook says to whoever comes second. */
const PULL = /git pull/;

t.test('a race to one thread', async (t) => {
  const people = await makePeople();
  const directory = temporary(t);
  const host = makeHost(join(directory, 'host'), people);
  const first = await cloneFor(directory, host, people);
  const thread = beginRecord(first, people);
  await gitLine(first, 'push', '--quiet');
  const clones = await Promise.all(
    Array.from({ length: PUSHERS }, (_, index) =>
      cloneFor(directory, host, people, { person: index % 2 === 0 ? 'jane' : 'tom', name: `clone${index}` }),
    ),
  );
  for (const [index, clone] of clones.entries()) addMessage(openWriter(clone), { thread, body: `Message of clone ${index}.` });

  let waiting = clones;
  for (let round = 1; round <= ROUNDS; round += 1) {
    const { main: before } = stateOf(host);
    const tips = await Promise.all(waiting.map((clone) => gitLine(clone, 'rev-parse', 'HEAD')));
    const pushes: Ran[] = await Promise.all(waiting.map((clone) => git(clone, 'push')));
    const winners = pushes.flatMap(({ status }, index) => (status === 0 ? [index] : []));
    t.equal(winners.length, 1, `round ${round}: one of ${waiting.length} wins`);
    t.equal(stateOf(host).main, tips[winners[0] ?? -1], 'and main is what it pushed');
    t.not(stateOf(host).main, before);
    for (const { status, stderr } of pushes) if (status !== 0) t.match(stderr, PULL, 'the others are told to pull');
    waiting = waiting.filter((_, index) => !winners.includes(index));
    const pulls = await Promise.all(waiting.map((clone) => git(clone, 'pull', '--quiet', '--rebase', '-S')));
    t.same(
      pulls.map(({ status, stderr }) => [status, stderr]).filter(([status]) => status !== 0),
      [],
      'and can, without a conflict',
    );
  }
  for (const clone of waiting) {
    const pulled = await git(clone, 'pull', '--quiet', '--rebase', '-S');
    t.equal(pulled.status, 0, pulled.stderr);
    const { status, stderr } = await git(clone, 'push');
    t.equal(status, 0, stderr);
  }

  const { main } = stateOf(host);
  const { messages } = viewThread(openRepository(host.repository), thread);
  t.equal(messages.length, 1 + PUSHERS);
  t.strictSame(
    messages
      .slice(1)
      .map(({ body }) => body)
      .sort(),
    clones.map((_, index) => `Message of clone ${index}.`).sort(),
    'every message is there, once',
  );
  t.equal(await gitLine(host.repository, 'rev-list', '--count', '--min-parents=2', 'main'), '0', 'history is a line');
  const entries = journalOf(host.directory, host.record).map((line) => JSON.parse(line));
  const line = (await gitLine(host.repository, 'rev-list', '--first-parent', '--reverse', 'main')).split('\n');
  const counted = entries.filter(({ new: id }) => line.includes(id));
  t.same(
    counted.map(({ new: id }) => id),
    line.slice(1),
    'each commit of main has its entry in the journal',
  );
  t.equal(counted.at(-1)?.new, main);
});

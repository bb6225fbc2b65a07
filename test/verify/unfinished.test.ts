/** A push that the hook accepted and git refused: the journal has it, main doesn't, and nobody has tampered. */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { openRepository } from '../../src/records/clone.js';
import { versions } from '../../src/verify/program.js';
import { verifyRecord } from '../../src/verify/record.js';
import { subjectOf } from '../../src/verify/subject.js';
import { gitLine, writeObjects } from '../e2e/support.js';
import { pushFrom } from '../e2e/support-scenario.js';
import { makePeople } from '../support/people.js';
import { RECORD_ID } from '../support/texts.js';
import { pushedRecord, verify } from './support.js';

const people = await makePeople();
const world = await pushedRecord(t, people, (record) => record.append());
const { directory, host, client, trust, tips, record } = world;
const [first = '', second = ''] = tips;
const repository = host.repository;
const look = (cache = false, path = repository) => verify({ in: path, trust, journal: host.directory, cache });
const push = () => {
  const { objects, updates } = record.made();
  writeObjects(client, objects);
  return pushFrom(client, [{ old: '', new: updates[0]?.new ?? '', ref: 'refs/heads/main' }]);
};

t.test('by another hook, or by a lock that was left: not good, and not told as tampering', async (t) => {
  t.match(await look(true), { good: true });
  record.append();
  const hook = join(repository, 'hooks/update');
  writeFileSync(hook, '#!/bin/sh\nexit 1\n', { mode: 0o755 });
  t.match(await push(), { status: 1, stderr: /hook declined/ });
  rmSync(hook);
  const found = await look();
  t.match(found, { good: false, gaps: ['unfinished'], record: { history: { receipts: { unfinished: 1, beyond: 0 } } } });
  t.match(
    found.text,
    /incomplete \(unfinished\): the journal has 1 accepted push that begins at what main is, and that main lacks: git refused it/,
  );
  t.match(
    await look(true),
    { good: false, gaps: ['unfinished'], record: { cached: { tip: second } } },
    'also by what was remembered as good',
  );

  const lock = join(repository, 'refs/heads/main.lock');
  writeFileSync(lock, '');
  t.match(await push(), { status: 1 });
  rmSync(lock);
  t.match(await look(), { gaps: ['unfinished'], record: { history: { receipts: { unfinished: 2 } } } });

  t.match(await push(), { status: 0 });
  record.taken();
  const settled = await look();
  t.match(settled, { good: true }, 'pushing again settles it');
  t.notMatch(settled.text, /that main does not have/, 'and nothing is left to say of it');
});

t.test('of a record that has nothing yet', async (t) => {
  const empty = join(directory, 'empty');
  await gitLine(directory, 'init', '--quiet', '--bare', '--initial-branch=main', empty);
  const journal = join(directory, 'first.jsonl');
  const now = new Date();
  const entry = (old: string, fresh: string) =>
    `${JSON.stringify({ time: now.toISOString(), record: RECORD_ID, old, new: fresh, verdict: 'accepted' })}\n`;
  const gaps = async (text: string) => {
    writeFileSync(journal, text);
    const subject = subjectOf(openRepository(empty), undefined, { kind: 'coordination', id: RECORD_ID });
    const frame = { versions: versions(), only: 'everything', at: now, atGiven: false, now } as const;
    return (await verifyRecord(subject, { ...frame, journal: () => journal })).gaps.map(({ code }) => code);
  };
  const zero = '0'.repeat(40);
  t.same(await gaps(entry(zero, first)), ['unfinished']);
  t.same(await gaps(entry(zero, first) + entry(first, second)), ['set-back'], 'the second began where the first had ended');
});

t.test('where a later push began at one, main had stood there', async (t) => {
  record.append();
  t.match(await push(), { status: 0 });
  record.taken();
  await gitLine(repository, 'update-ref', 'refs/heads/main', second);
  t.match(await look(), { good: false, gaps: ['set-back'], record: { history: { receipts: { unfinished: 0 } } } });
});

import { chownSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { MAIN } from '../../src/format/push.js';
import { commitOf, openRepository } from '../../src/records/clone.js';
import { beginCoordination, inPreparedDirectory, prepareDirectory, registeredId } from '../../src/records/init-coordination.js';
import { type LedgerInput, setLedger } from '../../src/records/ledger-set.js';
import { parseParticipant } from '../../src/records/participants.js';
import { setStatus } from '../../src/records/status-set.js';
import { addMessage } from '../../src/records/thread-add.js';
import { createThread, type ThreadInput } from '../../src/records/thread-create.js';
import { listThreads, viewThread } from '../../src/records/thread-view.js';
import { openWriter } from '../../src/records/writer.js';
import { makeWorld, RECORD, run, type World } from './support.js';

async function begun(t: Test) {
  const world = await makeWorld(t);
  const clone = await world.clone('jane', 'jane');
  beginCoordination(openWriter(clone), {});
  return { world, clone };
}

function thread(world: World, changes: Partial<ThreadInput> = {}): ThreadInput {
  const { tom, john } = world.people;
  return {
    participants: [
      { participant_id: tom.participantId, role: 'clinician', display_name: 'Dr Tom Brown' },
      { participant_id: john.participantId, role: 'patient', display_name: 'John Doe', organisation: 'At: home' },
    ],
    body: 'Please review before discharge.',
    visibility: { sensitivity: 'standard', restricted: false },
    policies: { allow_patient_participation: true, allow_external_organisations: true },
    ...changes,
  };
}

const ledger = (thread: string, changes: Partial<LedgerInput>): LedgerInput => ({
  thread,
  add: [],
  remove: [],
  visibility: {},
  policies: {},
  ...changes,
});

async function accepted(t: Test, world: World, clone: string) {
  run(clone, 'git', 'push', '--quiet');
  const { verdict } = await world.judge();
  t.strictSame(verdict.problems, [], 'every rule holds');
  return verdict.commits.judged;
}

t.test('a record from its root commit to its suspension is what a host accepts', async (t) => {
  const { world, clone } = await begun(t);
  const writer = openWriter(clone);
  t.equal(registeredId(writer.clone), RECORD, 'the id is that of the path it was cloned from');
  t.match(readFileSync(join(clone, 'COORDINATION_STATUS.yaml'), 'utf8'), new RegExp(`coordination_id: "${RECORD}"`));
  const created = createThread(writer, thread(world));
  const added = addMessage(writer, { thread: created.thread.slice(21, 29), body: 'Tom, see above.\r\n\r\n---' });
  addMessage(writer, { thread: created.thread, body: 'The left side.', corrects: added.message.slice(0, 8) });
  addMessage(writer, { thread: created.thread, body: 'I feel better.', onBehalfOf: world.people.john.participantId });
  setLedger(writer, ledger(created.thread, { remove: [world.people.tom.participantId], visibility: { sensitivity: 'confidential' } }));
  setLedger(writer, ledger(created.thread, { status: 'closed' }));
  setLedger(writer, ledger(created.thread, { status: 'archived' }));
  setStatus(writer, { record_open: false });
  setStatus(writer, { lifecycle_state: 'suspended' });
  t.equal(await accepted(t, world, clone), 10);
  t.equal(run(clone, 'git', 'status', '--porcelain'), '', 'nothing is left in the working tree or the index');

  const view = viewThread(openRepository(clone), created.thread);
  t.strictSame(
    view.messages.map(({ role, authorName, recordedBy, body }) => [role, authorName, recordedBy, body]),
    [
      ['clinician', 'Dr Jane Smith', undefined, 'Please review before discharge.'],
      ['clinician', 'Dr Jane Smith', undefined, 'Tom, see above.\n\n---'],
      [undefined, 'Dr Jane Smith', undefined, 'The left side.'],
      ['patient', 'John Doe', 'Dr Jane Smith', 'I feel better.'],
      ['system', 'Dr Jane Smith', undefined, 'Dr Tom Brown (clinician) was removed from the thread.'],
      ['system', 'Dr Jane Smith', undefined, 'The thread was closed.'],
    ],
    'closing says so in the thread; archiving a closed thread cannot',
  );
  t.match(listThreads(openRepository(clone)), [{ id: created.thread, status: 'archived', participants: ['Dr Jane Smith', 'John Doe'] }]);
  t.strictSame(listThreads(openRepository(clone), 'open'), []);
});

t.test('an administrator and a patient write what is theirs', async (t) => {
  const { world, clone } = await begun(t);
  const { thread: id } = createThread(openWriter(clone), thread(world));
  run(clone, 'git', 'push', '--quiet');
  const clerk = await world.clone('ada', 'ada');
  setLedger(openWriter(clerk), ledger(id, { add: [parseParticipant('0a9b8c7d-6e5f-4d3c-8b2a-1f0e9d8c7b6a:careteam:Ward 7')] }));
  t.throws(() => addMessage(openWriter(clerk), { thread: id, body: 'x' }), {
    code: 'thread/not-participant',
    help: [/--add-participant ".*:careadministrator:Ada Clerk"/],
  });
  addMessage(openWriter(clerk), { thread: id, body: 'Said at the desk.', onBehalfOf: world.people.john.participantId });
  run(clerk, 'git', 'push', '--quiet');
  const patient = await world.clone('john', 'john');
  addMessage(openWriter(patient), { thread: id, body: 'Thank you.' });
  t.equal(await accepted(t, world, patient), 5);
  t.equal(
    viewThread(openRepository(patient), id).messages[1]?.authorName,
    'Ada Clerk',
    "the system message of who is not listed has the certificate's name",
  );
});

t.test('a participant in another role, under another name, and a name with a colon', async (t) => {
  const { world, clone } = await begun(t);
  const { jane, tom } = world.people;
  const writer = openWriter(clone);
  const { thread: id } = createThread(writer, thread(world));
  setLedger(writer, ledger(id, { change: [parseParticipant(`${tom.participantId}:careteam:Ward 7\\: night:Example NHS Trust`)] }));
  setLedger(writer, ledger(id, { change: [parseParticipant(`${jane.participantId}:clinician:Dr Jane Hill`)] }));
  setLedger(writer, ledger(id, { change: [parseParticipant(`${tom.participantId}:careteam:Ward 7\\: night`)] }));
  const view = viewThread(openRepository(clone), id);
  t.match(
    view.ledger.participants.filter(({ role }) => role !== 'patient'),
    [{ display_name: 'Dr Jane Hill' }, { participant_id: tom.participantId, role: 'careteam', display_name: 'Ward 7: night' }],
  );
  t.notOk(
    view.ledger.participants.some(({ participant_id, organisation }) => participant_id === tom.participantId && organisation !== undefined),
  );
  t.match(
    view.messages.slice(1).map(({ body, authorName }) => [authorName, body]),
    [
      ['Dr Jane Smith', /^Dr Tom \w+ \(clinician\) is now Ward 7: night \(careteam, Example NHS Trust\)\.$/],
      ['Dr Jane Hill', 'Dr Jane Smith (clinician) is now Dr Jane Hill (clinician).'],
      ['Dr Jane Hill', /is now Ward 7: night \(careteam\)\.$/],
    ],
  );
  t.equal(await accepted(t, world, clone), 5);
  const change = [parseParticipant(`${tom.participantId}:careteam:Ward 7\\: night`)];
  t.throws(() => setLedger(writer, ledger(id, { change })), { code: 'ledger/unchanged' });
  t.throws(() => setLedger(writer, ledger(id, { change: [parseParticipant(`${RECORD}:careteam:Ward 8`)] })), {
    code: 'participant/unknown',
  });
});

t.test("a thread in the layout of VPR's program keeps it", async (t) => {
  const { world, clone } = await begun(t);
  const { jane } = world.people;
  const { thread: id } = createThread(openWriter(clone), thread(world, { body: undefined }));
  const path = join(clone, 'communications', id, 'thread.md');
  const first = `# Thread\n\n**Message ID:** 3f7a8d2c-1e9b-4a6d-9f2e-5c8b7a4d1f92\n**Timestamp:** 2026-01-11T14:36:15.234Z\n**Author ID:** ${jane.participantId}\n**Author name:** Dr Jane Smith\n**Author role:** clinician\n\nHello.\n\n---`;
  writeFileSync(path, first);
  run(clone, 'git', 'commit', '--quiet', '-a', '-m', 'messaging:update: Older program');
  addMessage(openWriter(clone), { thread: id, body: 'And now this.', corrects: '3f7a8d2c' });
  const text = readFileSync(path, 'utf8');
  t.ok(text.startsWith(first));
  t.match(text, /\*\*Author role:\*\* clinician\n\*\*Corrects:\*\* 3f7a8d2c-1e9b-4a6d-9f2e-5c8b7a4d1f92\n\nAnd now this\.\n\n---\n$/);
});

t.test('last_updated_at always moves forward, whatever the clock says', async (t) => {
  const { world, clone } = await begun(t);
  const writer = openWriter(clone);
  const now = new Date();
  const { thread: id } = createThread(writer, thread(world), now);
  addMessage(writer, { thread: id, body: 'x' }, new Date(now.getTime() - 60_000));
  t.equal(viewThread(openRepository(clone), id).ledger.last_updated_at, new Date(now.getTime() + 1).toISOString());
});

t.test('common mistakes are caught before anything is written', async (t) => {
  const { world, clone } = await begun(t);
  const writer = openWriter(clone);
  const { tom, john } = world.people;
  const { thread: id, message = '' } = createThread(writer, thread(world));
  const head = commitOf(clone, MAIN);
  t.throws(() => addMessage(writer, { thread: 'ffff0000', body: 'x' }), { code: 'thread/unknown', help: [/vpr thread list/, /git pull/] });
  t.throws(() => addMessage(writer, { thread: id, body: ' \n' }), { code: 'thread/message' });
  t.throws(() => addMessage(writer, { thread: id, body: 'x', corrects: 'ffff0000' }), { code: 'thread/corrects' });
  t.throws(() => addMessage(writer, { thread: id, body: 'x', onBehalfOf: tom.participantId }), { code: 'thread/not-recorded' });
  t.throws(() => addMessage(writer, { thread: id, body: 'x', onBehalfOf: RECORD }), { code: 'thread/not-participant' });
  t.throws(() => setLedger(writer, ledger(id, { status: 'open' })), { code: 'ledger/unchanged' });
  t.throws(() => setLedger(writer, ledger(id, { remove: [RECORD] })), { code: 'participant/unknown' });
  t.throws(() => setLedger(writer, ledger(id, { add: [parseParticipant(`${john.participantId}:patient:John`)] })), {
    code: 'participant/twice',
  });
  t.throws(() => setLedger(writer, ledger(id, { remove: [tom.participantId, john.participantId, world.people.jane.participantId] })), {
    code: 'participant/none',
  });
  t.throws(() => setStatus(writer, { lifecycle_state: 'active' }), { code: 'status/unchanged' });
  for (const text of ['x:clinician:Jane', `${RECORD}:doctor:Jane`, `${RECORD}:clinician:`, `${RECORD}:clinician:A:B:C`]) {
    t.throws(() => parseParticipant(text), { code: 'participant/unreadable' });
  }
  t.equal(commitOf(clone, MAIN), head);
  t.ok(message);

  setLedger(writer, ledger(id, { status: 'closed' }));
  t.throws(() => addMessage(writer, { thread: id, body: 'x' }), { code: 'thread/closed', message: /this thread is closed/ });
  t.throws(() => setLedger(writer, ledger(id, { status: 'open' })), { code: 'ledger/transition' });
  setStatus(writer, { record_open: false });
  t.throws(() => createThread(writer, thread(world)), { code: 'record/closed', help: ['vpr status set --open', /./] });
  setStatus(writer, { record_modifiable: false });
  t.throws(() => setLedger(writer, ledger(id, { status: 'archived' })), { code: 'record/closed' });
  setStatus(writer, { lifecycle_state: 'closed' });
  t.throws(() => setStatus(writer, { lifecycle_state: 'active' }), { code: 'status/transition' });
});

t.test('a directory for a new record', async (t) => {
  const world = await makeWorld(t);
  const fresh = join(world.directory, 'fresh');
  prepareDirectory(fresh);
  t.ok(existsSync(join(fresh, '.git')));
  t.equal(run(fresh, 'git', 'symbolic-ref', 'HEAD'), MAIN);
  t.throws(() => openWriter(fresh), { code: 'writer/not-set-up', help: ['vpr setup --certificate FILE --key FILE'] });
  t.throws(() => listThreads(openRepository(fresh)), { code: 'record/empty' });
  t.throws(() => openRepository(world.directory), { code: 'clone/none' });
  t.throws(() => openRepository(join(world.directory, 'none')), { code: 'clone/none', message: /there is no directory/ });
  t.throws(() => openRepository(world.trust), { code: 'clone/none', help: [/git clone .*trust\.json record/, /--in record/] });

  if (process.getuid?.() === 0) {
    const other = join(world.directory, 'other');
    run(world.directory, 'git', 'init', '--quiet', other);
    for (const path of [other, join(other, '.git')]) chownSync(path, 12345, 12345);
    t.throws(() => openRepository(other), {
      code: 'clone/other-owner',
      help: [/git clone URL/, /trust that account: git config --global --add safe\.directory \S*\/other$/],
    });
  }

  const filled = join(world.directory, 'filled');
  mkdirSync(filled);
  writeFileSync(join(filled, 'x'), '');
  t.throws(() => prepareDirectory(filled), { code: 'record/not-empty' });

  const clone = await world.clone('jane', 'jane');
  t.throws(() => beginCoordination(openWriter(clone), { id: 'x' }), { code: 'record/id' });
  const fails = () => Promise.reject(new Error('no certificate'));
  for (const [made, kept] of [
    [join(world.directory, 'new/deep'), world.directory],
    [join(world.directory, 'new'), world.directory],
    [clone, join(clone, '.git')],
  ] as const) {
    await t.rejects(inPreparedDirectory(made, fails), { message: 'no certificate' });
    t.ok(existsSync(kept));
    t.equal(existsSync(made), made === clone, 'what failed leaves nothing that was made for it');
  }
  mkdirSync(join(world.directory, 'empty'));
  await t.rejects(inPreparedDirectory(join(world.directory, 'empty'), fails));
  t.same(readdirSync(join(world.directory, 'empty')), []);
  beginCoordination(openWriter(clone), {});
  t.throws(() => prepareDirectory(clone), { code: 'record/begun' });
});

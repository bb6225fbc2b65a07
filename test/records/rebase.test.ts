import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { MAIN } from '../../src/format/push.js';
import { commitOf, openRepository } from '../../src/records/clone.js';
import { beginCoordination } from '../../src/records/init-coordination.js';
import { setLedger } from '../../src/records/ledger-set.js';
import { addMessage } from '../../src/records/thread-add.js';
import { createThread } from '../../src/records/thread-create.js';
import { viewThread } from '../../src/records/thread-view.js';
import { openWriter } from '../../src/records/writer.js';
import { makeWorld, RECORD, run } from './support.js';

const CHANGES = { add: [], remove: [], visibility: {}, policies: {} };

t.test('two clinicians who wrote offline both get their messages in, by git pull and git push alone', async (t) => {
  const world = await makeWorld(t);
  const { jane, tom } = world.people;
  const here = await world.clone('jane', 'jane');
  beginCoordination(openWriter(here), { id: RECORD });
  const { thread } = createThread(openWriter(here), {
    participants: [{ participant_id: tom.participantId, role: 'clinician', display_name: 'Dr Tom Brown' }],
    body: 'First.',
    visibility: { sensitivity: 'standard', restricted: false },
    policies: { allow_patient_participation: true, allow_external_organisations: true },
  });
  run(here, 'git', 'push', '--quiet');
  const there = await world.clone('tom', 'tom');

  addMessage(openWriter(here), { thread, body: 'Jane, one.\n\n---\n\n## Message' });
  addMessage(openWriter(here), { thread, body: 'Jane, two.' });
  run(here, 'git', 'push', '--quiet');
  addMessage(openWriter(there), { thread, body: 'Tom, one.' });
  setLedger(openWriter(there), {
    ...CHANGES,
    thread,
    add: [{ participant_id: world.people.john.participantId, role: 'patient', display_name: 'John Doe' }],
  });
  addMessage(openWriter(there), { thread, body: 'Tom, two.' });

  t.throws(() => run(there, 'git', 'push', '--quiet'), /fetch first|non-fast-forward/);
  run(there, 'git', 'pull', '--quiet');
  run(there, 'git', 'push', '--quiet');

  const view = viewThread(openRepository(there), thread);
  t.strictSame(
    view.messages.map(({ authorName, body, role }) => [authorName, role, body]),
    [
      ['Dr Jane Smith', 'clinician', 'First.'],
      ['Dr Jane Smith', 'clinician', 'Jane, one.\n\n---\n\n## Message'],
      ['Dr Jane Smith', 'clinician', 'Jane, two.'],
      ['Dr Tom Brown', 'clinician', 'Tom, one.'],
      ['Dr Tom Brown', 'system', 'John Doe (patient) was added to the thread.'],
      ['Dr Tom Brown', 'clinician', 'Tom, two.'],
    ],
  );
  t.equal(commitOf(world.bare, MAIN), commitOf(there, MAIN));
  const { verdict } = await world.judge();
  t.strictSame(verdict.problems, []);
  t.equal(verdict.commits.judged, 7);
  t.equal(verdict.signers.length, 7, 'every commit is signed');
  t.strictSame(
    verdict.signers.map(({ signer }) => signer.participantId),
    [...Array(4).fill(jane.participantId), ...Array(3).fill(tom.participantId)],
  );

  run(here, 'git', 'pull', '--quiet', '--rebase', '-S');
  t.equal(commitOf(here, MAIN), commitOf(there, MAIN));
});

t.test('a name is changed while the other writes', async (t) => {
  const world = await makeWorld(t);
  const { tom, john } = world.people;
  const here = await world.clone('jane', 'jane');
  beginCoordination(openWriter(here), { id: RECORD });
  const { thread } = createThread(openWriter(here), {
    participants: [
      { participant_id: tom.participantId, role: 'clinician', display_name: 'Dr Tom Brown' },
      { participant_id: john.participantId, role: 'patient', display_name: 'John Doe' },
    ],
    visibility: { sensitivity: 'standard', restricted: false },
    policies: { allow_patient_participation: true, allow_external_organisations: true },
  });
  run(here, 'git', 'push', '--quiet');
  const there = await world.clone('tom', 'tom');
  addMessage(openWriter(there), { thread, body: 'Tom, offline.' });
  run(there, 'git', 'push', '--quiet');
  setLedger(openWriter(here), {
    ...CHANGES,
    thread,
    change: [{ participant_id: john.participantId, role: 'patient', display_name: 'Johanna Doe', organisation: 'Home' }],
  });
  run(here, 'git', 'pull', '--quiet');
  run(here, 'git', 'push', '--quiet');
  const { ledger, messages } = viewThread(openRepository(here), thread);
  t.match(ledger.participants.at(-1), { participant_id: john.participantId, display_name: 'Johanna Doe', organisation: 'Home' });
  t.strictSame(
    messages.map(({ body }) => body),
    ['Tom, offline.', 'John Doe (patient) is now Johanna Doe (patient, Home).'],
  );
  t.strictSame((await world.judge()).verdict.problems, []);
});

t.test('one value changed two ways stops the rebase, and says so', async (t) => {
  const world = await makeWorld(t);
  const here = await world.clone('jane', 'jane');
  beginCoordination(openWriter(here), { id: RECORD });
  const { thread } = createThread(openWriter(here), {
    participants: [{ participant_id: world.people.tom.participantId, role: 'clinician', display_name: 'Dr Tom Brown' }],
    body: 'First.',
    visibility: { sensitivity: 'standard', restricted: false },
    policies: { allow_patient_participation: true, allow_external_organisations: true },
  });
  run(here, 'git', 'push', '--quiet');
  const there = await world.clone('tom', 'tom');
  setLedger(openWriter(here), { ...CHANGES, thread, visibility: { sensitivity: 'confidential' } });
  run(here, 'git', 'push', '--quiet');
  setLedger(openWriter(there), { ...CHANGES, thread, visibility: { sensitivity: 'restricted' } });
  t.throws(() => run(there, 'git', 'pull', '--quiet'), /ledger\.yaml: the two sides cannot be put together/);
  t.throws(() => openWriter(there) && addMessage(openWriter(there), { thread, body: 'x' }), {
    code: 'clone/branch',
    help: [/rebase --continue/, /./],
  });
  t.match(
    run(there, 'cat', `communications/${thread}/ledger.yaml`),
    /<<<<<<< on the host[\s\S]*confidential[\s\S]*restricted[\s\S]*>>>>>>> yours/,
  );
});

t.test('where vpr has gone, both sides stay in the file', async (t) => {
  const world = await makeWorld(t);
  const here = await world.clone('jane', 'jane');
  beginCoordination(openWriter(here), { id: RECORD });
  const { thread } = createThread(openWriter(here), {
    participants: [{ participant_id: world.people.tom.participantId, role: 'clinician', display_name: 'Dr Tom Brown' }],
    body: 'First.',
    visibility: { sensitivity: 'standard', restricted: false },
    policies: { allow_patient_participation: true, allow_external_organisations: true },
  });
  run(here, 'git', 'push', '--quiet');
  const there = await world.clone('tom', 'tom');
  addMessage(openWriter(here), { thread, body: 'From Jane.' });
  run(here, 'git', 'push', '--quiet');
  addMessage(openWriter(there), { thread, body: 'From Tom.' });
  const launcher = join(there, '.git/vpr/vpr-merge');
  writeFileSync(launcher, readFileSync(launcher, 'utf8').replace(/^script=.*$/m, "script='/nowhere'"));
  t.throws(() => run(there, 'git', 'pull', '--quiet'), /vpr is gone from \/nowhere/);
  t.match(run(there, 'cat', `communications/${thread}/thread.md`), /<<<<<<<[\s\S]*From Jane\.[\s\S]*From Tom\.[\s\S]*>>>>>>>/);
});

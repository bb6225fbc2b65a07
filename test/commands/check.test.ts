import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { beginCoordination } from '../../src/records/init-coordination.js';
import { addMessage } from '../../src/records/thread-add.js';
import { createThread } from '../../src/records/thread-create.js';
import { openWriter } from '../../src/records/writer.js';
import { makeWorld, run } from '../records/support.js';
import { vpr, vprJson } from './support.js';

const OPEN = {
  participants: [],
  body: 'First.',
  visibility: { sensitivity: 'standard', restricted: false },
  policies: { allow_patient_participation: true, allow_external_organisations: true },
} as const;

t.test('check says before a push what the host would, and verify says it of what is there', async (t) => {
  const world = await makeWorld(t);
  const clone = await world.clone('jane', 'jane');
  t.match(vpr(clone, ['check']), { status: 2, stderr: /record\/empty/ });
  beginCoordination(openWriter(clone), {});
  const { thread } = createThread(openWriter(clone), OPEN);
  run(clone, 'git', 'push', '--quiet');
  t.match(vpr(clone, ['check']), { status: 0, stdout: /^nothing to push/ });

  addMessage(openWriter(clone), { thread, body: 'Second.' });
  t.match(vprJson(clone, ['check']), { status: 0, value: { accepted: true, commits: { judged: 1, pushed: 1 }, problems: [] } });
  writeFileSync(join(clone, 'communications', thread, 'thread.md'), '# Messages\n');
  run(clone, 'git', 'commit', '--quiet', '-a', '-m', 'Tidied');
  const refused = vpr(clone, ['check']);
  t.match(refused, { status: 1, stdout: /^refused: \d+ problems in 1 of 2 commits\n[\s\S]*error thread\/append-only {2}communications\// });
  t.match(refused.stdout, /error commit\/message[\s\S]*help: [\s\S]*git commit --amend -S\n/);
  t.match(vprJson(clone, ['check']), {
    status: 1,
    value: { accepted: false, problems: [{ rule: 'commit/message', severity: 'error', commit: /^[0-9a-f]{40}$/ }] },
  });
  t.match(vpr(clone, ['verify']), { status: 1, stdout: /^refused: / });
  t.match(vpr(clone, ['verify', 'origin/main']), { status: 0 });
  t.match(vpr(clone, ['verify', 'HEAD~1']), { status: 0 });

  const mirror = vpr(world.bare, ['verify']);
  t.match(mirror, {
    status: 1,
    stdout:
      /^incomplete: 2 of 2 commits judged, and no problem found in what could be checked\n\nincomplete \(no-trust\): who signed, and what they may do \(/,
  });
  t.match(vpr(world.bare, ['verify', '--trust', world.trust]), { status: 0, stdout: /^2 commits verified/ });
  t.match(vpr(clone, ['verify', 'nothing']), { status: 2, stderr: /range\/unknown/ });
  t.match(vpr(clone, ['verify', 'a..b..c']), { status: 2, stderr: /range\/unreadable/ });
});

t.test("another's push, once fetched, is said to be in the way", async (t) => {
  const world = await makeWorld(t);
  const clone = await world.clone('jane', 'jane');
  beginCoordination(openWriter(clone), {});
  const { thread } = createThread(openWriter(clone), OPEN);
  run(clone, 'git', 'push', '--quiet');
  const other = await world.clone('other', 'jane');
  addMessage(openWriter(other), { thread, body: 'From elsewhere.' });
  run(other, 'git', 'push', '--quiet');
  addMessage(openWriter(clone), { thread, body: 'From here.' });
  t.match(vpr(clone, ['check']), { status: 0 }, 'not known before a fetch');
  run(clone, 'git', 'fetch', '--quiet');
  t.match(vpr(clone, ['check']), { status: 1, stdout: /error ref\/fast-forward[\s\S]*git pull --rebase -S/ });
  run(clone, 'git', 'pull', '--quiet', '--rebase', '-S');
  t.match(vpr(clone, ['check']), { status: 0, stdout: /^1 commit judged/ });
});

t.test('a remote may be called anything, and a false id accuses the commit that has it alone', async (t) => {
  const world = await makeWorld(t);
  const clone = await world.clone('jane', 'jane');
  beginCoordination(openWriter(clone), {});
  const { thread } = createThread(openWriter(clone), OPEN);
  run(clone, 'git', 'push', '--quiet');
  run(clone, 'git', 'remote', 'rename', 'origin', 'host');
  t.match(vpr(clone, ['check']), { status: 0, stdout: /^nothing to push: host\/main is/ });
  addMessage(openWriter(clone), { thread, body: 'Second.' });
  const checked = vpr(clone, ['check']);
  t.match(checked, { status: 0, stdout: /^1 commit judged/ });
  t.notMatch(checked.stdout, /only the host knows/, 'the address says which record it is');

  run(clone, 'git', 'config', 'remote.host.url', world.bare.replace('coordination', 'elsewhere'));
  const status = join(clone, 'COORDINATION_STATUS.yaml');
  writeFileSync(
    status,
    readFileSync(status, 'utf8').replace(/coordination_id: .*/, 'coordination_id: 00000000-0000-4000-8000-000000000000'),
  );
  run(clone, 'git', 'commit', '--quiet', '-a', '-m', 'coordination:update: Changed id');
  const refused = vpr(clone, ['check']);
  t.match(refused, { status: 1, stdout: /^refused: \d+ problems? in 1 of 2 commits/ });
});

t.test('what a clone cannot know is said, and unsigned or shallow is not good', async (t) => {
  const world = await makeWorld(t);
  const clone = await world.clone('jane', 'jane');
  beginCoordination(openWriter(clone), {});
  createThread(openWriter(clone), OPEN);
  run(clone, 'git', 'config', '--unset', 'vpr.trust');
  t.match(vpr(clone, ['check']), {
    status: 0,
    stdout:
      /not checked: who signed, and what they may do \([^)]*commit\/signer[^)]*\): the host's trust bundle is not here; get it, then: vpr setup --trust FILE/,
  });
  run(clone, 'git', 'config', 'vpr.trust', join(world.directory, 'gone.json'));
  t.match(vpr(clone, ['check']), { status: 2, stderr: /the host's trust bundle: there is no file/ });

  run(clone, 'git', 'config', 'vpr.trust', world.trust);
  run(clone, 'git', 'commit', '--quiet', '--no-gpg-sign', '--amend', '--no-edit');
  t.match(vpr(clone, ['check']), { status: 1, stdout: /error commit\/signature[\s\S]*the commit is not signed/ });
  run(clone, 'git', 'push', '--quiet');
  const shallow = join(world.directory, 'shallow');
  run(world.directory, 'git', 'clone', '--quiet', '--depth=1', `file://${world.bare}`, shallow);
  t.match(vpr(shallow, ['verify', '--trust', world.trust]), { status: 1, stdout: /incomplete \(shallow\)[\s\S]*git fetch --unshallow/ });
});

import t from 'tap';
import { loadBundle } from '../../src/records/trust-bundle.js';
import { KNOWN_RULES } from '../../src/validators/index.js';
import { agreementOn, needsOracles } from '../support/agreement.js';
import { atTerminal, needsTerminal } from '../support/terminal.js';
import { run } from './support.js';
import { alone, askpass, COMMIT, locked, SECRET, signatures } from './support-locked.js';

const terminal = needsTerminal();

t.test('a rebase of ten commits keeps all signed, at a terminal and without one', { ...terminal, timeout: 240_000 }, async (t) => {
  const { clone, world, key } = await locked(t);
  const right = askpass(world.directory, 'right', `echo '${SECRET}'`);
  const env = { GIT_ASKPASS: right };
  t.match(alone(clone, COMMIT, env), { status: 0 });
  run(clone, 'git', 'push', '--quiet');
  for (let i = 0; i < 10; i += 1) t.match(alone(clone, COMMIT, env), { status: 0 });
  const there = await world.clone('tom', 'tom');
  run(there, 'git', 'commit', '--quiet', '--allow-empty', '-m', 'coordination:update: y');
  run(there, 'git', 'push', '--quiet');
  run(clone, 'git', 'fetch', '--quiet');
  const typing = Array.from({ length: 10 }, () => [`Passphrase for ${key}: `, `${SECRET}\r`] as const);
  const rebased = atTerminal(clone, 'git rebase --quiet origin/main', typing);
  t.equal(rebased.status, 0);
  t.equal(signatures(clone, 'origin/main..HEAD'), 'G'.repeat(10));
  run(clone, 'git', 'verify-commit', ...run(clone, 'git', 'rev-list', 'HEAD').split('\n'));
  await t.test('and other programs agree', needsOracles(), async (t) => {
    const agree = agreementOn(t, loadBundle(world.trust, KNOWN_RULES).trust);
    for (const commit of run(clone, 'git', 'rev-list', 'HEAD').split('\n')) agree(clone, commit);
  });
  t.match(alone(clone, 'git rebase --quiet --force-rebase HEAD~10', env), { status: 0 });
  t.equal(signatures(clone), 'G'.repeat(12));
});

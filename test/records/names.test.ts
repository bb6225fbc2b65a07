/** A name with an accent has two spellings in Unicode: what a keyboard types need not be what the certificate has. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import t from 'tap';
import { issueCertificate } from '../../src/records/issue.js';
import { setUp } from '../../src/records/setup.js';
import { KNOWN_RULES } from '../../src/validators/index.js';
import { makeWorld, run } from './support.js';

const SPELLINGS = ['Dr Zo\u00eb Hill', 'Dr Zoe\u0308 Hill'] as const;

for (const [certified, typed] of [SPELLINGS, [SPELLINGS[1], SPELLINGS[0]]] as const) {
  t.test(`certified in ${certified === SPELLINGS[0] ? 'NFC' : 'NFD'}, typed in the other form`, async (t) => {
    const world = await makeWorld(t);
    const clone = await world.clone('zoe', 'jane');
    const issued = await issueCertificate({
      authority: join(world.directory, 'ca'),
      name: certified,
      registration: { authority: 'GMC', number: '7' },
      further: [],
      email: 'zoe@example.org',
      participant: 'new',
      days: 30,
      out: join(world.directory, 'zoe-files'),
    });
    await setUp({ directory: clone, certificate: issued.certificate, key: issued.key, rules: KNOWN_RULES });
    const commit = (author: string) => {
      const args = ['commit', '--quiet', '--allow-empty', '-m', 'coordination:update: x', '--author', `${author} <zoe@example.org>`];
      const { status, stderr, stdout } = spawnSync('git', args, { cwd: clone, encoding: 'utf8' });
      return { status, said: stderr + stdout };
    };
    t.strictSame(commit(typed), { status: 0, said: '' }, 'nothing to mend');
    t.match(commit('Dr Zoe Hill'), { status: 128, said: /vpr: the commit's author is Dr Zoe Hill, the certificate's holder is/ });

    run(clone, 'git', 'config', 'extensions.worktreeConfig', 'true');
    run(clone, 'git', 'config', '--worktree', 'user.name', typed);
    const again = async () => (await setUp({ directory: clone, rules: KNOWN_RULES })).warnings.filter((line) => line.includes('user.name'));
    t.strictSame(await again(), []);
    run(clone, 'git', 'config', '--worktree', 'user.name', 'Dr Zoe Hill');
    t.match(await again(), [/user\.name is Dr Zoe Hill in /]);
  });
}

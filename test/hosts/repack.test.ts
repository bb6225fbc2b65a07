/** Repositories that many pushes went to are found, and repacked while pushes go on. */
import { spawnSync } from 'node:child_process';
import { chownSync, cpSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import t from 'tap';
import type { ObjectId } from '../../src/format/push.js';
import { runGit } from '../../src/git/run.js';
import { examine } from '../../src/hosts/doctor.js';
import { hostPaths } from '../../src/hosts/paths.js';
import { MANY_PACKS, packsOf, type Repacked, repackHost } from '../../src/hosts/repack.js';
import { git, gitLine, stateOf } from '../e2e/support.js';
import { pushFrom, writeClient, writeHost } from '../e2e/support-scenario.js';
import { cleanEnvironment, temporaryDirectory } from '../git/plumbing.js';
import { people } from '../hooks/trial.js';
import { scenario } from '../support/scenario.js';

const MAIN = 'refs/heads/main';

function vpr(...args: readonly string[]) {
  return spawnSync(process.execPath, [resolve('bin/vpr.js'), ...args], { env: cleanEnvironment({ HOME: '/dev/null' }), encoding: 'utf8' });
}

t.test('packs are counted, put together, and nothing is lost', async (t) => {
  const record = scenario(people);
  const tips: ObjectId[] = Array.from({ length: 12 }, () => record.append().made().updates[0]?.new ?? '');
  const made = record.made();
  const directory = temporaryDirectory(t);
  const host = writeHost(directory, people, made);
  const client = await writeClient(directory, host, made);
  const { repository } = host;
  const pushTo = (tip: ObjectId | undefined) => pushFrom(client, [{ ...(made.updates[0] ?? { old: '', ref: MAIN }), new: tip ?? '' }]);
  const found = () => examine(hostPaths(host.directory), [], runGit).findings.filter(({ code }) => code === 'many-packs');

  for (const tip of tips.slice(0, 4)) t.equal((await pushTo(tip)).status, 0);
  t.equal(packsOf(repository), 4, 'every push leaves one');
  t.same(found(), []);
  t.same([...repackHost(host.directory, MANY_PACKS, runGit)], [], 'which is not many');

  const before = await gitLine(repository, 'rev-list', '--objects', '--all');
  const [repacked] = [...repackHost(host.directory, 3, runGit)] as Repacked[];
  t.match(repacked, { path: repository, before: 4, done: true });
  t.ok((repacked?.after ?? 4) < 4, `${repacked?.after} packs`);
  t.equal(await gitLine(repository, 'rev-list', '--objects', '--all'), before);

  // Every pack once more under another name, as often as doctor minds.
  const pack = join(repository, 'objects/pack');
  const [one = ''] = readdirSync(pack).filter((name) => name.endsWith('.pack'));
  for (let count = 0; count <= MANY_PACKS; count += 1) {
    const name = `pack-${count.toString(16).padStart(40, '0')}`;
    for (const ending of ['.pack', '.idx']) cpSync(join(pack, one.replace('.pack', ending)), join(pack, name + ending));
  }
  t.match(found(), [{ level: 'note', repo: repository, help: [`vpr host repack ${host.directory}`] }]);
  t.match(vpr('host', 'repack', host.directory), { status: 0, stdout: /: \d\d packs before, \d now\n$/ });
  t.same(found(), []);
  t.equal(vpr('host', 'repack', host.directory).stdout, `no repository has more than ${MANY_PACKS} packs\n`);

  const pushes = (async () => {
    for (const tip of tips.slice(4)) {
      const { status, stderr } = await pushTo(tip);
      t.equal(status, 0, stderr);
    }
  })();
  let repacks = 0;
  for (let going = true; going; repacks += 1) {
    const ran = await git(repository, 'repack', '--quiet', '-d', '--geometric=2'); // what repackHost runs, and not in its way
    t.equal(ran.status, 0, ran.stderr);
    going = await Promise.race([pushes.then(() => false), new Promise<boolean>((resolve) => setTimeout(resolve, 20, true))]);
  }
  t.comment(`${repacks} times during ${tips.length - 4} pushes`);
  t.equal(stateOf(host).main, tips.at(-1));
  t.equal((await git(repository, 'fsck', '--full', '--strict')).status, 0);
});

t.test('not as another account', { skip: process.getuid?.() === 0 ? false : 'only root can give files away' }, async (t) => {
  const made = scenario(people).append().made();
  const directory = temporaryDirectory(t);
  const host = writeHost(directory, people, made);
  const client = await writeClient(directory, host, made);
  t.equal((await pushFrom(client, made.updates)).status, 0);
  chownSync(host.repository, 12345, 12345);
  t.throws(() => [...repackHost(host.directory, 0, runGit)], { code: 'host/not-the-owner' });
});

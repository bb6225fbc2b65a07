/** Named pipes where a repository has files: whoever verifies, watches or judges says so, and waits for nobody. */
import { execFileSync, spawn } from 'node:child_process';
import { once as event } from 'node:events';
import { cpSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { refuseOddRepository } from '../../src/git/odd-files.js';
import { gitLine } from '../e2e/support.js';
import { temporary } from '../records/support.js';
import { makePeople } from '../support/people.js';
import { pushedRecord } from './support.js';

const people = await makePeople();
const LONGEST = 20_000;

/** `vpr`, ended where it waits. */
async function vpr(...args: readonly string[]) {
  const child = spawn(process.execPath, ['bin/vpr.js', ...args], { stdio: ['ignore', 'pipe', 'pipe'], timeout: LONGEST });
  let text = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (bytes: Buffer) => {
      text += bytes.toString('utf8');
    });
  const [status] = await event(child, 'close');
  return { status: status as number | null, text };
}

/** Puts a named pipe in the place of a file, or where there is none. */
function pipeAt(path: string): void {
  rmSync(path, { force: true });
  execFileSync('mkfifo', [path]);
}

function looseObject(repository: string): string {
  const folder = readdirSync(join(repository, 'objects')).find((name) => /^[0-9a-f]{2}$/.test(name)) ?? '';
  return join('objects', folder, readdirSync(join(repository, 'objects', folder))[0] ?? '');
}

t.test('what is handed over', async (t) => {
  const { directory, client, trust } = await pushedRecord(t, people, (record) => record.append());
  const packed = join(directory, 'packed');
  cpSync(client, packed, { recursive: true });
  await gitLine(packed, 'repack', '-adq');
  const [pack = ''] = readdirSync(join(packed, 'objects/pack')).filter((name) => name.endsWith('.pack'));
  const places = [
    ...['HEAD', 'config', 'packed-refs', 'refs/heads/main', 'shallow', 'objects/info/alternates'],
    ...[
      'objects/pack/multi-pack-index',
      'objects/info/commit-graph',
      `objects/pack/${pack}`,
      `objects/pack/${pack.replace('.pack', '.idx')}`,
    ],
  ].map((path) => [packed, path] as const);
  for (const [from, path] of [...places, [client, looseObject(client)] as const]) {
    const odd = join(directory, 'odd');
    rmSync(odd, { recursive: true, force: true });
    cpSync(from, odd, { recursive: true });
    pipeAt(join(odd, path));
    const found = await vpr('verify', '--in', odd, '--trust', trust);
    t.match(found, { status: 2, text: /error git\/odd-file: .* is a named pipe or a device/ }, path);
    t.ok(found.text.includes(path), 'it is named');
  }
});

t.test('wherever the repository lies that a directory is in', async (t) => {
  const place = temporary(t);
  const clone = join(place, 'clone');
  await gitLine(place, 'init', '--quiet', clone);
  execFileSync('mkdir', [join(clone, 'below')]);
  refuseOddRepository(join(clone, 'below'));
  pipeAt(join(clone, '.git/info/exclude'));
  t.throws(() => refuseOddRepository(join(clone, 'below')), { code: 'git/odd-file' });
  renameSync(join(clone, '.git'), join(place, 'elsewhere'));
  execFileSync('sh', ['-c', 'echo "gitdir: ../elsewhere" > .git'], { cwd: clone });
  t.throws(() => refuseOddRepository(join(clone, 'below')), { code: 'git/odd-file' });
  pipeAt(join(clone, '.git'));
  refuseOddRepository(join(clone, 'below')); // git takes it for none
});

t.test('a repository of a host', async (t) => {
  const { host } = await pushedRecord(t, people);
  const { directory, repository } = host;
  const [pack = ''] = readdirSync(join(repository, 'objects/pack')).filter((name) => name.endsWith('.pack'));
  const packs = [`objects/pack/${pack}`, `objects/pack/${pack.replace('.pack', '.idx')}`];
  for (const path of ['refs/heads/main', ...packs, 'objects/info/alternates', 'vpr-record', 'packed-refs']) {
    const former = join(directory, 'former');
    cpSync(repository, former, { recursive: true });
    if (path === 'packed-refs') rmSync(join(repository, 'refs/heads/main'));
    pipeAt(join(repository, path));
    t.match(await vpr('verify', '--all', directory), { status: 1, text: /it cannot be verified: .* named pipe or a device/ }, path);
    // What borrowed objects there may be is asked only where the repository's own are not enough.
    t.match(await vpr('watch', directory, '--once'), { status: path === 'objects/info/alternates' ? 0 : 1 }, path);
    rmSync(repository, { recursive: true });
    renameSync(former, repository);
    rmSync(join(directory, 'projections.db'), { force: true });
  }
});

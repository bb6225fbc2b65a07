/** What ships: its licences, and what a registry says of its vulnerabilities. */
import { spawn, spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import t from 'tap';

/** A project with a lock file of these packages, and a script of ours in it; returns the script's path. */
function project(directory: string, script: string, packages: object): string {
  mkdirSync(join(directory, 'scripts'), { recursive: true });
  copyFileSync(join('scripts', script), join(directory, 'scripts', script));
  const root = { name: 'x', version: '1.0.0', dependencies: { a: '1.0.0' } };
  writeFileSync(join(directory, 'package.json'), JSON.stringify({ ...root, type: 'module' }));
  writeFileSync(join(directory, 'package-lock.json'), JSON.stringify({ ...root, lockfileVersion: 3, packages: { '': root, ...packages } }));
  return join(directory, 'scripts', script);
}

t.test('licences: what ships needs one that is allowed, what only develops does not', async (t) => {
  const cases: readonly (readonly [title: string, entry: object, status: number])[] = [
    ['allowed', { license: 'MIT' }, 0],
    ['a choice', { license: '(GPL-3.0 OR MIT)' }, 0],
    ['both at once', { license: 'MIT AND GPL-3.0' }, 1],
    ['copyleft', { license: 'GPL-3.0-only' }, 1],
    ['none', {}, 1],
    ['nothing that ships', { license: 'MIT', dev: true }, 1],
  ];
  for (const [title, entry, status] of cases) {
    const script = project(t.testdir({}), 'licences.js', { 'node_modules/a': { version: '1.0.0', ...entry } });
    t.equal(spawnSync(process.execPath, [script]).status, status, title);
  }
  const mixed = {
    'node_modules/a': { version: '1.0.0', license: 'ISC' },
    'node_modules/b': { version: '1.0.0', license: 'GPL-2.0', dev: true },
  };
  t.equal(spawnSync(process.execPath, [project(t.testdir({}), 'licences.js', mixed)]).status, 0);
});

t.test('audit: a vulnerability fails; a registry that cannot be asked is said, and does not', async (t) => {
  const script = project(t.testdir({}), 'audit.js', { 'node_modules/a': { version: '1.0.0' } });
  const advisory = { id: 1, url: 'https://example.org/1', title: 'bad', severity: 'high', vulnerable_versions: '<2' };
  const cases: readonly (readonly [title: string, status: number, answer: object, exit: number, said: RegExp])[] = [
    ['none known', 200, {}, 0, /no known vulnerabilities/],
    ['one known', 200, { a: [advisory] }, 1, /high in a/],
    ['no such endpoint', 405, {}, 0, /NOT DONE/],
    ['forbidden', 403, {}, 1, /no answer that can be read/],
  ];
  for (const [title, status, answer, exit, said] of cases) {
    const server = createServer((request, response) => {
      request.resume().on('end', () => {
        const asked = request.url?.endsWith('/advisories/bulk') === true;
        response.writeHead(asked ? status : 404, { 'content-type': 'application/json' }).end(JSON.stringify(asked ? answer : {}));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
    const { port } = server.address() as AddressInfo;
    const ran = await audit(script, `http://127.0.0.1:${port}`);
    server.close();
    t.equal(ran.status, exit, title, ran);
    t.match(ran.output, said, title);
  }
  t.match(await audit(script, 'http://127.0.0.1:9'), { status: 0, output: /NOT DONE/ }, 'nobody listens');
});

function audit(script: string, registry: string): Promise<{ status: number | null; output: string }> {
  const env = { ...process.env, npm_config_registry: registry, npm_config_fetch_retries: '0', npm_config_audit: 'true' };
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [script], { env });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.on('close', (status) => resolve({ status, output }));
  });
}

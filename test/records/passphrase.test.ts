import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { lockedPem, readKey } from '../../src/records/locked-key.js';
import { setUp } from '../../src/records/setup.js';
import { KNOWN_RULES } from '../../src/validators/index.js';
import { atTerminal, needsTerminal } from '../support/terminal.js';
import { needsProgram } from '../trust/support/shared.js';
import { makeWorld, RECORD, run, temporary, type World } from './support.js';

/** Whoever runs these tests at a terminal is not to be asked. */
process.env['GIT_TERMINAL_PROMPT'] = '0';
for (const name of ['GIT_ASKPASS', 'SSH_ASKPASS']) delete process.env[name];

const SECRET = 'päss phräse of jane';
const COMMIT = "git commit --quiet --allow-empty -m 'coordination:update: x'";
const terminal = needsTerminal();

/** A clone of Jane's, whose key is under a passphrase. */
async function locked(
  t: Parameters<typeof temporary>[0],
): Promise<{ readonly world: World; readonly clone: string; readonly key: string }> {
  const world = await makeWorld(t);
  const { jane } = world.people;
  const key = join(world.directory, 'locked.key');
  writeFileSync(key, lockedPem(keyOf(jane.key), Buffer.from(SECRET)), { mode: 0o600 });
  const clone = await world.clone('jane', 'jane');
  const { warnings } = await setUp({ directory: clone, key, rules: KNOWN_RULES });
  t.match(warnings, [/protected by a passphrase, which nobody could be asked for/]);
  return { world, clone, key };
}

function keyOf(path: string) {
  const key = readKey(readFileSync(path), path);
  if (key === undefined) throw new Error('locked');
  return key;
}

const signatures = (clone: string, range = 'HEAD') => run(clone, 'git', 'log', '--format=%G?', range).split('\n').join('');
const commits = (clone: string) => Number(run(clone, 'git', 'rev-list', '--count', '--all'));

/** git without a terminal, even where these tests have one. */
function alone(clone: string, command: string, env: Readonly<Record<string, string>> = {}) {
  const { status, stderr } = spawnSync('setsid', ['--wait', 'sh', '-c', command], {
    cwd: clone,
    env: { ...process.env, GIT_TERMINAL_PROMPT: '1', ...env },
    encoding: 'utf8',
    timeout: 60_000,
  });
  return { status, stderr };
}

/** A program that answers whoever asks, and writes down what it was asked. */
function askpass(directory: string, name: string, answer: string): string {
  const program = join(directory, name);
  writeFileSync(program, `#!/bin/sh\nprintf '%s\\n' "$1" >> "$0.asked"\n${answer}\n`, { mode: 0o755 });
  return program;
}

t.test('git commit asks at the terminal, shows nothing of it, and asks again after a wrong one', terminal, async (t) => {
  const { clone, key } = await locked(t);
  const asked = `Passphrase for ${key}: `;
  const good = atTerminal(clone, `${COMMIT} && stty -a`, [
    [asked, 'wrong\r'],
    [`Not that one. ${asked}`, `oops\u0015${SECRET}ü\u007f\r`],
  ]);
  t.equal(good.status, 0);
  t.strictSame(good.echo, [false, false]);
  t.match(good.output, / echo /, 'the terminal is as it was');
  t.notMatch(good.output, /wrong|oops|ss phr/);
  t.equal(signatures(clone), 'G');

  const typing = [asked, asked, asked].map((expect) => [expect, 'wrong\r'] as const);
  const bad = atTerminal(clone, `${COMMIT}; echo status=$?`, typing);
  t.match(bad.output, /that is not the passphrase of the key in[\s\S]*status=128/);
  t.equal(commits(clone), 1, 'nothing was committed');

  run(clone, 'git', 'config', 'vpr.key', join(clone, 'none'));
  t.match(atTerminal(clone, `${COMMIT}; echo status=$?`, []).output, /the private key: there is no file[\s\S]*status=128/);
});

t.test('Ctrl-C stops git as well, and leaves terminal and repository as they were', terminal, async (t) => {
  const { clone } = await locked(t);
  const { output, echo } = atTerminal(clone, `trap 'echo interrupted' INT; ${COMMIT}; echo status=$?; stty -a`, [
    ['Passphrase for ', 'half\u0003'],
  ]);
  t.strictSame(echo, [false]);
  t.match(output, /interrupted\r?\nstatus=130/);
  t.match(output, / echo [\s\S]* isig|isig[\s\S]* echo /);
  t.notMatch(output, /half/);
  t.equal(commits(clone), 0);
  t.notOk(existsSync(join(clone, '.git/index.lock')));
});

t.test('nobody to ask: refused at once, in the background of a terminal too', { ...terminal, timeout: 120_000 }, async (t) => {
  const { clone, world } = await locked(t);
  const refused = /is protected by a passphrase, and there is no terminal to ask for it[\s\S]*GIT_ASKPASS or SSH_ASKPASS/;
  const began = Date.now();
  const tree = run(clone, 'git', 'write-tree');
  const payload = `tree ${tree}\nauthor Dr Jane Smith <jane.smith@example.org> 1 +0000\ncommitter Dr Jane Smith <jane.smith@example.org> 1 +0000\n\nx\n`;
  writeFileSync(join(world.directory, 'payload'), payload);
  const sign = `"$(git config gpg.x509.program)" --status-fd=2 -bsau "$(git config user.signingkey)" < ../payload`;
  t.match(alone(clone, sign), { status: 1, stderr: refused });
  t.match(alone(clone, COMMIT), { status: 128 });
  const background = atTerminal(clone, `set -m; ${sign} & wait $!; echo status=$?`, []);
  t.match(background.output, refused);
  t.match(background.output, /status=1\r/, 'it neither waits nor is stopped');
  t.match(atTerminal(clone, sign, [], { GIT_TERMINAL_PROMPT: '0' }).output, refused);
  t.ok(Date.now() - began < 60_000);
  t.equal(commits(clone), 0);
});

t.test('without a terminal GIT_ASKPASS or else SSH_ASKPASS asks', needsProgram('setsid', 'util-linux'), async (t) => {
  const { clone, world, key } = await locked(t);
  const right = askpass(world.directory, 'right', `echo '${SECRET}'`);
  t.match(alone(clone, COMMIT, { GIT_ASKPASS: right }), { status: 0, stderr: '' });
  t.equal(readFileSync(`${right}.asked`, 'utf8'), `Passphrase for ${key}: \n`);
  t.match(alone(clone, `${COMMIT} --amend`, { SSH_ASKPASS: right }), { status: 0 });
  t.equal(signatures(clone), 'G');
  const wrong = askpass(world.directory, 'wrong', 'echo no');
  t.match(alone(clone, COMMIT, { GIT_ASKPASS: wrong, SSH_ASKPASS: right }), { status: 128 });
  t.equal(readFileSync(`${wrong}.asked`, 'utf8').split('\n').length - 1, 3);
  t.match(alone(clone, COMMIT, { GIT_ASKPASS: askpass(world.directory, 'closed', 'exit 1') }), { status: 128 });
  t.match(alone(clone, COMMIT, { GIT_ASKPASS: '/nonexistent' }), { status: 128 });
  t.equal(commits(clone), 1);
});

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
  t.match(alone(clone, 'git rebase --quiet --force-rebase HEAD~10', env), { status: 0 });
  t.equal(signatures(clone), 'G'.repeat(12));
});

t.test("our own commands ask once, and an authority's keys are asked for twice", terminal, async (t) => {
  const { clone, world } = await locked(t);
  const vpr = `"${process.execPath}" "${join(process.cwd(), 'bin/vpr.js')}"`;
  const begun = atTerminal(clone, `${vpr} init coordination . --id ${RECORD}`, [['Passphrase for ', `${SECRET}\r`]]);
  t.equal(begun.status, 0);
  t.equal(begun.output.match(/Passphrase/g)?.length, 1);
  t.equal(signatures(clone), 'G');
  const make = `${vpr} cert authority practice --name Root --authority GMC`;
  const differs = atTerminal(world.directory, `${make}2`, [
    ["New passphrase for the root's key: ", 'a long secret\r'],
    ["The same again, for the root's key: ", 'a long secret.\r'],
  ]);
  t.match(differs, { status: 2, output: /passphrase\/differs/ });
  t.match(atTerminal(world.directory, make, [['New passphrase', 'short\r']]), { status: 2, output: /passphrase\/short/ });
  t.match(atTerminal(world.directory, `${make} >/dev/null 2>&1`, [['New passphrase', '\u0003']]), { status: -2 });
  t.notOk(existsSync(join(world.directory, 'practice')), 'nothing was made');
});

t.test('keys in every form that openssl writes', needsProgram('openssl', 'openssl'), (t) => {
  const directory = temporary(t);
  const openssl = (...args: string[]) => run(directory, 'openssl', ...args);
  writeFileSync(join(directory, 'secret'), `${SECRET}\n`);
  openssl('ecparam', '-name', 'prime256v1', '-genkey', '-out', 'sec1-with-parameters');
  openssl('ec', '-in', 'sec1-with-parameters', '-out', 'sec1');
  openssl('ec', '-in', 'sec1', '-aes256', '-passout', 'file:secret', '-out', 'sec1-locked');
  openssl('pkcs8', '-topk8', '-in', 'sec1', '-nocrypt', '-out', 'pkcs8');
  for (const [name, ...options] of [
    ['pbkdf2'],
    ['scrypt', '-scrypt'],
    ['sha512', '-v2prf', 'hmacWithSHA512'],
    ['aes128', '-v2', 'aes-128-cbc'],
  ] as const)
    openssl('pkcs8', '-topk8', '-in', 'sec1', '-out', name, '-passout', 'file:secret', ...options);
  const read = (name: string, passphrase?: string) =>
    readKey(readFileSync(join(directory, name)), name, passphrase === undefined ? undefined : Buffer.from(passphrase));
  const plain = keyOf(join(directory, 'pkcs8'));
  for (const name of ['sec1', 'sec1-with-parameters']) t.ok(read(name)?.equals(plain), name);
  for (const name of ['sec1-locked', 'pbkdf2', 'scrypt', 'sha512', 'aes128']) {
    t.ok(read(name, SECRET)?.equals(plain), name);
    t.equal(read(name, 'wrong'), undefined, name);
  }
  for (let i = 0; i < 5; i += 1) {
    const pem = lockedPem(plain, Buffer.from(SECRET));
    writeFileSync(join(directory, 'ours'), pem);
    t.ok(read('ours', SECRET)?.equals(plain));
    for (let j = 0; j < 5; j += 1) t.equal(read('ours', `wrong ${j}`), undefined);
    openssl('pkey', '-in', 'ours', '-passin', 'file:secret', '-noout');
  }
  openssl('genpkey', '-algorithm', 'RSA', '-out', 'rsa');
  t.throws(() => read('rsa'), { code: 'key/kind' });
  writeFileSync(join(directory, 'noise'), 'x');
  t.throws(() => read('noise'), { code: 'key/unreadable' });
  t.end();
});

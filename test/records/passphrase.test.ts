import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { atTerminal, needsTerminal } from '../support/terminal.js';
import { needsProgram } from '../trust/support/shared.js';
import { RECORD, run } from './support.js';
import { alone, askpass, COMMIT, commits, locked, SECRET, signatures } from './support-locked.js';

const terminal = needsTerminal();

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
  t.equal(commits(clone), 0);
});

t.test('without a terminal GIT_ASKPASS or else SSH_ASKPASS asks', needsProgram('setsid', 'util-linux'), async (t) => {
  const { clone, world, key } = await locked(t);
  const right = askpass(world.directory, 'right', `echo '${SECRET}'`);
  t.match(alone(clone, COMMIT, { GIT_ASKPASS: right }), { status: 0, stderr: '' });
  t.equal(readFileSync(`${right}.asked`, 'utf8'), `Passphrase for ${key}: \n`);
  t.match(alone(clone, `${COMMIT} --amend`, { SSH_ASKPASS: right }), { status: 0 });
  const talking = askpass(world.directory, 'talking', `printf '%s\\r\\nfrom the keyring\\n' '${SECRET}'`);
  t.match(alone(clone, `${COMMIT} --amend`, { GIT_ASKPASS: talking }), { status: 0 }, 'its first line, as git takes it');
  t.equal(signatures(clone), 'G');
  const wrong = askpass(world.directory, 'wrong', 'echo no');
  t.match(alone(clone, COMMIT, { GIT_ASKPASS: wrong, SSH_ASKPASS: right }), { status: 128 });
  t.equal(readFileSync(`${wrong}.asked`, 'utf8').split('\n').length - 1, 3);
  t.match(alone(clone, COMMIT, { GIT_ASKPASS: askpass(world.directory, 'closed', 'exit 1') }), { status: 128 });
  t.match(alone(clone, COMMIT, { GIT_ASKPASS: '/nonexistent' }), { status: 128 });
  t.equal(commits(clone), 1);
});

t.test("our own commands ask once, and an authority's keys are asked for twice", terminal, async (t) => {
  const { clone, world } = await locked(t);
  const vpr = `"${process.execPath}" "${join(process.cwd(), 'bin/vpr.js')}"`;
  const begun = atTerminal(clone, `${vpr} init coordination . --id ${RECORD}`, [['Passphrase for ', `${SECRET}\r`]]);
  t.equal(begun.status, 0);
  t.equal(begun.output.match(/Passphrase/g)?.length, 1);
  t.equal(signatures(clone), 'G');
  const refused = alone(clone, `${vpr} thread create -m x --as clinician`);
  t.match(refused, { status: 2, stderr: /^error commit\/not-signed: .*is protected by a passphrase.*\n {2}help: run it in a terminal/ });
  const wrong = askpass(world.directory, 'wrong', 'echo no');
  t.match(alone(clone, `${vpr} thread create -m x --as clinician`, { GIT_ASKPASS: wrong }), {
    status: 2,
    stderr: /^error commit\/not-signed: .*that is not the passphrase of the key/,
  });
  t.equal(commits(clone), 1, 'what git keeps to itself is said all the same');
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

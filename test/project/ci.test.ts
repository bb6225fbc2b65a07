/** `.ci/run` and what it counts by. Run whole by CI itself; here on a project in which every step answers as told. */
import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import t, { type Test } from 'tap';

const TAP = `TAP version 14
# Subtest: dist/test/a.test.js
    # Subtest: adds
        ok 1 - one
        not ok 2 - two
          ---
          compare: ===
          ...
        ok 3 - three # SKIP the package three would run it
    not ok 1 - adds # time=3ms
      ---
      at: here
      ...
not ok 1 - dist/test/a.test.js # time=5ms
# { total: 4, pass: 2, fail: 1, skip: 1 }
`;

/** Runs `.ci/run` in a project whose npm and scripts do what `programs` says; every program is there. */
function ci(
  t: Test,
  programs: { readonly npm: string; readonly bootstrap?: string },
): { status: number | null; last: string; steps: string[]; output: string } {
  const place = t.testdir({ '.ci': {}, scripts: {}, bin: {} });
  copyFileSync('.ci/run', join(place, '.ci/run'));
  copyFileSync('scripts/tap-report.js', join(place, 'scripts/tap-report.js'));
  writeFileSync(join(place, 'package.json'), '{ "type": "module" }');
  writeFileSync(join(place, 'tap'), TAP);
  for (const script of ['audit.js', 'soak.js']) writeFileSync(join(place, 'scripts', script), '');
  writeFileSync(join(place, 'scripts/bootstrap.js'), programs.bootstrap ?? '');
  mkdirSync(join(place, 'bin'), { recursive: true });
  // Nothing is installed from here: apt-get does nothing, and npm does as told.
  for (const [name, text] of Object.entries({ npm: programs.npm, 'apt-get': '', sudo: '' })) {
    writeFileSync(join(place, 'bin', name), `#!/bin/sh\n${text}\n`);
    chmodSync(join(place, 'bin', name), 0o755);
  }
  const env = { ...process.env, PATH: `${join(place, 'bin')}${delimiter}${process.env['PATH']}` };
  const { status, stdout } = spawnSync('bash', [join(place, '.ci/run')], { env, encoding: 'utf8' });
  const steps = stdout.split('\n').filter((line) => line.startsWith('== ') && !line.startsWith('== node'));
  return { status, last: stdout.trimEnd().split('\n').at(-1) ?? '', steps, output: stdout };
}

t.test('all is well: the steps, in the order in which they are told of, and the count', async (t) => {
  const { status, last, steps, output } = ci(t, { npm: `case $1 in test) printf '# { total: 5, pass: 5 }\\n';; esac` });
  t.equal(status, 0, output);
  t.equal(last, '11 passed, 0 failed', 'five assertions and six steps');
  t.match(
    steps,
    ['install and build', 'npm test', 'check', 'audit', 'npm run soak', 'npm start'].map((name) => new RegExp(name)),
  );
});

t.test('a failing test, and a failing step', async (t) => {
  const { status, last, output } = ci(t, { npm: `case $1 in test) cat tap; exit 1;; start) exit 1;; esac` });
  t.equal(status, 1);
  t.equal(last, '6 passed, 3 failed', 'two assertions and four steps; one assertion and two steps');
  t.match(
    output,
    / {8}not ok 2 - two\n {10}---\n {10}compare: ===\n {10}\.\.\.\n {8}ok 3 - three # SKIP the package three would run it\nnot ok 1 - dist\/test\/a\.test\.js # time=5ms\nassertions: 2 passed, 1 failed, 1 skipped\n/,
  );
});

t.test('tests that did not run are a failure, however they ended', async (t) => {
  t.match(ci(t, { npm: '' }), { status: 1, last: '6 passed, 1 failed', output: /no test has run/ });
});

t.test('what ends without saying how it went is a failure', async (t) => {
  const npm = `case $1 in test) printf '# { total: 5, pass: 5 }\\n';; start) kill -KILL $(ps -o ppid= -p $PPID);; esac`;
  t.match(ci(t, { npm }), { status: 1, last: '7 passed, 1 failed' });
});

t.test('what cannot be installed ends it, and the last line still says so', async (t) => {
  t.match(ci(t, { npm: '', bootstrap: 'process.exit(2)' }), { status: 1, last: '0 passed, 1 failed' });
});

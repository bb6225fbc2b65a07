/** `vpr demo` as a whole: what it pushes, what it needs, what it leaves, what it says to type next. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import t from 'tap';
import type { SceneResult } from '../../src/cli/demo/play.js';
import { RULES } from '../../src/validators/index.js';
import { temporary } from '../records/support.js';

t.setTimeout(600_000);

interface Demo {
  readonly directory: string;
  readonly host: string;
  readonly accepted: number;
  readonly refused: number;
  readonly surprises: number;
  readonly scenes: readonly SceneResult[];
  readonly next: readonly string[];
}

const FAMILIES = ['ref', 'history', 'record', 'commit', 'signer', 'tree', 'thread', 'ledger', 'status'];

t.test('real pushes, whatever the user has configured, and commands that work afterwards', (t) => {
  const home = temporary(t);
  const hooks = join(home, 'hooks');
  mkdirSync(hooks);
  writeFileSync(join(hooks, 'pre-push'), '#!/bin/sh\nexit 1\n', { mode: 0o755 });
  writeFileSync(
    join(home, '.gitconfig'),
    `[user]\n\tname = Nobody\n[commit]\n\tgpgSign = true\n[gpg]\n\tprogram = false\n[core]\n\thooksPath = ${hooks}\n[push]\n\tdefault = nothing\n`,
  );
  const directory = join(home, 'a demo');
  // Nothing that reaches a network: a proxy that isn't there for whoever tries.
  const env = {
    PATH: process.env['PATH'],
    HOME: home,
    GIT_DIR: '/nonexistent',
    https_proxy: 'http://127.0.0.1:9',
    http_proxy: 'http://127.0.0.1:9',
  };
  const ran = spawnSync(process.execPath, [resolve('bin/vpr.js'), 'demo', '--json', '--dir', directory], {
    cwd: home,
    env,
    encoding: 'utf8',
  });
  t.equal(ran.status, 0, 'no surprise', { stderr: ran.stderr });
  const demo = JSON.parse(ran.stdout) as Demo;

  t.match(demo, {
    directory,
    surprises: 0,
    scenes: Array.from({ length: demo.accepted + demo.refused }, () => ({ milliseconds: Number })),
  });
  t.ok(demo.accepted >= 5, `${demo.accepted} accepted`);
  t.ok(demo.refused >= 12, `${demo.refused} refused`);
  for (const family of FAMILIES)
    t.ok(
      rulesRefusing(demo).some((rule) => rule.startsWith(`${family}/`)),
      `a rule of the family ${family} refuses`,
    );
  t.ok(rulesRefusing(demo).includes('record/no-removal'));
  const changed = demo.scenes.find(({ title }) => title.startsWith('She changes a word'));
  t.strictSame(changed?.rules, ['ledger/updated', 'thread/append-only'], 'what stands after a changed word is still whose it was');
  for (const rule of rulesRefusing(demo))
    t.ok(
      RULES.some(({ id }) => id === rule),
      `${rule} is a rule`,
    );
  for (const { title, lines, expected } of demo.scenes) {
    const screen = lines.at(-1)?.output ?? '';
    t.match(screen, expected === 'accepted' ? /main -> main\n$|\* \[new branch\]/ : /^remote: (refused|error)/m, title);
  }

  t.strictSame(readdirSync(home).sort(), ['.gitconfig', 'a demo', 'hooks'], 'nothing outside its directory');
  t.ok(existsSync(join(demo.host, 'journal')));
  const next = spawnSync('sh', ['-e', '-c', ['unset GIT_DIR', 'git config --global --unset-all core.hooksPath', ...demo.next].join('\n')], {
    cwd: '/',
    env,
    encoding: 'utf8',
  });
  t.equal(next.status, 0, 'what to type next works as printed', { stdout: next.stdout, stderr: next.stderr });
  t.match(next.stdout, /^\d+ commits verified: every rule holds$/m);
  t.match(next.stdout, /nothing stops this host from protecting them/);
  t.end();
});

t.test('a directory with something in it is left alone', (t) => {
  const home = temporary(t);
  writeFileSync(join(home, 'mine'), '');
  const { status, stderr } = spawnSync(process.execPath, [resolve('bin/vpr.js'), 'demo', '--dir', home], { encoding: 'utf8' });
  t.match({ status, stderr }, { status: 2, stderr: /^error demo\/not-empty: / });
  t.strictSame(readdirSync(home), ['mine']);
  t.end();
});

function rulesRefusing({ scenes }: Demo): string[] {
  return scenes.flatMap(({ expected }) => (expected === 'accepted' ? [] : expected.refused));
}

/** What counts as a surprise, on a shell that answers as told. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { countScenes, playScene, type SceneResult } from '../../src/cli/demo/play.js';
import type { Scene } from '../../src/cli/demo/scene.js';
import { planWorld } from '../../src/cli/demo/set-up.js';
import type { Shell } from '../../src/cli/demo/shell.js';
import { sceneWords, summaryWords } from '../../src/cli/demo/words.js';
import { temporary } from '../records/support.js';

const REFUSED = 'remote: error thread/open  a/b\nremote:   more: vpr explain thread/open\n';

/** Plays a scene of one push, on a host whose refs are these before and after. */
function play(
  t: Test,
  expect: Scene['expect'],
  push: { status: number; output: string },
  refs: readonly [string, string],
  steps: Scene['do'] = ['git push'],
): SceneResult {
  const world = planWorld(temporary(t));
  mkdirSync(join(world.clones.jane, '.git'), { recursive: true });
  mkdirSync(join(world.root, 'home'));
  const config = join(world.clones.jane, '.git', 'config');
  writeFileSync(config, 'as it was');
  let asked = 0;
  const shell: Shell = (_directory, line) => {
    if (line === 'git push') {
      writeFileSync(config, 'changed');
      return push;
    }
    if (line === 'false') return { status: 1, output: 'why it failed\n' };
    if (line.startsWith('git for-each-ref')) return { status: 0, output: refs[asked++] ?? '' };
    return { status: 0, output: '' };
  };
  const result = playScene({ title: 'A push', person: 'jane', do: steps, expect }, world, shell);
  if (expect !== 'accepted') t.equal(readFileSync(config, 'utf8'), 'as it was', 'the clone is put back');
  return result;
}

t.test('as expected', (t) => {
  const accepted = play(t, 'accepted', { status: 0, output: '' }, ['a', 'b']);
  t.match(accepted, { outcome: 'accepted', rules: [], surprise: undefined });
  const refused = play(t, { refused: 'thread/open' }, { status: 1, output: REFUSED }, ['a', 'a']);
  t.match(refused, { outcome: 'refused', rules: ['thread/open'], surprise: undefined });
  t.equal(summaryWords(countScenes([accepted, refused])), '1 pushed and accepted, 1 refused as they should be, 0 surprises');
  t.equal(sceneWords(refused, 1).at(-1), '    => refused, as it should be, by thread/open');
  t.end();
});

t.test('surprises', (t) => {
  const open = { refused: 'thread/open' };
  const found = [
    play(t, 'accepted', { status: 1, output: REFUSED }, ['a', 'a']),
    play(t, 'accepted', { status: 0, output: '' }, ['a', 'a']),
    play(t, open, { status: 1, output: REFUSED }, ['a', 'b']),
    play(t, open, { status: 0, output: '' }, ['a', 'a']),
    play(t, open, { status: 1, output: 'remote: error thread/opened\n' }, ['a', 'a']),
    play(t, open, { status: 1, output: REFUSED }, ['a', 'a'], ['false', 'git push']),
    play(t, open, { status: 1, output: REFUSED }, ['a', 'a'], [{ fails: 'true' }, 'git push']),
  ];
  t.strictSame(
    found.map(({ surprise }) => surprise),
    [
      'the push was refused',
      'the push was accepted, but main has not moved',
      'the push should have been refused, and a ref of the host moved',
      'the push should have been refused, and git says it was accepted',
      'the push was refused, but not by thread/open',
      'the line before the push, false, ended with 1',
      'the line before the push, true, ended with 0',
    ],
  );
  t.strictSame(countScenes(found), { accepted: 0, refused: 0, surprises: 7 });
  const [first, , , , , stopped] = found as [SceneResult, ...SceneResult[]];
  t.match(sceneWords(first, 1).join('\n'), REFUSED.trimEnd().replaceAll('\n', '\n      '));
  t.match(sceneWords(stopped as SceneResult, 1).join('\n'), /jane\$ false\n +why it failed/);
  t.end();
});

/** The README, run: every `sh` block in order in one empty directory, every `js` block on its own. */
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import t from 'tap';
import { type Block, blocksOf, showsInOrder } from './markdown.js';

const blocks = blocksOf(readFileSync('README.md', 'utf8'));

t.test('every sh block does what the README says', async (t) => {
  const place = t.testdir({ home: {}, bin: {}, work: {} });
  writeFileSync(join(place, 'bin/vpr'), `#!/bin/sh\nexec '${process.execPath}' '${resolve('bin/vpr.js')}' "$@"\n`);
  chmodSync(join(place, 'bin/vpr'), 0o755);
  let directory = join(place, 'work');

  for (const [index, block] of blocks.entries()) {
    if (block.language !== 'sh') continue;
    const { status, output, ended } = shell(block, place, directory);
    directory = ended;
    if (block.mark !== 'refused') {
      t.equal(status, 0, `the block of line ${block.line} works`, { output });
      continue;
    }
    t.not(status, 0, `the block of line ${block.line} is refused`, { output });
    const shown = blocks[index + 1];
    t.equal(shown?.language, 'text', 'what is shown follows it');
    t.ok(showsInOrder(output, shown?.text ?? ''), `what is shown at line ${shown?.line} is what a pusher sees`, { output });
  }
});

t.test('every js block prints what its comments say', async (t) => {
  // Within the project, so that `vpr/format` is this package.
  const place = t.testdir({});
  for (const [index, { text, line }] of blocks.filter(({ language }) => language === 'js').entries()) {
    const file = join(place, `block${index}.mjs`);
    writeFileSync(file, text);
    const { status, stdout, stderr } = spawnSync(process.execPath, [file], { encoding: 'utf8' });
    t.equal(status, 0, `the block of line ${line} runs`, { stderr });
    t.equal(stdout, [...text.matchAll(/\/\/ (.*)$/gm)].map((match) => `${match[1]}\n`).join(''));
  }
});

t.test('no block goes untried unless it says that it is none to try', async (t) => {
  t.strictSame([...new Set(blocks.map(({ language }) => language))].sort(), ['js', 'sh', 'text']);
  t.ok(blocks.filter(({ language }) => language === 'sh').length >= 8, 'there are blocks to run');
});

/** Runs a block in `directory`, with a home and a configuration of its own; says where it ended. */
function shell({ text }: Block, place: string, directory: string): { status: number | null; output: string; ended: string } {
  const ended = join(place, 'ended');
  mkdirSync(directory, { recursive: true });
  const { status, stdout, stderr } = spawnSync('sh', ['-e', '-c', `trap 'pwd > "$ENDED"' EXIT\n${text}`], {
    cwd: directory,
    encoding: 'utf8',
    env: {
      PATH: `${join(place, 'bin')}:${process.env['PATH']}`,
      HOME: join(place, 'home'),
      GIT_CONFIG_NOSYSTEM: '1',
      LC_ALL: 'C.UTF-8',
      ENDED: ended,
    },
  });
  return { status, output: `${stdout}${stderr}`, ended: existsSync(ended) ? readFileSync(ended, 'utf8').trimEnd() : directory };
}

import { execFileSync } from 'node:child_process';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import t from 'tap';
import { openDirect, readHistory } from '../../src/git/index.js';
import { cleanEnvironment, git, LIMITS, temporaryDirectory } from './plumbing.js';

const COMMITS = 5000;

t.test('of a walked history ids are kept, and nothing of the commits they were read from', async (t) => {
  const repository = temporaryDirectory(t);
  git(repository, 'init', '--quiet', '--bare', '--initial-branch=main', '.');
  const message = 'x'.repeat(2000);
  const commits = Array.from({ length: COMMITS }, (_, index) => {
    const head = `commit refs/heads/main\ncommitter Test <test@example.org> ${1767225600 + index} +0000\n`;
    return `${head}data ${message.length}\n${message}\nM 100644 inline file\ndata 1\nx\n`;
  });
  execFileSync('git', ['-c', 'fastimport.unpackLimit=1', 'fast-import', '--quiet'], {
    cwd: repository,
    env: cleanEnvironment(),
    input: commits.join(''),
  });
  const tip = git(repository, 'rev-parse', 'main').trim();
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const source = openDirect(repository, cleanEnvironment());
  const history = await readHistory(source, { new: tip }, { ...LIMITS, commitsPerPush: COMMITS });
  await source.close();
  const kept = [...history.ids];
  t.equal(kept.length, COMMITS);
  (history.ids as string[]).length = 0;
  collect();
  const held = process.memoryUsage().heapUsed;
  kept.length = 0;
  collect();
  const each = (held - process.memoryUsage().heapUsed) / COMMITS;
  t.ok(each < 200, `${Math.round(each)} bytes a commit`);
});

/** `vpr demo` where something does not go as it should. */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import t from 'tap';
import { temporary } from '../records/support.js';

t.setTimeout(600_000);

/** So many of its scenes: the sixth goes by a `sed`. */
const SCENES = 7;
const url = (path: string) => JSON.stringify(pathToFileURL(resolve(path)).href);
const CODE = `
  import { SCENES } from ${url('dist/src/cli/demo/scenes.js')};
  import Demo from ${url('dist/src/commands/demo.js')};
  SCENES.splice(${SCENES});
  await Demo.run([], ${JSON.stringify(resolve('package.json'))});
`;

t.test('a surprise is exit code 1, and the push that surprised is shown whole', (t) => {
  const home = temporary(t);
  // A sed that changes nothing: what should be refused is not even committed.
  writeFileSync(`${home}/sed`, '#!/bin/sh\nexit 0\n', { mode: 0o755 });
  const env = { PATH: `${home}:${process.env['PATH']}`, HOME: home, TMPDIR: home };
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', CODE], { cwd: home, env, encoding: 'utf8' });
  t.equal(status, 1, 'exit code 1', { stderr });
  t.match(stdout, /^\d+ pushed and accepted, \d+ refused as they should be, [1-9] surprises?$/m);
  const commit = /tom\$ git commit --quiet --all --amend --no-edit\n.*?/s.source;
  t.match(stdout, new RegExp(`${commit} +=> SURPRISE: `, 's'));
  t.match(stdout, /\n {2}PATH=\S*\/vpr-demo-\S+\/bin:"\$PATH"\n/, 'a directory of its own, under the temporary one');
  t.end();
});

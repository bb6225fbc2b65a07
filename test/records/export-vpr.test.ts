import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { vprJson } from '../commands/support.js';
import { verifies } from '../support/exported.js';
import { needsVectors, vectors } from '../trust/support/shared.js';
import { run, temporary } from './support.js';

const RECORD = 'signed-with-certificate.coordination.bundle';
t.test("what VPR's own program signed, high-S too, is exported for openssl", { ...needsVectors('vpr', RECORD), timeout: 240_000 }, (t) => {
  const directory = temporary(t);
  const clone = join(directory, 'clone');
  run(directory, 'git', 'clone', '--quiet', '--bare', vectors('vpr', RECORD), clone);
  mkdirSync(join(directory, 'out'));
  const all = ['dr-jane-smith', 'dr-lodie-martin-roux', 'sam-okoro'].map((name) =>
    readFileSync(vectors('vpr/certificates', `${name}.crt`), 'utf8'),
  );
  writeFileSync(join(directory, 'all.pem'), all.join('\n'));
  const commits = run(clone, 'git', 'rev-list', '--all').split('\n');
  t.ok(commits.length >= 18);
  for (const commit of commits.slice(0, 6)) {
    t.match(vprJson(clone, ['signature', 'export', commit, '--out', join(directory, 'out')]), {
      status: 0,
      value: { encoding: 'container', supplied: 0 },
    });
    t.doesNotThrow(() => verifies(join(directory, 'out'), commit, '../all.pem'), commit);
  }
  t.end();
});

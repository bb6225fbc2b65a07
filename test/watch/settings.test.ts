import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { hostPaths } from '../../src/hosts/paths.js';
import { projectionSettings } from '../../src/watch/settings.js';
import { temporaryDirectory } from '../git/plumbing.js';

t.test('what is usual, and what a file says', async (t) => {
  const paths = hostPaths(temporaryDirectory(t));
  const usual = { database: join(paths.root, 'projections.db'), scanMinutes: 15, readVerify: 'off' };
  const settings = (text: string) => {
    writeFileSync(paths.settings, text);
    return projectionSettings(paths);
  };
  t.same(projectionSettings(paths), usual, 'no file');
  t.same(settings('version: 1\n'), usual);
  t.same(settings('version: 1\nwatch: {}\n'), usual);
  t.same(settings('version: 1\ndatabase: postgres://vpr@db.example:5432/vpr\nwatch: { scan_minutes: 2 }\n'), {
    database: 'postgres://vpr@db.example:5432/vpr',
    scanMinutes: 2,
    readVerify: 'off',
  });
  t.match(settings('version: 1\nread: { verify: cached }\n'), { readVerify: 'cached' });
});

t.test('every fault is told, and what is wrong is never passed over', async (t) => {
  const paths = hostPaths(temporaryDirectory(t));
  for (const [text, message] of [
    ['version: 0\n', /line 1: version/],
    ['version: two\n', /line 1: version/],
    ['version: 1\ndatabase: mysql://x\n', /line 2: database: .*postgres:\/\/vpr@db\.example\/vpr/],
    ['version: 1\ndatabase: "postgres://a b"\n', /database/],
    ['version: 1\nwatch: { scan_minutes: 0 }\n', /watch\.scan_minutes/],
    ['version: 1\nwatch: { scan_minutes: 1e9 }\n', /watch\.scan_minutes/],
    ['version: 1\nwatch: { minutes: 5 }\n', /minutes/],
    ['version: 1\nread: { verify: sometimes }\n', /read\.verify/],
    ['version: 1\nscan: 5\ndatabase: x\n', /scan.*; line 3: database/],
    ['', /./],
    ['\0', /./],
  ] as const) {
    writeFileSync(paths.settings, text);
    t.throws(() => projectionSettings(paths), { code: 'projections/settings', message }, JSON.stringify(text));
  }
  writeFileSync(paths.settings, 'version: 2\ndatabases: [postgres://x]\n');
  const newer = { code: 'projections/settings', message: 'projections.yaml is of version 2, and this vpr reads version 1' };
  t.throws(
    () => projectionSettings(paths),
    { ...newer, help: [/^install the vpr/, /^or write it as version 1 has it/] },
    'of which nothing is a fault',
  );
  const directory = hostPaths(join(paths.root, 'other'));
  mkdirSync(directory.settings, { recursive: true });
  t.throws(() => projectionSettings(directory), { code: 'projections/settings', message: /EISDIR/ });
});

/** What `vpr doctor` says of how a projection is kept. */
import { chmodSync, writeFileSync } from 'node:fs';
import t, { type Test } from 'tap';
import { examineProjection } from '../../src/cli/examine-projection.js';
import { type HostPaths, hostPaths } from '../../src/hosts/paths.js';
import { temporaryDirectory } from '../git/plumbing.js';

function found(t: Test, prepare: (paths: HostPaths) => void): string[] {
  const paths = hostPaths(temporaryDirectory(t));
  prepare(paths);
  return [...examineProjection(paths)].map(({ level, code, what, help }) => `${level} ${code}: ${what} [${help.join('; ')}]`);
}

function write(path: string, text: string, mode: number): void {
  writeFileSync(path, text);
  chmodSync(path, mode);
}

t.test('a host without a projection, and one that keeps it to itself', async (t) => {
  t.strictSame(
    found(t, () => {}),
    [],
  );
  const kept = found(t, ({ settings, database, access }) => {
    write(settings, 'version: 1\ndatabase: postgres://vpr@db.example/vpr\nread: { verify: cached }\n', 0o644);
    for (const path of [database, access]) write(path, '', 0o600);
  });
  t.strictSame(kept, [], 'without a password anybody may read where it is');
});

t.test('a database that no watcher of the host can write', async (t) => {
  t.match(
    found(t, ({ database }) => write(database, '', 0o400)),
    [/^fault unwritable: .*projections\.db cannot be written to by the host's own account .*\[chmod u\+rw .*projections\.db\]$/],
  );
});

t.test('settings that do not read', async (t) => {
  t.match(
    found(t, ({ settings }) => write(settings, 'version: 1\nwatch: { minutes: 1 }\n', 0o600)),
    [
      /^fault projections-settings: projections\.yaml: .*minutes.*: no watcher runs, and nothing is answered \[.*correct .*projections\.yaml\]$/,
    ],
  );
});

t.test('what others can read', async (t) => {
  for (const url of ['postgres://vpr:secret@db.example/vpr', 'postgres://db.example/vpr?user=vpr&password=secret'])
    t.match(
      found(t, ({ settings }) => write(settings, `version: 1\ndatabase: ${url}\n`, 0o640)),
      [/^fault readable: .*projections\.yaml has a password in it, and can be read by other accounts \[chmod go-r .*projections\.yaml\]$/],
    );
  t.match(
    found(t, ({ database, access }) => {
      write(database, '', 0o644);
      write(access, '', 0o640);
    }),
    [/^note readable: .*projections\.db says what/, /^note readable: .*access\.jsonl says what/],
  );
});

/** A reason that can't be written down: why, and what to do about it. */
import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { logAccess, meaningOf } from '../../src/hosts/access.js';
import { hostPaths } from '../../src/hosts/paths.js';
import { temporary } from '../e2e/support.js';

const ASKED = { command: 'search', reason: 'called at night', asked: {}, records: [], threads: [] };

t.test('what happened is said, and how to mend it', (t) => {
  const paths = hostPaths(join(temporary(t), "O'Hara"));
  mkdirSync(paths.root);
  symlinkSync('/dev/full', paths.access);
  t.throws(() => logAccess(paths, ASKED, new Date()), {
    code: 'access/not-logged',
    message: 'the reason could not be written down, and so nothing is shown: ENOSPC, the disk is full',
    help: [/^make room, then ask again.*: df '.*O'\\''Hara'$/],
  });
  const other = hostPaths(join(paths.root, 'other'));
  mkdirSync(other.access, { recursive: true });
  t.throws(() => logAccess(other, ASKED, new Date()), {
    message: /: EISDIR, there is a directory in its place$/,
    help: [/^move it away: mv /],
  });
  t.end();
});

t.test('a code of the system, in words', (t) => {
  const of = (code: string) => {
    const { what, help } = meaningOf(code, '/srv/vpr/access.jsonl');
    return `${what}: ${help.join('; ')}`;
  };
  t.match(of('EROFS'), /^, the file system can only be read: .*findmnt --target \/srv\/vpr$/);
  t.match(of('EDQUOT'), /^, this account may not fill more of the disk: make room/);
  t.match(of('host/short-write'), /^, the disk is full: make room/);
  t.match(of('EIO'), /^, the disk failed: /);
  for (const code of ['EACCES', 'EPERM']) t.match(of(code), /^, this account may not write it: run it as the account that owns the host/);
  t.equal(of('EMFILE'), ': /srv/vpr/access.jsonl must be a file that your account can write');
  t.end();
});

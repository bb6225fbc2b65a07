/** Real databases for tests: SQLite files, and a PostgreSQL cluster of the test's own. */
import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Test } from 'tap';
import { type Database, openDatabase } from '../../src/projections/index.js';

/** Where a fresh, empty database is, each time it is called. */
export interface Kind {
  readonly name: 'SQLite' | 'PostgreSQL';
  readonly fresh: () => string;
  /** Opens such a one, until the end of its tests. */
  readonly open: () => Promise<Database>;
}

/** Runs the same tests on each database there is; one that is not installed is skipped, and said so. */
export function onEachDatabase(t: Test, test: (t: Test, kind: Kind) => Promise<void>): void {
  t.test('SQLite', async (t) => {
    const directory = mkdtempSync(join(realpathSync(tmpdir()), 'vpr-sqlite-'));
    t.teardown(() => rmSync(directory, { recursive: true, force: true }));
    let count = 0;
    const fresh = () => join(directory, `${++count}.db`);
    await test(t, { name: 'SQLite', fresh, open: () => opened(t, fresh()) });
  });
  const missing = whyNoPostgres();
  t.test('PostgreSQL', missing === undefined ? {} : { skip: missing }, async (t) => {
    const server = startPostgres(t);
    let count = 0;
    const fresh = () => server.create(`test${++count}`);
    await test(t, { name: 'PostgreSQL', fresh, open: () => opened(t, fresh()) });
  });
}

async function opened(t: Test, place: string): Promise<Database> {
  const database = await openDatabase(place);
  t.teardown(() => database.close());
  return database;
}

interface Server {
  /** Makes a database, and says its URL. */
  create(name: string): string;
  /** Ends it as a crash would, and starts it again. */
  stop(): void;
  start(): void;
}

/** Why there is no PostgreSQL to test with. */
export function whyNoPostgres(): string | undefined {
  if (binaries() === undefined) return 'PostgreSQL is not installed: the package postgresql would run this';
  if (process.getuid?.() === 0 && account() === undefined)
    return 'PostgreSQL refuses root, and there is no user postgres: the package postgresql makes one';
  return undefined;
}

/** A cluster of the test's own on a socket of its own, without a network, that is gone after it. */
export function startPostgres(t: Pick<Test, 'teardown'>): Server {
  const directory = mkdtempSync(join(realpathSync(tmpdir()), 'vpr-postgres-'));
  const user = process.getuid?.() === 0 ? account() : undefined;
  chmodSync(directory, 0o755);
  const data = join(directory, 'data');
  const socket = join(directory, 'socket');
  for (const path of [data, socket]) {
    mkdirSync(path, { mode: 0o700 });
    if (user !== undefined) chownSync(path, user.uid, user.gid);
  }
  const run = (program: string, ...args: string[]) => {
    const { status, stdout, stderr, error } = spawnSync(join(binaries() ?? '', program), args, {
      cwd: data,
      encoding: 'utf8',
      env: { PATH: process.env['PATH'] ?? '', LC_ALL: 'C' },
      stdio: program === 'pg_ctl' ? 'ignore' : 'pipe',
      ...user,
    });
    if (status !== 0) throw new Error(`${program}: ${error?.message ?? ''}${stdout ?? ''}${stderr ?? ''}`);
  };
  t.teardown(() => {
    if (existsSync(join(data, 'postmaster.pid'))) run('pg_ctl', 'stop', '-D', data, '-m', 'immediate', '-w');
    rmSync(directory, { recursive: true, force: true });
  });
  run('initdb', '-D', data, '-U', 'vpr', '--auth=trust', '--encoding=UTF8', '--locale=C', '--no-sync');
  const settings = `-c listen_addresses='' -c unix_socket_directories='${socket}' -c fsync=off`;
  const start = () => run('pg_ctl', 'start', '-D', data, '-l', join(data, 'log'), '-o', settings, '-w');
  start();
  const url = (database: string) => `postgres://vpr@localhost/${database}?host=${encodeURIComponent(socket)}`;
  return {
    create(name) {
      run('psql', '-h', socket, '-U', 'vpr', '-d', 'postgres', '-q', '-c', `create database ${name}`);
      return url(name);
    },
    start,
    stop: () => run('pg_ctl', 'stop', '-D', data, '-m', 'immediate', '-w'),
  };
}

/** The directory of the newest server's programs. */
function binaries(): string | undefined {
  const places = ['/usr/lib/postgresql', '/usr/pgsql'].flatMap((root) =>
    existsSync(root)
      ? readdirSync(root)
          .sort((a, b) => Number(b) - Number(a))
          .map((version) => join(root, version, 'bin'))
      : [],
  );
  return [...places, '/usr/local/bin', '/usr/bin'].find((place) => existsSync(join(place, 'initdb')) && existsSync(join(place, 'pg_ctl')));
}

/** Whose cluster it is where root runs the tests. */
function account(): { readonly uid: number; readonly gid: number } | undefined {
  const [, , uid, gid] =
    readFileSync('/etc/passwd', 'utf8')
      .split('\n')
      .find((line) => line.startsWith('postgres:'))
      ?.split(':') ?? [];
  return uid === undefined || gid === undefined ? undefined : { uid: Number(uid), gid: Number(gid) };
}

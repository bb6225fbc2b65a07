/** SQLite through better-sqlite3: one file, one writer, any number of readers. */
import { closeSync, existsSync, openSync, rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Database as Handle, Statement } from 'better-sqlite3';
import { Kysely, SqliteDialect, sql } from 'kysely';
import { VprError } from '../errors.js';
import { type Database, type DatabaseOptions, databaseError, type RawSqlite, type Transaction } from './database.js';
import { migrate } from './migrate.js';
import type { Tables } from './tables.js';

/** So long, in milliseconds, a writer waits for another. */
const PATIENCE = 30_000;
/** So long at a time, in milliseconds, everything else in this process waits with it: the other may be in this process. */
const HOLD = 20;
/** Memory for pages, in KiB. */
const CACHE = 64 * 1024;
const BULK_CACHE = 512 * 1024;
/** Bytes of the file that readers map instead of copying pages out of it; more than SQLite maps is not asked for. */
const MAPPED = 0x7fff0000;
/** Statements that are kept ready. */
const KEPT = 200;

/** Databases of their own, gone when they are closed: one in memory; one in a temporary file as soon as it is more than the memory for pages. */
const PASSING: readonly string[] = [':memory:', ''];

/** Opens or makes the file; or one that is `PASSING`. */
export async function openSqlite(path: string, { readOnly = false, bulk = false }: DatabaseOptions): Promise<Database> {
  if (readOnly && !existsSync(path)) {
    throw new VprError('projections/missing', `there is no projection at ${path}`, { help: ['vpr projection build', 'vpr watch'] });
  }
  const name = path === '' ? 'in a temporary file' : path;
  const handle = await openHandle(path, readOnly, bulk);
  const prepare = keepStatements(handle);
  const kysely = new Kysely<Tables>({ dialect: new SqliteDialect({ database: { prepare, close: () => void handle.close() } as never }) });

  async function transaction<T>(run: (transaction: Transaction) => Promise<T>): Promise<T> {
    return kysely.connection().execute(async (connection) => {
      try {
        await patiently(() => handle.exec('begin immediate'));
        const result = await run({
          dialect: 'sqlite',
          kysely: connection,
          insert: async (table, rows) => insert(prepare, table, rows),
          lock: async () => {},
        });
        await sql`commit`.execute(connection);
        return result;
      } catch (cause) {
        if (handle.inTransaction) handle.exec('rollback');
        throw databaseError(name, cause);
      }
    });
  }

  try {
    if (!readOnly) await migrateAlone(handle, kysely);
  } catch (cause) {
    await kysely.destroy();
    throw databaseError(path, cause);
  }
  const raw: RawSqlite = {
    all: <T>(text: string, ...values: (string | number)[]) => prepare(text).all(...values) as T[],
    run: (text, ...values) => void prepare(text).run(...values),
    copyTo: async (target) => void (await handle.backup(target)),
  };
  return { name, dialect: 'sqlite', bulk, kysely, transaction, raw, close: () => kysely.destroy() };
}

async function openHandle(path: string, readOnly: boolean, bulk: boolean): Promise<Handle> {
  const Driver = await driver();
  try {
    // It holds what the records hold: for its owner alone, and its log likewise.
    if (!PASSING.includes(path) && !readOnly) closeSync(openSync(path, 'a', 0o600));
    const handle = new Driver(path, { readonly: readOnly, timeout: HOLD });
    handle.pragma(`cache_size = -${CACHE}`);
    handle.pragma('temp_store = memory');
    if (readOnly) handle.pragma(`mmap_size = ${MAPPED}`);
    if (bulk) {
      // What is cut short is thrown away whole.
      handle.pragma(`cache_size = -${BULK_CACHE}`);
      handle.pragma('journal_mode = memory');
      handle.pragma('locking_mode = exclusive'); // which says that somebody is at it
      handle.pragma('synchronous = off');
    } else if (!readOnly) {
      await patiently(() => handle.pragma('journal_mode = wal'));
      // What a power cut takes is projected again; the file stays whole.
      handle.pragma('synchronous = normal');
    }
    return handle;
  } catch (cause) {
    throw databaseError(path, cause);
  }
}

/** Removes files of builds that nobody is at any more. */
export async function removeUnused(paths: readonly string[]): Promise<void> {
  const Driver = await driver();
  for (const path of paths) {
    try {
      const handle = new Driver(path, { fileMustExist: true, timeout: 0 });
      handle.exec('begin exclusive');
      handle.close();
    } catch (cause) {
      if ((cause as { code?: unknown }).code === 'SQLITE_BUSY') continue;
    }
    rmSync(path, { force: true });
  }
}

async function driver() {
  try {
    return (await import('better-sqlite3')).default;
  } catch (cause) {
    throw new VprError('projections/no-driver', 'better-sqlite3 is not installed, or not for this version of Node', {
      cause,
      help: [
        'npm rebuild better-sqlite3  # needs g++ and make where its binary cannot be fetched',
        'or use PostgreSQL: database, in projections.yaml',
      ],
    });
  }
}

/** Within one transaction, so that of two that open a new file at once one makes the tables and the other finds them. */
async function migrateAlone(handle: Handle, kysely: Kysely<Tables>): Promise<void> {
  await patiently(() => handle.exec('begin immediate'));
  try {
    await migrate(kysely, 'sqlite');
    handle.exec('commit');
  } finally {
    if (handle.inTransaction) handle.exec('rollback');
  }
}

/** Does something as soon as nobody else writes. */
async function patiently(something: () => unknown): Promise<void> {
  for (const until = performance.now() + PATIENCE; ; await sleep(HOLD / 4)) {
    try {
      return void something();
    } catch (cause) {
      if ((cause as { code?: unknown }).code !== 'SQLITE_BUSY' || performance.now() >= until) throw cause;
    }
  }
}

type Prepare = (text: string) => Statement<unknown[]>;

/** Preparing costs more than running: a statement is prepared once. */
function keepStatements(handle: Handle): Prepare {
  const kept = new Map<string, Statement<unknown[]>>();
  return (text) => {
    const known = kept.get(text);
    if (known !== undefined) return known;
    const fresh = handle.prepare<unknown[]>(text);
    if (kept.size >= KEPT) kept.clear();
    kept.set(text, fresh);
    return fresh;
  };
}

function insert(prepare: Prepare, table: string, rows: readonly object[]): void {
  const [first] = rows;
  if (first === undefined) return;
  const columns = Object.keys(first);
  const places = columns.map(() => '?').join(', ');
  const statement = prepare(`insert into ${table} (${columns.join(', ')}) values (${places})`);
  for (const row of rows) statement.run(columns.map((column) => row[column as keyof typeof row]));
}

import type { Database, DatabaseOptions } from './database.js';

/**
 * Opens a projection and brings its tables up to date.
 *
 * @param location a file's path (SQLite), or a URL `postgres://…`; `:memory:`, or nothing: an empty one of SQLite's,
 * gone when it is closed, in memory or, beyond some memory, in a temporary file
 * @throws VprError `projections/missing` (to be read, and not there), `projections/no-driver`,
 * `projections/database` (it fails, or can't be reached), `projections/newer`, `projections/migration`
 */
export async function openDatabase(location: string, options: DatabaseOptions = {}): Promise<Database> {
  if (/^postgres(?:ql)?:/.test(location)) return (await import('./postgres.js')).openPostgres(location, options);
  return (await import('./sqlite.js')).openSqlite(location, options);
}

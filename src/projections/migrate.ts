import { type Kysely, type Migration, Migrator, sql } from 'kysely';
import { VprError } from '../errors.js';
import type { Connection } from './database.js';
import { tables } from './migrations/001-tables.js';
import { indexes } from './migrations/002-indexes.js';
import { hidden } from './migrations/003-hidden.js';
import { pairs } from './migrations/004-pairs.js';
import type { Dialect, Step } from './migrations/types.js';
import type { Tables } from './tables.js';

/** In order, by names that are never changed. A new one is added at the end. */
const STEPS: Readonly<Record<string, Step>> = { '001-tables': tables, '002-indexes': indexes, '003-hidden': hidden, '004-pairs': pairs };

/**
 * Brings a database's tables to this program's version. Several may do so at
 * once: the database lets them take turns.
 *
 * @param schema PostgreSQL: where they are, others may have tables of the same names
 * @throws VprError `projections/newer`: the tables are of a later program; `projections/migration`
 */
export async function migrate(database: Kysely<Tables>, dialect: Dialect, schema?: string): Promise<void> {
  const migrations: Record<string, Migration> = Object.fromEntries(
    Object.entries(STEPS).map(([name, step]) => [name, { up: (db) => step(db, dialect) }]),
  );
  const migrator = new Migrator({
    db: database,
    provider: { getMigrations: async () => migrations },
    ...(schema === undefined ? {} : { migrationTableSchema: schema }),
  });
  const { error } = await migrator.migrateToLatest();
  if (error === undefined) return;
  if (error instanceof Error && /previously executed migration .* is missing/.test(error.message)) {
    throw ofLaterVersion(error);
  }
  throw new VprError('projections/migration', "the database's tables could not be made", { cause: error });
}

/**
 * Throws `projections/newer` where a database's tables, or rows in them, are of a later program. Of one whose tables can't be
 * read nothing is known.
 */
export async function refuseLater({ kysely }: Connection, version: number): Promise<void> {
  const done = await sql<{ name: string }>`select name from kysely_migration`.execute(kysely).catch(() => ({ rows: [] }));
  if (done.rows.some(({ name }) => !(name in STEPS))) throw ofLaterVersion();
  const rows = kysely.selectFrom('projections').select('version').where('version', '>', version).limit(1);
  if ((await rows.execute().catch(() => [])).length > 0) throw ofLaterVersion();
}

function ofLaterVersion(cause?: unknown): VprError {
  return new VprError('projections/newer', 'the database was made by a later version of vpr', {
    cause,
    help: ['use that version, or name another database in projections.yaml and build it: vpr projection build DIR'],
  });
}

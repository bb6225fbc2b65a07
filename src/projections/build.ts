/** A projection built beside the one that is asked meanwhile, and put in its place when it is whole. */
import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { sql } from 'kysely';
import { VprError } from '../errors.js';
import { type Database, databaseError } from './database.js';
import { firstNumber, indexed } from './full-text.js';
import { dropIndexes, makeIndexes } from './indexes.js';
import { refuseLater } from './migrate.js';
import { openDatabase } from './open.js';
import { replaceSchema } from './replace.js';
import { removeUnused } from './sqlite.js';
import { PROJECTION_VERSION } from './store.js';

/** In the names of what is being built. What a build that was killed has left is taken away by the next one. */
const BUILDING = 'building_';
/** So many messages are indexed at a time. */
const BATCH = 10_000;
/** Bytes of words that SQLite sorts in memory, while building and otherwise (its own default). */
const BULK_BYTES = 64 * 1024 * 1024;
const USUAL_BYTES = 1024 * 1024;

/** What a build may be told. */
export interface BuildOptions {
  /** PostgreSQL: the schema that is replaced. `vpr` unless said otherwise. */
  readonly schema?: string;
  /** Done with the new one when it is whole, before it is put in the place: what has changed since it was filled. */
  readonly last?: (database: Database) => Promise<void>;
}

/**
 * Builds a projection from nothing: `fill` gets an empty database (for
 * `projectRecords`), without indexes, which are made at its end. What is at the
 * location is replaced at once when that is done, and until then goes on as it
 * is; who was let read it is let read the new one. Where anything fails it stays. Whoever has it open goes on with the new one.
 *
 * @throws what `fill` throws; VprError `projections/database`, `projections/newer`: what is there is of a later program
 */
export async function buildProjection<T>(
  location: string,
  fill: (database: Database) => Promise<T>,
  { schema = 'vpr', last = async () => {} }: BuildOptions = {},
): Promise<T> {
  await refuseToReplace(location, schema);
  const suffix = `${BUILDING}${randomBytes(6).toString('hex')}`;
  return /^postgres(?:ql)?:/.test(location)
    ? buildPostgres(location, { schema, beside: `${schema}_${suffix}`, last }, fill)
    : buildSqlite(location, { beside: `${location}.${suffix}`, last }, fill);
}

/** Watchers of that version go on with what is put in its place, which would lack what they store. */
async function refuseToReplace(location: string, schema: string): Promise<void> {
  const former = await openDatabase(location, { readOnly: true, schema }).catch(() => undefined); // nothing is there, or nothing that opens
  if (former === undefined) return;
  try {
    await refuseLater(former, PROJECTION_VERSION);
  } finally {
    await former.close();
  }
}

async function buildSqlite<T>(
  path: string,
  { beside, last }: { beside: string; last: (database: Database) => Promise<void> },
  fill: (database: Database) => Promise<T>,
): Promise<T> {
  const start = `${basename(path)}.${BUILDING}`;
  await removeUnused(readdirSync(dirname(path)).flatMap((name) => (name.startsWith(start) ? join(dirname(path), name) : [])));
  try {
    const database = await openDatabase(beside, { bulk: true });
    try {
      const result = await filled(database, fill);
      fillWords(database);
      await makeIndexes(database.kysely, 'sqlite');
      await sql`analyze`.execute(database.kysely); // cspell:disable-line
      await last(database);
      // Whoever has the former one open would go on with it, and spoil the log of the new one, if its name were taken.
      if (existsSync(path)) await database.raw?.copyTo(path);
      else {
        await database.close();
        renameSync(beside, path);
      }
      return result;
    } catch (cause) {
      throw databaseError(path, cause);
    } finally {
      await database.close();
    }
  } finally {
    rmSync(beside, { force: true });
  }
}

async function buildPostgres<T>(
  url: string,
  { schema, beside, last }: { schema: string; beside: string; last: (database: Database) => Promise<void> },
  fill: (database: Database) => Promise<T>,
): Promise<T> {
  const database = await openDatabase(url, { bulk: true, schema: beside });
  try {
    await database.dropUnused?.(`${schema}_${BUILDING}`);
    const result = await filled(database, fill);
    await sortByTime(database);
    await makeIndexes(database.kysely, 'postgres');
    // What a vacuum notes of rows, readers need not find out each for itself; otherwise one would begin behind the first questions.
    await sql`vacuum analyze`.execute(database.kysely); // cspell:disable-line
    await last(database);
    await replaceSchema(database, schema, beside);
    return result;
  } catch (cause) {
    await sql`drop schema if exists ${sql.id(beside)} cascade`.execute(database.kysely).catch(() => {}); // what failed is said
    throw databaseError(database.name, cause);
  } finally {
    await database.close();
  }
}

/** Messages come to lie as they would if each had been stored when it was written, where searches that begin with the newest find them together. */
async function sortByTime({ kysely }: Database): Promise<void> {
  await sql`create index by_time on messages (written_at)`.execute(kysely);
  await sql`cluster messages using by_time`.execute(kysely);
  await sql`drop index by_time`.execute(kysely);
}

async function filled<T>(database: Database, fill: (database: Database) => Promise<T>): Promise<T> {
  await dropIndexes(database.kysely, database.dialect);
  return fill(database);
}

interface Unindexed {
  readonly rowid: number;
  /** As it was stored: that of its time, which others may have as well. */
  readonly document: number;
  readonly record: string;
  readonly author_id: string;
  readonly written_at: number;
  readonly body: string;
}

/** Makes SQLite's index of words in one pass, oldest first: it takes ascending numbers alone without being torn into pieces. */
function fillWords({ raw }: Database): void {
  if (raw === undefined) throw new VprError('projections/database', 'only SQLite has an index of words to be filled');
  const order = Float64Array.from(
    raw.all<{ rowid: number }>('select rowid from messages order by written_at, rowid'),
    ({ rowid }) => rowid,
  );
  // Words are sorted in memory, so many bytes at a time: fewer pieces to be merged.
  raw.run(`insert into words (words, rank) values ('hashsize', ${BULK_BYTES})`);
  let last = -1;
  for (let at = 0; at < order.length; at += BATCH) {
    raw.run('begin');
    for (const rowid of order.subarray(at, at + BATCH)) {
      const [row] = raw.all<Unindexed>('select rowid, document, record, author_id, written_at, body from messages where rowid = ?', rowid);
      if (row === undefined) continue;
      last = Math.max(firstNumber(row.written_at), last + 1);
      const { body, ids } = indexed({ ...row, document: last });
      raw.run('insert into words (rowid, body, ids) values (?, ?, ?)', last, body, ids);
      if (last !== row.document) raw.run('update messages set document = ? where rowid = ?', last, rowid);
    }
    raw.run('commit');
  }
  raw.run("insert into words (words) values ('optimize')");
  raw.run(`insert into words (words, rank) values ('hashsize', ${USUAL_BYTES})`);
}

import type { Kysely } from 'kysely';
import { codeOf, VprError } from '../errors.js';
import { meaningOf } from './database-words.js';
import type { Dialect } from './migrations/types.js';
import type { Tables } from './tables.js';

/** What reads and writes rows: a database, or a transaction in it. */
export interface Connection {
  readonly dialect: Dialect;
  readonly kysely: Kysely<Tables>;
}

/** What SQLite's index of words is given. */
export interface IndexedRow {
  readonly rowid: number;
  readonly body: string;
  readonly ids: string;
}

/** A transaction: all of it comes to be, or nothing. */
export interface Transaction extends Connection {
  /** Stores rows, many at a time. All have the same columns. */
  insert<T extends keyof Tables | 'words'>(table: T, rows: readonly (T extends keyof Tables ? Tables[T] : IndexedRow)[]): Promise<void>;
  /**
   * Waits until nobody else writes this record's rows, and keeps others from it
   * until the transaction ends. In SQLite there is one writer anyway.
   */
  lock(record: string): Promise<void>;
}

/** An open projection. */
export interface Database extends Connection {
  /** It is being built: rows are stored without indexes, and nobody else is there. */
  readonly bulk: boolean;
  /** Where it is, fit to be shown: without a password. */
  readonly name: string;
  /** Throws what `run` throws, and nothing has happened then; `projections/database` where the database fails. */
  transaction<T>(run: (transaction: Transaction) => Promise<T>): Promise<T>;
  /**
   * PostgreSQL: takes up work on a record, and hands back what gives it up; undefined where somebody else is at it. It
   * saves work and guards nothing: rows are stored under `lock`. Throws `projections/database` where the database fails.
   */
  claim?(record: string): Promise<(() => Promise<void>) | undefined>;
  /** SQLite: runs a statement for many rows, and for each row of another, without keeping them. */
  readonly raw?: RawSqlite;
  /** PostgreSQL, being built: takes away what builds that were killed have left, schemas whose names begin so. */
  dropUnused?(start: string): Promise<void>;
  close(): Promise<void>;
}

/** What building an index in SQLite needs: statement after statement, at once. */
export interface RawSqlite {
  all<T>(text: string, ...values: (string | number)[]): T[];
  run(text: string, ...values: (string | number)[]): void;
  /** Makes another database what this one is, in one transaction of that one; whoever has it open goes on with what is new. */
  copyTo(path: string): Promise<void>;
}

/** How to open one. */
export interface DatabaseOptions {
  /** For queries alone: nothing is made, nothing can be changed. */
  readonly readOnly?: boolean;
  /** To be filled by `buildProjection` alone. */
  readonly bulk?: boolean;
  /** PostgreSQL: the schema that has the tables. `vpr` unless said otherwise. */
  readonly schema?: string;
}

/** PostgreSQL's codes of a table, and of a column, that is not there. */
const NOT_THERE: readonly (string | undefined)[] = ['42P01', '42703'];
/** SQLite has no code for it; what it says then names a table or a column, and nothing that a row says. */
const NO_SUCH = /^(?:no such (?:table|column): |table \S+ has no column named )/;

/** What a database's own error is to others. Its code says what it was; its words may quote rows. */
export function databaseError(name: string, failure: unknown): VprError {
  const cause = sourceOf(failure, name);
  if (cause instanceof VprError) return cause;
  const code = codeOf(cause);
  if (NOT_THERE.includes(code) || (code === 'SQLITE_ERROR' && NO_SUCH.test((cause as Error).message))) {
    return new VprError(
      'projections/tables',
      `the tables of ${name} are those of another version of vpr, and lack what this one asks for`,
      {
        cause,
        help: ['vpr watch DIR, of this version, brings them up to date; vpr projection build DIR makes them anew'],
      },
    );
  }
  const why = whyOf(cause);
  const meaning = meaningOf(why, name);
  return new VprError('projections/database', `the database ${name} failed: ${why}${meaning === undefined ? '' : `: ${meaning.what}`}`, {
    cause,
    help: [...(meaning?.help ?? []), 'nothing is lost: what it holds is made from the records again'],
  });
}

/** Where tables could not be made for a reason that keeps from anything else as well, it is that. */
function sourceOf(failure: unknown, name: string): unknown {
  if (!(failure instanceof VprError) || failure.code !== 'projections/migration') return failure;
  return meaningOf(whyOf(failure.cause), name) === undefined ? failure : failure.cause;
}

/** A code; of an error without one pg's own words, of a password that is asked for and not there, of a server that does not answer, or no more. */
function whyOf(cause: unknown): string {
  if (!(cause instanceof Error)) return 'unknown';
  return codeOf(cause) ?? /^(?:SASL|timeout|Connection terminated(?: due to connection timeout)?)/.exec(cause.message)?.[0] ?? cause.name;
}

/** Whether it is a database itself that failed, and no longer answers in its transaction. */
export function isDatabaseFailure(error: unknown): boolean {
  return !(error instanceof VprError) && /^(?:[0-9A-Z]{5}|SQLITE_\w+)$/.test(codeOf(error) ?? '');
}

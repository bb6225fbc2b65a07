import type { Kysely } from 'kysely';

/** The databases that are known. */
export type Dialect = 'sqlite' | 'postgres';

/** One step from a version of the tables to the next. Tables are those of that time: it imports nothing that may change. */
export type Step = (database: Kysely<unknown>, dialect: Dialect) => Promise<void>;

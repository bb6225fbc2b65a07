import type { Terms } from './terms.js';

/** What is looked for. */
export interface Sought {
  readonly terms: Terms;
  readonly record?: string;
  readonly author?: string;
  /** From when on, and until before when, in milliseconds since 1970. */
  readonly since?: number;
  readonly until?: number;
}

/** A message's key, and what the order goes by: in SQLite its number, in PostgreSQL its time. */
export interface Key {
  readonly record: string;
  readonly thread: string;
  readonly position: number;
  readonly at: number;
}

/** The projection, opened when it is first needed, and again when another file has taken its place. */
import { statSync } from 'node:fs';
import type { Database } from '../projections/database.js';
import { openDatabase } from '../projections/open.js';

export interface Held {
  /** Throws what `openDatabase` throws. */
  get(): Promise<Database>;
  close(): Promise<void>;
}

interface Opened {
  readonly database: Database;
  /** Which file it is; undefined where it is none. */
  readonly file: string | undefined;
}

/** @param location as `openDatabase` takes it */
export function holdDatabase(location: string): Held {
  let opened: Promise<Opened> | undefined;

  async function open(): Promise<Opened> {
    const database = await openDatabase(location);
    return { database, file: identityOf(location) };
  }

  async function close(): Promise<void> {
    const former = opened;
    opened = undefined;
    if (former !== undefined) await (await former).database.close().catch(() => {}); // it is gone in any case
  }

  return {
    async get() {
      if (opened !== undefined && (await opened).file !== identityOf(location)) await close();
      opened ??= open();
      try {
        return (await opened).database;
      } catch (error) {
        opened = undefined;
        throw error;
      }
    },
    async close() {
      await close().catch(() => {}); // what could not be opened needs no closing
    },
  };
}

/** A SQLite file that is removed, or replaced by one built anew, is still open and no longer the projection. */
function identityOf(location: string): string | undefined {
  if (location.includes('://')) return undefined;
  const stats = statSync(location, { throwIfNoEntry: false });
  return stats === undefined ? '' : `${stats.dev} ${stats.ino}`;
}

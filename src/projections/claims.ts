/** Who works on which record, where several watchers share a database: by PostgreSQL's own locks, which go with whoever holds them. */
import type { Pool, PoolClient } from 'pg';

export interface Claims {
  /** Takes a record up; undefined where somebody else has. Hands back what gives it up. Throws what the database fails with. */
  claim(record: string): Promise<(() => Promise<void>) | undefined>;
  /** Gives everything up. */
  end(): void;
}

/** All claims of a process are held by one connection: what it holds is free again when it ends, however that comes about. */
export function claimsIn(pool: Pool): Claims {
  let holder: Promise<PoolClient> | undefined;

  async function connect(): Promise<PoolClient> {
    const client = await pool.connect();
    client.on('error', () => leave()); // what it held is free; whoever asks next gets another
    return client;
  }

  function leave(): void {
    const former = holder;
    holder = undefined;
    former?.then((client) => client.release(true)).catch(() => {});
  }

  async function ask(text: string, record: string): Promise<boolean> {
    const known = holder !== undefined;
    holder ??= connect();
    const own = holder;
    try {
      // No record's rows are locked by that: whoever stores them does that in its transaction.
      const { rows } = await (await own).query<{ so: boolean }>(`select ${text}(hashtextextended($1, 0)) as so`, [`work ${record}`]);
      return rows[0]?.so === true;
    } catch (cause) {
      if (holder === own) leave();
      if (known) return ask(text, record); // it may have ended while nobody asked it anything
      throw cause;
    }
  }

  return {
    async claim(record) {
      if (!(await ask('pg_try_advisory_lock', record))) return undefined;
      return async () => void (await ask('pg_advisory_unlock', record).catch(() => false)); // it went with its connection
    },
    end: leave,
  };
}

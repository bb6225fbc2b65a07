/** Who is at what, where several share a database: by PostgreSQL's own locks, which go with whoever holds them. */
import type { Pool, PoolClient } from 'pg';

export interface Claims {
  /** Takes something up; undefined where somebody else has. Hands back what gives it up. Throws what the database fails with. */
  claim(what: string): Promise<(() => Promise<void>) | undefined>;
  /** Gives everything up. */
  end(): void;
}

/** All claims of a process are held by one connection: what it holds is free again when it ends, however that comes about. */
export function claimsIn(pool: Pool): Claims {
  let holder: Promise<PoolClient> | undefined;
  let last: Promise<unknown> = Promise.resolve();

  /** A connection answers one question at a time. */
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const next = last.then(work);
    last = next.catch(() => {}); // who asked is told
    return next;
  }

  function connect(): Promise<PoolClient> {
    const connecting = pool.connect();
    connecting.then((client) => client.on('error', () => leave(connecting))).catch(() => {}); // who waits for it is told
    return connecting;
  }

  /** What it held is free; whoever asks next gets another. */
  function leave(one: Promise<PoolClient> | undefined): void {
    if (one === undefined || holder !== one) return;
    holder = undefined;
    one.then((client) => client.release(true)).catch(() => {});
  }

  async function ask(text: string, what: string): Promise<boolean> {
    const known = holder !== undefined;
    holder ??= connect();
    const own = holder;
    try {
      const { rows } = await (await own).query<{ so: boolean }>(`select ${text}(hashtextextended($1, 0)) as so`, [what]);
      return rows[0]?.so === true;
    } catch (cause) {
      leave(own);
      if (known) return ask(text, what); // it may have ended while nobody asked it anything
      throw cause;
    }
  }

  return {
    async claim(what) {
      if (!(await inTurn(() => ask('pg_try_advisory_lock', what)))) return undefined;
      return async () => void (await inTurn(() => ask('pg_advisory_unlock', what)).catch(() => false)); // it went with its connection
    },
    end: () => leave(holder),
  };
}

/** pg's client, of a server on another machine: it ends where it can't be connected, and where nobody is at its question any more. */

import type { ClientConfig, Client as PgClient, QueryResult } from 'pg';
import { codeOf } from '../errors.js';

/** What the pool makes its connections with. */
export interface NoticingClient extends PgClient {
  /** To be called once it is connected: until then nobody knows which process of the server it has. */
  greet(): Promise<void>;
}

/** Which of the server's processes has a connection. Numbers come again, and so together with when it began. */
interface Backend {
  readonly pid: number;
  /** null where the account may not see that, as one that became another when it connected. */
  readonly began: string | null;
}

/** So often, in milliseconds, it is asked whether a question without an answer is still being worked on. */
const LOOK_EVERY = 15_000;
/** So long, in milliseconds, connecting may take, and an answer to that. */
export const PATIENCE = 10_000;
const OWN = 'select pid, extract(epoch from backend_start)::text as began from pg_stat_activity where pid = pg_backend_pid()';
const STILL_THERE = 'select 1 from pg_stat_activity where pid = $1 and extract(epoch from backend_start)::text is not distinct from $2';

/**
 * A question may take as long as it takes; but where the server's machine has gone, or the network to it, nobody ever says so:
 * the system repeats what it has sent for a quarter of an hour, and waits for what it is to be sent without end. So over another
 * connection the server is asked whether it is still at it.
 *
 * pg's own client leaves the socket open where it has no password to give: the server waits for one for a minute, and the
 * process with it. This one ends.
 *
 * @param times milliseconds: `every` of the time between two looks, `patience` of how long one may take
 */
export function noticingClient(
  Client: new (config?: ClientConfig) => PgClient,
  DatabaseError: new (...told: never[]) => Error,
  times: { readonly every?: number; readonly patience?: number } = {},
): new (
  config?: ClientConfig,
) => NoticingClient {
  const { every = LOOK_EVERY, patience = PATIENCE } = times;

  /** Whether somebody still works on what that process of the server was asked. */
  async function isAtIt(config: ClientConfig | undefined, backend: Backend | undefined): Promise<boolean> {
    let other: PgClient;
    try {
      other = new Client({ ...config, connectionTimeoutMillis: patience, query_timeout: patience });
    } catch {
      return true; // a file that the URL names isn't there at the moment: nobody was asked
    }
    other.on('error', () => {}); // whoever asks it is told
    let letIn = false;
    try {
      await other.connect();
      letIn = true;
      return backend === undefined || (await other.query(STILL_THERE, [backend.pid, backend.began])).rows.length > 0;
    } catch (cause) {
      // It answers, though not this: it has no more connections, or is being started, or a pooler has none left for this one.
      return letIn || cause instanceof DatabaseError;
    } finally {
      void other.end().catch(() => {});
    }
  }

  return class extends Client {
    readonly #config: ClientConfig | undefined;
    #backend: Backend | undefined;
    /** Why nothing can be asked any more. */
    #broken: Error | undefined;

    constructor(config?: ClientConfig) {
      super(config);
      this.#config = config;
      // It may break while nobody asks anything: whoever asks next is told.
      this.on('error', (error) => {
        this.#broken ??= error;
      });
    }

    async greet(): Promise<void> {
      try {
        const { rows } = await (this.query(OWN) as Promise<QueryResult<Backend>>);
        this.#backend = rows[0];
      } catch (cause) {
        if (!(cause instanceof DatabaseError)) throw cause; // otherwise it may not see that, and whether the server answers at all must do
      }
    }

    override connect(told?: (...result: never[]) => void): never {
      const tell = (...result: never[]) => {
        if (result[0]) void this.end();
        told?.(...result);
      };
      return super.connect(tell as never) as never;
    }

    /** Of questions with a promise, which all of ours are. */
    override query(...question: unknown[]): never {
      const asked = (super.query as (...question: unknown[]) => Promise<unknown>)(...question);
      const looking = setInterval(() => void this.#look(), every);
      const answer = async () => {
        try {
          return await asked;
        } catch (cause) {
          // pg says only that nothing can be asked.
          throw codeOf(cause) === undefined ? (this.#broken ?? cause) : cause;
        } finally {
          clearInterval(looking);
        }
      };
      return answer() as never;
    }

    async #look(): Promise<void> {
      if (this.#broken !== undefined || (await isAtIt(this.#config, this.#backend))) return;
      this.#broken = Object.assign(new Error('the server does not answer'), { code: 'ETIMEDOUT' });
      void this.end().catch(() => {}); // with a question that has no answer it breaks off
    }
  };
}

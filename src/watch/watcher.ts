/** What a watcher does, apart from when: it hears, scans, projects, waits for a database that is away, and ends. */
import { setTimeout as sleep } from 'node:timers/promises';
import { VprError } from '../errors.js';
import type { Uuid } from '../format/identifiers.js';
import { type Database, databaseError } from '../projections/database.js';
import { PROJECTION_VERSION } from '../projections/store.js';
import type { ProjectionRow } from '../projections/tables.js';
import { given } from '../verify/given.js';
import { holdDatabase } from './connection.js';
import { scanForDue } from './due.js';
import { spoolHints } from './hints.js';
import { errorFields, type Log } from './log.js';
import { type Outcome, type ProjectedHost, projectOne, setAside } from './project.js';
import { workQueue } from './queue.js';
import { hasMoved } from './restricted-now.js';
import { sharing } from './sharing.js';
import { allStates } from './state.js';

export interface WatcherOptions extends ProjectedHost {
  /** A file's path, or a URL. */
  readonly database: string;
  readonly log: Log;
  /**
   * Makes all rows anew beside those that answer, and puts them in their place:
   * where they are of another version. Absent, or where it fails: each record's are made anew where they are.
   */
  readonly rebuild?: (signal: AbortSignal) => Promise<void>;
  /** What fails is tried again, and a database that is away is waited for; otherwise everything is tried once. */
  readonly lasting: boolean;
}

export interface Watcher {
  /** Opens the database. Throws where it can't be opened, or, where it lasts, only where waiting would not help. */
  open(): Promise<void>;
  /** Takes up what the spool asks for. */
  listen(): void;
  /** Looks at everything, and takes up what is due. */
  scan(): Promise<void>;
  /** Looks at everything and into the spool, and does what there is to do, once. Throws what the database failed with, or the look at everything. */
  doAll(): Promise<void>;
  /** Ends what is being projected, begins nothing more, and closes the database. */
  close(): Promise<void>;
}

/** Records that are worked on at a time. */
const AT_ONCE = 4;
/** Milliseconds until a database that is away is asked again: twice as many each time. */
const FIRST_WAIT = 500;
const LONGEST_WAIT = 30_000;

export function makeWatcher({ paths, policy, database: location, log, rebuild, lasting }: WatcherOptions): Watcher {
  const held = holdDatabase(location);
  const hints = spoolHints(paths, log);
  const queue = workQueue(work, AT_ONCE);
  const said = new Set<string>();
  const retries = new Map<Uuid, NodeJS.Timeout>();
  const share = sharing();
  const ending = new AbortController();
  let failure: unknown;
  let failures = 0; // of the database, since it last did what was asked
  let mayRebuild = rebuild !== undefined; // once: what is left of another version after that is made anew in its place
  let rebuilding: Promise<void> | undefined;

  async function work(record: Uuid): Promise<'done' | 'later'> {
    const names = hints.take(record);
    try {
      const database = await held.get();
      const outcome = await share(database, record, () => attempt(database, record));
      failures = 0;
      if (outcome === 'busy') {
        hints.giveBack(record, names);
        return 'later';
      }
      hints.done(names);
      note(record, outcome);
    } catch (error) {
      hints.giveBack(record, names);
      queue.add(record);
      away(error);
    }
    return 'done';
  }

  /** A database that answers, and fails on one record, keeps that record alone from going on. */
  async function attempt(database: Database, record: Uuid): Promise<Outcome> {
    try {
      return await projectOne({ paths, policy }, database, record, new Date());
    } catch (error) {
      if (!(await answers(database))) throw error;
      const { code } = errorFields(error);
      if (code === 'projections/tables') {
        await held.close(); // opened again, it is brought up to date
        throw error;
      }
      if (code === 'projections/newer') {
        if (!said.has(code)) log.warn('a newer version of vpr has made the projection: its records are left to that');
        said.add(code);
        return { kind: 'nothing' };
      }
      return setAside({ paths, policy }, database, record, error, new Date());
    }
  }

  function note(record: Uuid, outcome: Outcome): void {
    clearTimeout(retries.get(record));
    retries.delete(record);
    if (outcome.kind === 'nothing' || outcome.kind === 'unknown') return;
    if (outcome.kind === 'projected') {
      const { to, commits, judged, setBack } = outcome;
      if (setBack) log.warn('main was set back or rewritten: all of it was projected again', { record, to });
      if (judged > 0) log.warn('commits without an entry in the journal were judged, and pass', { record, to, commits: judged });
      log.info('projected', { record, to, commits });
      return;
    }
    const { kind, ...what } = outcome;
    log.warn(kind, { record, ...given(what) });
    if (outcome.nextTryAt !== undefined) retryAt(record, outcome.nextTryAt);
  }

  function retryAt(record: Uuid, at: number): void {
    if (!lasting || ending.signal.aborted || retries.has(record)) return;
    const again = (): void => {
      retries.delete(record);
      queue.add(record);
    };
    retries.set(record, setTimeout(again, Math.max(0, at - Date.now())).unref());
  }

  function away(error: unknown): void {
    failures += 1;
    queue.pause();
    if (failure !== undefined) return;
    failure = error;
    if (!lasting || ending.signal.aborted) return;
    log.error('the database is away: nothing is lost, and nothing is projected until it is back', errorFields(error));
    void waitForDatabase();
  }

  async function waitForDatabase(): Promise<void> {
    for (;;) {
      await sleep(Math.min(FIRST_WAIT * 2 ** (failures - 1), LONGEST_WAIT), undefined, { signal: ending.signal }).catch(() => {});
      if (ending.signal.aborted) return;
      if (await held.get().then(answers, () => false)) break;
      failures += 1;
    }
    failure = undefined;
    log.info('the database is back');
    queue.resume();
    await scan();
  }

  async function scan(): Promise<void> {
    const began = performance.now();
    let states: ReadonlyMap<Uuid, ProjectionRow>;
    try {
      const database = await held.get();
      states = await allStates(database).catch((cause: unknown) => {
        throw databaseError(database.name, cause);
      });
    } catch (error) {
      away(error);
      return;
    }
    if (mayRebuild && [...states.values()].some(({ version }) => version < PROJECTION_VERSION)) beginRebuild();
    try {
      const options = { now: Date.now(), patient: lasting, rebuilding: rebuilding !== undefined, log, said };
      const { records, due, later } = await scanForDue(paths, states, options);
      log.info('scanned', { records, due: due.length, milliseconds: Math.round(performance.now() - began) });
      for (const record of due) queue.add(record);
      for (const [record, at] of later) retryAt(record, at);
    } catch (error) {
      // It is not the database's: pushes that are heard of go on being projected.
      log.error('the records cannot be looked at: the next scan tries again', errorFields(error));
      for (const state of states.values()) if (hasMoved({ paths }, state)) queue.add(state.record); // main may restrict what is shown
      if (!lasting) failure ??= error;
    }
  }

  /** What is pushed meanwhile is projected in the rows that answer, and once more into the new ones when they are in place. */
  function beginRebuild(): void {
    mayRebuild = false;
    log.info('the projection is of an older version: it is made anew beside the one that answers');
    const done = async (): Promise<void> => {
      try {
        await rebuild?.(ending.signal);
        log.info('the projection was made anew');
      } catch (error) {
        if (!ending.signal.aborted)
          log.error('the projection could not be made anew beside: each record is, in its place', errorFields(error));
      }
      rebuilding = undefined;
      if (!ending.signal.aborted) await scan();
    };
    rebuilding = done();
  }

  return {
    scan,
    async open() {
      try {
        await held.get();
      } catch (error) {
        if (!lasting || !(error instanceof VprError) || error.code !== 'projections/database') throw error;
        away(error);
      }
    },
    listen() {
      for (const record of hints.read()) queue.add(record);
    },
    async doAll() {
      hints.read();
      await scan();
      await rebuilding;
      await queue.idle();
      for (const record of hints.asking()) queue.add(record); // not due: their files are done with
      await queue.idle();
      if (failure !== undefined) throw failure;
    },
    async close() {
      ending.abort();
      queue.pause();
      for (const timer of retries.values()) clearTimeout(timer);
      await queue.idle();
      await rebuilding;
      await held.close();
    },
  };
}

async function answers({ kysely }: Database): Promise<boolean> {
  try {
    await kysely.selectFrom('projections').select('record').limit(1).execute();
    return true;
  } catch {
    return false;
  }
}

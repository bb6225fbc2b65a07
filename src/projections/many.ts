import { VprError } from '../errors.js';
import type { Database } from './database.js';
import { advances, type PreparedAdvance, type ProjectRequest, projectRecord, releaseRecord } from './project.js';
import { storeAdvance } from './store.js';

/** Shares of a largest step that are stored in one transaction at least, where there is so much: 2,000 commits, or fewer with much text. */
const TOGETHER = 2;

/** What came of many records. */
export interface ProjectedMany {
  readonly commits: number;
  readonly records: number;
  readonly failed: number;
}

/** A record whose rows are made elsewhere: what is to be stored of it, from its root on. */
export interface PreparedRecord extends Pick<ProjectRequest, 'record' | 'now'> {
  readonly advances: AsyncIterable<PreparedAdvance>;
}

/**
 * Projects many records, several in one transaction: what each costs is
 * spread. A record that can't be read holds nobody up: `onFailure` is told.
 * Sources stay open until it is done: where somebody else projects the same
 * record at the same time, it is read again.
 *
 * @throws VprError `projections/database`
 */
export function projectRecords(
  database: Database,
  requests: Iterable<ProjectRequest> | AsyncIterable<ProjectRequest>,
  onFailure: (request: ProjectRequest, error: unknown) => void,
): Promise<ProjectedMany> {
  const how = {
    advances: (request: ProjectRequest) => advances(database, request),
    again: async (request: ProjectRequest) => (await projectRecord(database, request)).commits,
    nothing: (request: ProjectRequest) => releaseRecord(database, request),
  };
  return projectEach(database, requests, how, onFailure);
}

/** Stores what others have prepared, into a database that is being built. Throws `projections/database`. */
export function storePrepared(
  database: Database,
  records: AsyncIterable<PreparedRecord>,
  onFailure: (record: PreparedRecord, error: unknown) => void,
): Promise<ProjectedMany> {
  const how = {
    advances: (record: PreparedRecord) => record.advances,
    again: () => Promise.reject(new VprError('projections/busy', 'somebody else has written into a database that is being built')),
    nothing: async () => {},
  };
  return projectEach(database, records, how, onFailure);
}

interface How<T> {
  advances(request: T): AsyncIterable<PreparedAdvance>;
  /** Somebody else was faster; how many commits are stored now. */
  again(request: T): Promise<number>;
  /** There was nothing to be stored. */
  nothing(request: T): Promise<void>;
}

async function projectEach<T extends Pick<ProjectRequest, 'record' | 'now'>>(
  database: Database,
  requests: Iterable<T> | AsyncIterable<T>,
  how: How<T>,
  onFailure: (request: T, error: unknown) => void,
): Promise<ProjectedMany> {
  const counts = { commits: 0, records: 0, failed: 0 };
  let waiting: { readonly request: T; readonly advance: PreparedAdvance }[] = [];
  let gathered = 0;

  async function store(): Promise<void> {
    const steps = waiting;
    waiting = [];
    gathered = 0;
    const raced = await database.transaction(async (transaction) => {
      const again = new Set<T>();
      // In one order, whoever does it: two that lock the same records never wait for each other.
      for (const { request, advance } of steps.sort((a, b) =>
        a.request.record.id < b.request.record.id ? -1 : a.request.record.id > b.request.record.id ? 1 : 0,
      )) {
        if (again.has(request)) continue;
        if (await storeAdvance(transaction, advance, request.now, database.bulk)) counts.commits += advance.commits;
        else again.add(request);
      }
      return again;
    });
    for (const request of raced) await one(request);
  }

  async function one(request: T): Promise<void> {
    try {
      counts.commits += await how.again(request);
    } catch (error) {
      counts.failed += 1;
      onFailure(request, error);
    }
  }

  /** What is to be stored of one, as far as it can be read. A database that fails is not its fault, and ends all of it. */
  async function* readable(request: T): AsyncGenerator<PreparedAdvance> {
    let steps = 0;
    try {
      for await (const advance of how.advances(request)) {
        steps += 1;
        yield advance;
      }
      if (steps === 0) await how.nothing(request);
    } catch (error) {
      counts.failed += 1;
      onFailure(request, error);
    }
  }

  for await (const request of requests) {
    counts.records += 1;
    for await (const advance of readable(request)) {
      waiting.push({ request, advance });
      gathered += advance.share;
      if (gathered >= TOGETHER) await store();
    }
  }
  if (waiting.length > 0) await store();
  return counts;
}

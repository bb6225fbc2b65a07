import type { Database } from './database.js';
import { advances, type PreparedAdvance, type ProjectRequest, projectRecord, releaseRecord } from './project.js';
import { storeAdvance } from './store.js';

/** Commits that are stored in one transaction at least, where there are so many. */
const TOGETHER = 2000;

/** What came of many records. */
export interface ProjectedMany {
  readonly commits: number;
  readonly records: number;
  readonly failed: number;
}

/**
 * Projects many records, several in one transaction: what each costs is
 * spread. A record that can't be read holds nobody up: `onFailure` is told.
 * Sources stay open until it is done: where somebody else projects the same
 * record at the same time, it is read again.
 *
 * @throws VprError `projections/database`
 */
export async function projectRecords(
  database: Database,
  requests: Iterable<ProjectRequest> | AsyncIterable<ProjectRequest>,
  onFailure: (request: ProjectRequest, error: unknown) => void,
): Promise<ProjectedMany> {
  const counts = { commits: 0, records: 0, failed: 0 };
  let waiting: { readonly request: ProjectRequest; readonly advance: PreparedAdvance }[] = [];
  let gathered = 0;

  async function store(): Promise<void> {
    const steps = waiting;
    waiting = [];
    gathered = 0;
    const raced = await database.transaction(async (transaction) => {
      const again = new Set<ProjectRequest>();
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

  async function one(request: ProjectRequest): Promise<void> {
    try {
      counts.commits += (await projectRecord(database, request)).commits;
    } catch (error) {
      counts.failed += 1;
      onFailure(request, error);
    }
  }

  for await (const request of requests) {
    counts.records += 1;
    let steps = 0;
    try {
      for await (const advance of advances(database, request)) {
        steps += 1;
        waiting.push({ request, advance });
        gathered += advance.commits;
        if (gathered >= TOGETHER) await store();
      }
      if (steps === 0) await releaseRecord(database, request);
    } catch (error) {
      counts.failed += 1;
      onFailure(request, error);
    }
  }
  if (waiting.length > 0) await store();
  return counts;
}

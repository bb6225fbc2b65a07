/** Making a record's rows once more, from its commits, and comparing: a row that nobody can explain is reported. */
import { VprError } from '../errors.js';
import type { Uuid } from '../format/identifiers.js';
import { readMain } from '../hosts/main-ref.js';
import { registeredRecord } from '../hosts/registry.js';
import type { Database } from '../projections/database.js';
import { digestedRows, digestOf } from '../projections/digest.js';
import { openDatabase } from '../projections/open.js';
import { errorFields } from './log.js';
import { judgeAndStore, type ProjectedHost, withObjects } from './project.js';
import { stateOf } from './state.js';

/** A row, without what it says. */
export interface RowPlace {
  readonly table: string;
  readonly key: readonly (string | number)[];
  readonly what: 'differs' | 'is not explained' | 'is missing';
}

export interface Checked {
  readonly record: Uuid;
  /** The commit that its rows stand on. */
  readonly reached: string | null;
  readonly digest: string;
  readonly good: boolean;
  /** Why it isn't good, where that is not about rows; a sentence without a full stop. */
  readonly why?: string;
  readonly rows: readonly RowPlace[];
  /** Rows beyond those listed. */
  readonly moreRows: number;
}

const LISTED = 20;

/** Recomputes the rows of one record, into memory. Throws where the database fails. */
export async function checkRecord(host: ProjectedHost, database: Database, id: Uuid, now: Date): Promise<Checked> {
  const state = await stateOf(database, id);
  const digest = await digestOf(database, id);
  const found = { record: id, reached: state?.reached ?? null, digest };
  const memory = await openDatabase(':memory:');
  try {
    if (state?.reached != null) await project(host, memory, id, state.reached, now);
    if ((await digestOf(memory, id)) === digest || state?.reached == null) return { ...found, good: true, rows: [], moreRows: 0 };
    const rows = await differences(database, memory, id);
    return { ...found, good: false, rows: rows.slice(0, LISTED), moreRows: Math.max(0, rows.length - LISTED) };
  } catch (error) {
    const { code, why } = errorFields(error);
    return { ...found, good: false, why: `${code}: ${why}`, rows: [], moreRows: 0 };
  } finally {
    await memory.close();
  }
}

/** Projects a record anew, up to a commit that it was projected to. */
async function project(host: ProjectedHost, memory: Database, id: Uuid, reached: string, now: Date): Promise<void> {
  const record = registeredRecord(host.paths.root, id);
  if (record === undefined) throw new VprError('watch/unregistered', 'it is not registered');
  const main = readMain(record.path);
  if (main.kind !== 'commit') throw new VprError('watch/main-gone', main.kind === 'none' ? 'main has no commit' : main.message);
  await withObjects(host, record, async (objects, policy) => {
    const question = { paths: host.paths, record, objects, reached: undefined, main: main.id, host: policy, now };
    await judgeAndStore(question, memory, reached);
  });
}

async function differences(database: Database, memory: Database, id: Uuid): Promise<RowPlace[]> {
  const expected = new Map<string, string>();
  const name = (table: string, key: readonly (string | number)[]) => JSON.stringify([table, ...key]);
  for await (const { table, key, text } of digestedRows(memory, id)) expected.set(name(table, key), text);
  const rows: RowPlace[] = [];
  for await (const { table, key, text } of digestedRows(database, id)) {
    const other = expected.get(name(table, key));
    expected.delete(name(table, key));
    if (other === undefined) rows.push({ table, key, what: 'is not explained' });
    else if (other !== text) rows.push({ table, key, what: 'differs' });
  }
  for (const place of expected.keys()) {
    const [table, ...key] = JSON.parse(place) as [string, ...(string | number)[]];
    rows.push({ table, key, what: 'is missing' });
  }
  return rows;
}

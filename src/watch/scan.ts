/** All records of a host, and what main of each is: what hints leave out, a look at everything makes up for. */
import { existsSync } from 'node:fs';
import { VprError } from '../errors.js';
import type { Uuid } from '../format/identifiers.js';
import { turns } from '../git/turns.js';
import { headFault, type MainRef, readMain } from '../hosts/main-ref.js';
import { type HostPaths, hostPaths } from '../hosts/paths.js';
import { type RegisteredRecord, registeredRecords } from '../hosts/registry.js';

/** Every registered record that has a commit. Throws as `scanRecords` does; what is damaged is left out. */
export async function recordsWithCommits(root: string): Promise<Uuid[]> {
  const records: Uuid[] = [];
  for await (const { record, main } of scanRecords(root, () => {})) if (main.kind === 'commit') records.push(record.id);
  return records;
}

/** So long, in milliseconds, a scan works before it lets others work. */
const TURN = 10;

/** A record as the scan finds it. */
export interface Scanned {
  readonly record: RegisteredRecord;
  readonly main: MainRef;
  /** What is odd and keeps nothing from being projected, in words. */
  readonly note?: string;
}

/**
 * Looks at main of every registered record, by id, without a process for any of
 * them. Entries of the registry that are damaged go to `damaged`. Others get their turn while it looks: a host may have many records.
 * Throws `registry/missing`, `registry/unreadable`: a registry that isn't there is not one without records.
 */
export async function* scanRecords(root: string, damaged: (error: VprError) => void): AsyncGenerator<Scanned> {
  needRegistry(hostPaths(root));
  const turn = turns(TURN);
  for (const record of registeredRecords(root, damaged)) {
    const main = readMain(record.path);
    const note = main.kind === 'fault' ? undefined : headFault(record.path);
    yield { record, main, ...(note === undefined ? {} : { note }) };
    await turn();
  }
}

export function needRegistry({ registry }: Pick<HostPaths, 'registry'>): void {
  if (!existsSync(registry)) throw new VprError('registry/missing', `the registry is not there: ${registry}`);
}

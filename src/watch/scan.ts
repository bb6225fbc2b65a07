/** All records of a host, and what main of each is: what hints leave out, a look at everything makes up for. */
import type { VprError } from '../errors.js';
import { headFault, type MainRef, readMain } from '../hosts/main-ref.js';
import { type RegisteredRecord, registeredRecords } from '../hosts/registry.js';

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
 */
export async function* scanRecords(root: string, damaged: (error: VprError) => void): AsyncGenerator<Scanned> {
  let turned = Date.now();
  for (const record of registeredRecords(root, damaged)) {
    const main = readMain(record.path);
    const note = main.kind === 'fault' ? undefined : headFault(record.path);
    yield { record, main, ...(note === undefined ? {} : { note }) };
    if (Date.now() - turned < TURN) continue;
    await new Promise(setImmediate);
    turned = Date.now();
  }
}

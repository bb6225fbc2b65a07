/** Which files of the spool ask for which record, from when they are read until they are done with. */
import { existsSync } from 'node:fs';
import type { Uuid } from '../format/identifiers.js';
import { printable } from '../format/text.js';
import { makeDirectory } from '../hosts/files.js';
import type { HostPaths } from '../hosts/paths.js';
import { errorFields, type Log } from './log.js';
import { readSpool, removeHints } from './spool.js';

export interface Hints {
  /**
   * Reads what is new, and returns the records that are named. Makes the spool where there is none. One that
   * can't be made or read is said, once for each reason, and read again later: the scan goes on without it.
   */
  read(): readonly Uuid[];
  /** Records that ask for something, and were not yet taken up. */
  asking(): readonly Uuid[];
  /** The files that have asked for a record so far; what asks from now on asks again. */
  take(record: Uuid): readonly string[];
  /** What they asked for is done: they are removed. */
  done(names: readonly string[]): void;
  /** What they asked for could not be done: they are kept. */
  giveBack(record: Uuid, names: readonly string[]): void;
}

const HELP = 'it is to be a directory that this account can write to: move away what else is there, and it is made';

export function spoolHints(paths: HostPaths, log: Log): Hints {
  const asking = new Map<Uuid, string[]>();
  /** Read already, and still there. */
  const known = new Set<string>();
  /** Of these, what is done with and could not be removed. */
  const remaining = new Set<string>();
  let said = '';

  function readOnce(): { readonly records: readonly Uuid[]; readonly more: boolean } {
    const { hints, bad, more } = readSpool(paths, known);
    for (const { name, why, stays } of bad) {
      log.warn('not a hint', { file: printable(name), why });
      if (stays) known.add(name);
    }
    for (const { name, record } of hints) {
      known.add(name);
      asking.set(record.id, [...(asking.get(record.id) ?? []), name]);
    }
    return { records: hints.map(({ record }) => record.id), more: more && hints.length + bad.length > 0 };
  }

  function remove(names: Iterable<string>): void {
    for (const name of names) {
      removeHints(paths, [name]);
      known.delete(name);
      remaining.delete(name);
    }
  }

  return {
    read() {
      const records = new Set<Uuid>();
      try {
        remove([...remaining]);
      } catch {} // it was said
      try {
        // Somebody may have taken it away. Of a host that was moved nothing is begun in its former place: what is put back
        // there would come to lie within that.
        if (existsSync(paths.registry)) makeDirectory(paths.spool);
        for (let more = true; more; ) {
          const reading = readOnce();
          for (const record of reading.records) records.add(record);
          more = reading.more;
        }
        said = '';
      } catch (error) {
        const fields = errorFields(error);
        if (said !== fields.code) log.error('the spool cannot be read: pushes are seen by the scan alone', { ...fields, help: HELP });
        said = fields.code;
      }
      return [...records];
    },
    asking: () => [...asking.keys()],
    take(record) {
      const names = asking.get(record) ?? [];
      asking.delete(record);
      return names;
    },
    done(names) {
      try {
        remove(names);
      } catch (error) {
        for (const name of names) remaining.add(name);
        log.warn('files of the spool cannot be removed: it is tried again', { ...errorFields(error), files: names.length });
      }
    },
    giveBack(record, names) {
      asking.set(record, [...names, ...(asking.get(record) ?? [])]);
    },
  };
}

/** Verifying every record of a host, by its own policy, trust and journal. */
import { relative } from 'node:path';
import { VprError } from '../errors.js';
import { refuseOddRepository } from '../git/odd-files.js';
import { turns } from '../git/turns.js';
import { knownTo } from '../hosts/known.js';
import { type HostPaths, shardedPath } from '../hosts/paths.js';
import { type RegisteredRecord, realPath, recordIdIn, registeredRecords } from '../hosts/registry.js';
import { openRepository } from '../records/clone.js';
import type { Measure } from './measure.js';
import { verifyRecord } from './record.js';
import type { gather, NamedReport } from './report.js';
import { subjectOf } from './subject.js';

/** One record after the other, so that memory holds one. What can't be verified is a gap, and hides no other record. */
export async function verifyHost(paths: HostPaths, measure: Omit<Measure, 'journal'>, into: ReturnType<typeof gather>): Promise<void> {
  const seen = new Set<string>();
  // What ends the process is a signal, which is heard only between turns.
  const turn = turns();
  const damaged = (error: VprError) => into.gap({ code: 'registry', message: error.message });
  for (const record of registeredRecords(paths.root, damaged)) {
    seen.add(record.id);
    await turn();
    into.add(await verifyRegistered(paths, record, measure));
  }
  if (seen.size === 0) into.gap({ code: 'no-records', message: 'no record is registered: there was nothing to verify' });
  for (const id of Object.keys(measure.host?.baselines ?? {})) {
    if (!seen.has(id)) into.gap({ code: 'set-back', message: `the record ${id} is in the trust bundle, and not registered here any more` });
  }
}

async function verifyRegistered(paths: HostPaths, record: RegisteredRecord, measure: Omit<Measure, 'journal'>): Promise<NamedReport> {
  const { kind, id, path } = record;
  const where = relative(paths.root, path);
  try {
    if (realPath(path) === undefined) throw new VprError('host/gone', 'its repository is not there');
    if (recordIdIn(path) !== id) throw new VprError('host/another', 'its repository says that it is another record (vpr-record)');
    refuseOddRepository(path);
    const journal = shardedPath(paths.journal, id, '.jsonl');
    const report = await verifyRecord(
      { ...subjectOf(openRepository(path), undefined, { kind, id }) },
      {
        ...measure,
        journal: () => (realPath(journal) === undefined ? '/dev/null' : journal),
        ...knownTo(paths.root),
      },
    );
    return { ...report, where };
  } catch (thrown) {
    // What the host knows may be damaged, which a rule finds out when it asks.
    const error = thrown instanceof VprError && thrown.cause instanceof VprError ? thrown.cause : thrown;
    if (!(error instanceof VprError) || error.code === 'rule/crashed' || error.code === 'git/missing') throw error;
    const { only } = measure;
    const gaps = [{ code: error.code.replace('/', '-'), message: `it cannot be verified: ${error.message}` }];
    const nothing = { notes: [], otherRefs: { count: 0, names: [] } };
    return { record: { kind, id, registered: true }, only, gaps, ...nothing, good: false, where };
  }
}

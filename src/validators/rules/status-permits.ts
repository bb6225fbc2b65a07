import { valueOf } from '../../format/documents.js';
import { meaningOf } from '../../format/layout.js';
import type { Rule } from '../rule.js';

const PATH = 'COORDINATION_STATUS.yaml';

export const statusPermits: Rule = {
  id: 'status/permits',
  statement: 'While a record is suspended, closed or not modifiable only its status file changes; while it is not open no thread is begun',
  why: 'Somebody stopped this record for a reason; what is written past it would be missed by whoever relies on that.',
  section: '§3 COORDINATION_STATUS.yaml',
  since: 1,
  refuses: {
    title: 'a message while the record is suspended',
    push: (record) =>
      record
        .commit({ by: 'ada', files: { [PATH]: (yaml) => yaml.replace('lifecycle_state: active', 'lifecycle_state: suspended') } })
        .append(),
  },
  accepts: {
    title: 'a message in an open thread while the record takes no new ones',
    push: (record) =>
      record.commit({ by: 'ada', files: { [PATH]: (yaml) => yaml.replace('record_open: true', 'record_open: false') } }).append(),
  },
  *onCommit({ status, pushed, threads, context }) {
    const before = valueOf(status.before)?.status;
    if (before === undefined) return; // a root, or a status file that an earlier commit of this push broke
    const stopped = before.lifecycle_state !== 'active' ? before.lifecycle_state : before.record_modifiable ? undefined : 'not modifiable';
    if (stopped !== undefined) {
      for (const { path } of pushed.changes) {
        if (path === PATH) continue;
        yield { path, message: `changes while the record is ${stopped}; only ${PATH} may`, help: unlock(stopped) };
      }
      return;
    }
    if (before.record_open) return;
    const fresh = new Set(threads.filter(({ isNew }) => isNew).map(({ threadPath }) => threadPath));
    for (const { path, before: former } of pushed.changes) {
      const elsewhere = path.includes('/') && former === undefined && meaningOf(context.record?.kind ?? 'coordination', path) === undefined;
      if (!fresh.has(path) && !elsewhere) continue;
      yield {
        path,
        message: 'begins something new while the record takes no new entries (record_open: false)',
        help: ['continue an open thread instead, or ask a clinician or administrator: vpr status set --open'],
      };
    }
  },
};

function unlock(stopped: string): string[] {
  if (stopped === 'closed') return ['a closed record stays closed; what is new belongs into another record'];
  const change = stopped === 'suspended' ? 'vpr status set --lifecycle active' : 'vpr status set --modifiable';
  return [`a clinician or administrator changes that first, in a commit of its own: ${change}`];
}

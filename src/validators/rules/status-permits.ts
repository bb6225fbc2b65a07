import { valueOf } from '../../format/documents.js';
import { meaningOf } from '../../format/layout.js';
import { PULL, withdraw } from '../mend.js';
import type { Rule } from '../rule.js';
import type { Step } from '../step.js';

/** Digits that tell commits of one record apart. */
const ABBREVIATED = 12;

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
  *onCommit(step) {
    const { status, pushed, threads, context } = step;
    const before = valueOf(status.before)?.status;
    if (before === undefined) return; // a root, or a status file that an earlier commit of this push broke
    const stopped = before.lifecycle_state !== 'active' ? before.lifecycle_state : before.record_modifiable ? undefined : 'not modifiable';
    if (stopped !== undefined) {
      const paths = pushed.changes.flatMap(({ path }) => (path === PATH ? [] : path));
      for (const [index, path] of paths.entries()) {
        const message = `changes while the record is ${stopped}; only ${PATH} may`;
        yield { path, message, ...(index > 0 ? {} : { help: unlock(stopped, step) }) };
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
        help: lift('vpr status set --open', step, ['then continue an open thread: vpr thread add THREAD --message …']),
      };
    }
  },
};

function unlock(stopped: string, step: Step): string[] {
  if (stopped === 'closed') return [...withdraw(step.pushed), 'a closed record stays closed: what is new belongs into another record'];
  return lift(stopped === 'suspended' ? 'vpr status set --lifecycle active' : 'vpr status set --modifiable', step);
}

/**
 * What the status file says before a commit governs it: what lifts that has to
 * come before the first commit that is refused, not after it.
 */
function lift(change: string, { pushed, commit, verification: { signer } }: Step, instead: readonly string[] = []): string[] {
  const parent = commit.parents[0]?.slice(0, ABBREVIATED) ?? '';
  const mayLift = signer === undefined || signer.class === 'clinician' || signer.class === 'administrator';
  return [
    `where somebody else lifts that: ${PULL}`,
    ...(mayLift
      ? [
          `where you lift it: git reset --keep ${parent} && ${change} && git cherry-pick -S ${parent}..ORIG_HEAD  # once, for the first commit`,
        ]
      : []),
    'where nobody does:',
    ...withdraw(pushed),
    ...instead,
  ];
}

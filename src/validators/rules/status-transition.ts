import { valueOf } from '../../format/documents.js';
import type { CoordinationStatus } from '../../format/status.js';
import { mended } from '../mend.js';
import type { Rule } from '../rule.js';

const PATH = 'COORDINATION_STATUS.yaml';

type State = CoordinationStatus['status']['lifecycle_state'];

const NEXT: Readonly<Record<State, readonly State[]>> = {
  active: ['active', 'suspended', 'closed'],
  suspended: ['suspended', 'active', 'closed'],
  closed: ['closed'],
};

export const statusTransition: Rule = {
  id: 'status/transition',
  statement: 'A record begins active; active and suspended change into each other, either becomes closed, and closed is permanent',
  why: 'A closed record was closed for good (a death, a transfer): writing on in it would go unseen.',
  section: '§3 COORDINATION_STATUS.yaml',
  since: 1,
  refuses: { title: 'a record that begins suspended', push: (record) => record.begin((yaml) => yaml.replace('active', 'suspended')) },
  accepts: {
    title: 'an active record is suspended',
    push: (record) =>
      record.commit({ by: 'ada', files: { [PATH]: (yaml) => yaml.replace('lifecycle_state: active', 'lifecycle_state: suspended') } }),
  },
  *onCommit({ status, parent }) {
    const after = valueOf(status.after)?.status.lifecycle_state;
    const before = valueOf(status.before)?.status.lifecycle_state;
    if (after === undefined) return;
    if (parent === undefined && after !== 'active') {
      yield {
        path: PATH,
        message: `begins the record as ${after}; a record begins active`,
        help: ['write: lifecycle_state: active', mended(PATH)],
      };
    } else if (before !== undefined && !NEXT[before].includes(after)) {
      yield {
        path: PATH,
        message: `changes lifecycle_state from ${before} to ${after}; ${before} is permanent`,
        help: [`write: lifecycle_state: ${before}`, mended(PATH)],
      };
    }
  },
};
